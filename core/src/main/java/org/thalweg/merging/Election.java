package org.thalweg.merging;

/** The sign that models elect at each place by the sum of their votes (arXiv 2306.01708, section 4). */
final class Election {
    private Election() {}

    /**
     * The elected sign.
     *
     * @param votes of each model by place
     * @param place one of them
     * @return 1 when the sum is 0 or more, else −1
     */
    static double sign(double[][] votes, int place) {
        double sum = 0;
        for (double[] model : votes) {
            sum += model[place];
        }
        return sum >= 0 ? 1 : -1;
    }

    /** Whether a vote has the elected sign; 0 has none. */
    static boolean agrees(double vote, double sign) {
        return vote * sign > 0;
    }
}
