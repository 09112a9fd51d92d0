package org.thalweg.study;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.SplittableRandom;
import org.thalweg.group.Permutation;

/**
 * Which orders of the experts are measured for the ranks: all of few experts; of more, those that the methods choose
 * and others drawn at random.
 *
 * @param experts how many there are, n
 * @param upTo with at most so many experts all n! orders
 * @param drawn with more experts so many orders, the methods' own among them; 0 for none at all
 */
record OrderSample(int experts, int upTo, int drawn) {
    /** How many orders are measured. */
    long size() {
        if (experts <= upTo) {
            return factorial(Long.MAX_VALUE);
        }
        return Math.min(drawn, factorial(drawn));
    }

    /** The number of orders, or the bound when there are more. */
    private long factorial(long bound) {
        long product = 1;
        for (int factor = 2; factor <= experts; factor++) {
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
            orders.addAll(Permutation.all(experts));
            return orders;
        }
        SplittableRandom random = new SplittableRandom(seed);
        while (orders.size() < size()) {
            orders.add(draw(random));
        }
        return orders;
    }

    private Permutation draw(SplittableRandom random) {
        List<Integer> left = new ArrayList<>();
        for (int expert = 0; expert < experts; expert++) {
            left.add(expert);
        }
        int[] image = new int[experts];
        for (int place = 0; place < experts; place++) {
            image[place] = left.remove(random.nextInt(left.size()));
        }
        return new Permutation(image);
    }
}
