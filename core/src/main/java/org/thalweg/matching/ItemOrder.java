package org.thalweg.matching;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.NestedAssignment;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.IndexedName.Place;

/**
 * Which item of B takes the place of each item of A, groups as wholes and items inside their groups.
 *
 * @param sources [items] index of the item in B
 * @param cost the sum of the chosen entries of the cost matrix; 0 when no cost decided
 * @param dualityGap how far at most the cost is from the least of all orders, but for the rounding of entries to float
 * @param by what decided
 */
record ItemOrder(int[] sources, double cost, double dualityGap, String by) {
    /** The cheapest order; items of a space in which nothing may be exchanged keep their places. */
    static ItemOrder cheapest(SpaceTree tree, List<List<Place>> items, double[][] costs, String by) {
        double unit = unit(costs);
        float[][] rounded = new float[costs.length][costs.length];
        for (int i = 0; i < costs.length; i++) {
            for (int j = 0; j < costs.length; j++) {
                boolean allowed = mayExchange(tree, items.get(i), items.get(j));
                rounded[i][j] = allowed ? (float) (costs[i][j] / unit) : Float.POSITIVE_INFINITY;
            }
        }
        NestedAssignment.Solution solved =
                NestedAssignment.solve(AssignmentProblem.minimize(rounded), factors(tree, items.getFirst()));
        int[] sources = solved.columnOfRow();
        double cost = IntStream.range(0, sources.length).mapToDouble(i -> costs[i][sources[i]]).reduce(0, Double::sum);
        return new ItemOrder(sources, cost, solved.dualityGap() * unit, by);
    }

    /** A power of 2 near the largest cost: fourth powers of weights may leave float's range; this rounds nothing. */
    private static double unit(double[][] costs) {
        double largest = 0;
        for (double[] row : costs) {
            for (double cost : row) {
                largest = Math.max(largest, Math.abs(cost));
            }
        }
        return largest > 0 ? Math.scalb(1.0, Math.getExponent(largest)) : 1;
    }

    private static boolean mayExchange(SpaceTree tree, List<Place> one, List<Place> other) {
        for (int level = 0; level < one.size(); level++) {
            boolean fixed = tree.group(one.get(level).space()).kind() == GroupKind.NONE;
            if (fixed && one.get(level).position() != other.get(level).position()) {
                return false;
            }
        }
        return true;
    }

    private static int[] factors(SpaceTree tree, List<Place> item) {
        return item.reversed().stream().mapToInt(place -> tree.group(place.space()).size()).toArray();
    }

    /** The path in B of what is put at a path of A; also for paths to groups of items. */
    List<Place> source(List<List<Place>> items, List<Place> path) {
        for (int item = 0; item < sources.length; item++) {
            if (items.get(item).subList(0, path.size()).equals(path)) {
                return items.get(sources[item]).subList(0, path.size());
            }
        }
        throw new IllegalArgumentException("no item stands at " + path);
    }

    /** The permutations of the chain's spaces, by the names they have in A. */
    Map<String, GroupElement> elements(SpaceTree tree, List<List<Place>> items) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        int depth = items.getFirst().size();
        for (int level = 0; level < depth; level++) {
            Map<String, List<Integer>> images = new LinkedHashMap<>();
            List<List<Place>> seen = new ArrayList<>();
            for (List<Place> item : items) {
                List<Place> path = item.subList(0, level + 1);
                if (!seen.contains(path)) {
                    seen.add(path);
                    images.computeIfAbsent(path.getLast().space(), _ -> new ArrayList<>())
                            .add(source(items, path).getLast().position());
                }
            }
            images.forEach((space, image) -> {
                if (tree.group(space).kind() == GroupKind.PERMUTATION) {
                    elements.put(space, new Permutation(image.stream().mapToInt(Integer::intValue).toArray()));
                }
            });
        }
        return elements;
    }
}
