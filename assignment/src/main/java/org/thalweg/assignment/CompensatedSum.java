package org.thalweg.assignment;

/** A sum of doubles whose error does not grow with the number of terms (Neumaier, ZAMM 54, 1974). */
final class CompensatedSum {
    private double sum;
    private double lost;

    void add(double term) {
        double next = sum + term;
        lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
        sum = next;
    }

    double value() {
        return sum + lost;
    }
}
