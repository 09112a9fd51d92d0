package org.thalweg.merging;

import java.util.Arrays;
import org.thalweg.failure.WrongUse;

/** Which numbers of a difference stay, where others than the smallest are dropped. */
final class Drop {
    private static final Range EPSILON = new Range(0, 0.5);

    private Drop() {}

    /**
     * How probably numbers of a row are kept.
     *
     * @param density in the middle
     * @param epsilon less for the smallest and more for the largest
     */
    record Odds(double density, double epsilon) {}

    /**
     * Each number is kept with the same probability (arXiv 2311.03099).
     *
     * @param delta the difference
     * @param density the probability
     * @param chance that decides, in row-major order
     * @return the places that are kept
     */
    static Places random(Delta delta, double density, Chance chance) {
        Places kept = new Places(delta.size());
        for (long place = 0; place < delta.size(); place++) {
            if (chance.happens(density)) {
                kept.add(place);
            }
        }
        return kept;
    }

    /**
     * Numbers of a row are kept with a probability that rises evenly with the rank of their magnitude, from
     * {@code density − epsilon} for the smallest to {@code density + epsilon} for the largest (arXiv 2406.11617). A row
     * of one number has probability {@code density}; of equal magnitudes the first ranks lower. With density 0 nothing
     * is kept.
     *
     * @param delta the difference
     * @param row length of a row
     * @param odds the probabilities
     * @param chance that decides, in row-major order
     * @return the places that are kept
     */
    static Places byMagnitude(Delta delta, long row, Odds odds, Chance chance) {
        Places kept = new Places(delta.size());
        Numbers magnitudes = delta.magnitudes();
        double[] numbers = new double[Math.toIntExact(row)];
        for (long start = 0; odds.density() > 0 && start < delta.size(); start += row) {
            magnitudes.read(start, numbers, numbers.length);
            int[] ranks = ranks(numbers);
            for (int i = 0; i < numbers.length; i++) {
                double height = row == 1 ? 0.5 : ranks[i] / (row - 1.0);
                if (chance.happens(odds.density() + odds.epsilon() * (2 * height - 1))) {
                    kept.add(start + i);
                }
            }
        }
        return kept;
    }

    /** From 0 for the smallest; of equal numbers the first has the lower rank. */
    private static int[] ranks(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int[] seen = new int[numbers.length];
        int[] ranks = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            int first = first(sorted, numbers[i]);
            ranks[i] = first + seen[first]++;
        }
        return ranks;
    }

    /** Where a number that is among sorted ones stands first. */
    private static int first(double[] sorted, double number) {
        int low = 0;
        int high = sorted.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * Of n numbers the {@code ⌊gamma n⌋} of largest magnitude are dropped, and then as many of the smallest that
     * {@code ⌊density n⌋} remain; fewer of the largest where that were too many (arXiv 2312.06795). Of equal magnitudes
     * the first count as larger.
     *
     * @param delta the difference
     * @param density the share that is kept
     * @param gamma the share of large ones that is dropped
     * @return the places that are kept
     */
    static Places outliers(Delta delta, double density, double gamma) {
        long kept = (long) (density * delta.size());
        long top = Math.min((long) (gamma * delta.size()), delta.size() - kept);
        Ranking ranking = new Ranking(delta.magnitudes(), delta.size());
        Places places = ranking.largest(top + kept);
        places.removeAll(ranking.largest(top));
        return places;
    }

    /** The parameter of {@link #outliers}. */
    static MergeParameter gamma() {
        return MergeParameter.ofModel("gamma", 0.01, "share of largest magnitudes that is dropped, from 0 to 1");
    }

    /** The parameter of {@link #byMagnitude}. */
    static MergeParameter epsilon() {
        return MergeParameter.ofModel("epsilon", 0.15,
                "how far the probability of being kept is from the density, so that both stay between 0 and 1");
    }

    /**
     * Reads the parameter of {@link #byMagnitude}.
     *
     * @param densities of each model
     * @param values with {@code epsilon} of each model
     * @return of each model
     * @throws WrongUse when a probability would not lie between 0 and 1, where something is dropped
     */
    static double[] epsilons(double[] densities, MergeValues values) {
        double[] epsilons = EPSILON.reals("epsilon", values);
        for (int model = 0; model < epsilons.length; model++) {
            double density = densities[model];
            double epsilon = epsilons[model];
            if (density > 0 && density < 1 && (density - epsilon <= 0 || density + epsilon >= 1)) {
                throw new WrongUse("density " + density + " and epsilon " + epsilon
                        + " give probabilities outside of 0 to 1; take a smaller epsilon.");
            }
        }
        return epsilons;
    }
}
