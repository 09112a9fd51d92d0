package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.tensor.Tensor;

/**
 * A space as one tensor refers to it: the same one all along the tensor, or another one at every position of outer
 * factors, as the hidden units of the expert at that position of a tensor that holds all experts.
 *
 * @param pattern of the space's name
 * @param variables the numbers in it that the tensor's name fixes
 * @param outer for each other variable the factors of the tensor whose positions it counts, outermost first
 */
public record SpaceReference(
        NamePattern pattern, Map<String, Integer> variables, Map<String, List<Integer>> outer) {
    /** Copies the maps. */
    public SpaceReference {
        variables = Map.copyOf(variables);
        outer = Map.copyOf(outer);
    }

    /**
     * The space at the first position of every outer factor.
     *
     * @return its name
     */
    public String first() {
        Map<String, Integer> values = new LinkedHashMap<>(variables);
        outer.keySet().forEach(variable -> values.put(variable, 0));
        return pattern.expand(values);
    }

    /**
     * The factors whose positions select the space.
     *
     * @return their numbers, ascending; none when the space is the same all along the tensor
     */
    public List<Integer> outerFactors() {
        return outer.values().stream().flatMap(List::stream).distinct().sorted().toList();
    }

    /**
     * The space at every position of the outer factors.
     *
     * @param lengths of all factors
     * @return its names, the last outer factor counting fastest
     */
    public List<String> names(int[] lengths) {
        return positions(outerFactors(), lengths).stream().map(positions -> at(positions, lengths)).toList();
    }

    /** Every choice of positions of some factors, 0 for all others; the last one counts fastest. */
    static List<int[]> positions(List<Integer> factors, int[] lengths) {
        List<int[]> positions = List.of(new int[lengths.length]);
        for (int factor : factors) {
            positions = positions.stream()
                    .flatMap(before -> IntStream.range(0, lengths[factor]).mapToObj(position -> {
                        int[] next = before.clone();
                        next[factor] = position;
                        return next;
                    }))
                    .toList();
        }
        return positions;
    }

    /** The part of a tensor in which some factors are fixed at given positions. */
    static Tensor slice(Tensor tensor, List<Integer> factors, int[] positions) {
        Tensor slice = tensor;
        for (int factor : factors) {
            slice = slice.narrow(factor, positions[factor], 1);
        }
        return slice;
    }

    /** Puts slices together along the factors they were cut by, the last of which counts fastest. */
    static Tensor joined(List<Tensor> slices, List<Integer> outer, int[] lengths) {
        List<Tensor> parts = slices;
        for (int axis : outer.reversed()) {
            List<Tensor> longer = new ArrayList<>();
            for (int first = 0; first < parts.size(); first += lengths[axis]) {
                longer.add(Tensor.concatenate(parts.subList(first, first + lengths[axis]), axis));
            }
            parts = longer;
        }
        return parts.getFirst();
    }

    /**
     * The space at given positions.
     *
     * @param positions one for each factor of the tensor; only those of {@link #outerFactors()} count
     * @param lengths of all factors
     * @return its name
     */
    public String at(int[] positions, int[] lengths) {
        if (outer.isEmpty()) {
            return pattern.expand(variables);
        }
        Map<String, Integer> values = new LinkedHashMap<>(variables);
        outer.forEach((variable, factors) -> {
            int value = 0;
            for (int factor : factors) {
                value = value * lengths[factor] + positions[factor];
            }
            values.put(variable, value);
        });
        return pattern.expand(values);
    }
}
