package org.thalweg.study;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.thalweg.group.Permutation;

/**
 * Which orders of the experts are measured for the ranks: all of few experts; of more, those that the methods choose
 * and others drawn at random.
 *
 * @param experts how many there are, n
 * @param groups of equal size in which they stand, which change places as wholes; 1 where any order is a symmetry
 * @param upTo with at most so many experts all n! orders
 * @param drawn with more experts so many orders, the methods' own among them; 0 for none at all
 */
record OrderSample(int experts, int groups, int upTo, int drawn) {
    /** How many orders are measured. */
    long size() {
        if (experts <= upTo) {
            return count(Long.MAX_VALUE);
        }
        return Math.min(drawn, count(drawn));
    }

    /** How many orders there are, as far as a double counts exactly. */
    double possible() {
        return factorial(groups) * Math.pow(factorial(experts / groups), groups);
    }

    private static double factorial(int size) {
        double product = 1;
        for (int factor = 2; factor <= size; factor++) {
            product *= factor;
        }
        return product;
    }

    /** The number of orders, or the bound when there are more. */
    private long count(long bound) {
        long product = factorial(1, groups, bound);
        for (int group = 0; group < groups; group++) {
            product = factorial(product, experts / groups, bound);
        }
        return product;
    }

    private static long factorial(long times, int size, long bound) {
        long product = times;
        for (int factor = 2; factor <= size; factor++) {
            if (product > bound / factor) {
                return bound;
            }
            product *= factor;
        }
        return product;
    }

    /**
     * The orders.
     *
     * @param chosen orders that are among them in any case, when there are any
     * @param seed of the drawing
     * @return distinct orders, the chosen ones first
     */
    SequencedSet<Permutation> orders(Collection<Permutation> chosen, long seed) {
        SequencedSet<Permutation> orders = new LinkedHashSet<>();
        if (size() == 0) {
            return orders;
        }
        orders.addAll(chosen);
        if (experts <= upTo) {
            Permutation.all(experts).stream().filter(this::keepsGroups).forEach(orders::add);
            return orders;
        }
        SplittableRandom random = new SplittableRandom(seed);
        while (orders.size() < size()) {
            orders.add(draw(random));
        }
        return orders;
    }

    private boolean keepsGroups(Permutation order) {
        int size = experts / groups;
        return IntStream.range(0, experts)
                .allMatch(place -> order.image(place) / size == order.image(place / size * size) / size);
    }

    private Permutation draw(SplittableRandom random) {
        int size = experts / groups;
        int[] outer = groups == 1 ? new int[1] : draw(random, groups);
        int[] image = new int[experts];
        for (int group = 0; group < groups; group++) {
            int[] inner = draw(random, size);
            for (int place = 0; place < size; place++) {
                image[group * size + place] = outer[group] * size + inner[place];
            }
        }
        return new Permutation(image);
    }

    private static int[] draw(SplittableRandom random, int size) {
        List<Integer> left = new ArrayList<>(IntStream.range(0, size).boxed().toList());
        int[] image = new int[size];
        for (int place = 0; place < size; place++) {
            image[place] = left.remove(random.nextInt(left.size()));
        }
        return image;
    }
}
