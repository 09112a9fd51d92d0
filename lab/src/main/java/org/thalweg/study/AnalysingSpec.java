package org.thalweg.study;

import static org.thalweg.study.StudyFile.require;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.thalweg.matching.WeightMatchSettings;

/**
 * How far analyses of a study of Transformers go.
 *
 * @param iterations passes of weight matching at most, 6 when absent
 * @param inputs numbers of inputs on which activations are compared, {@code [8, 32, 128, 512, 2048]} when absent;
 *     tokens of a text, patches of an image
 * @param pairs how many pairs of each data set are analysed, the first ones; all when absent
 */
public record AnalysingSpec(Optional<Integer> iterations, Optional<List<Integer>> inputs, Optional<Integer> pairs) {
    private static final int ITERATIONS = 6;
    private static final List<Integer> INPUTS = List.of(8, 32, 128, 512, 2048);

    /** What is done when the file says nothing. */
    static final AnalysingSpec USUAL = new AnalysingSpec(Optional.empty(), Optional.empty(), Optional.empty());

    /** Refuses numbers out of range. */
    public AnalysingSpec {
        inputs = inputs.map(List::copyOf);
        int most = WeightMatchSettings.MOST_PASSES;
        require(iterations.orElse(1) >= 1 && iterations.orElse(1) <= most, "analysing.iterations", "1 to " + most,
                iterations.orElse(1));
        List<Integer> counts = inputs.orElse(INPUTS);
        require(!counts.isEmpty() && new LinkedHashSet<>(counts).size() == counts.size()
                        && counts.stream().allMatch(count -> count >= 2 && count <= 1 << 24),
                "analysing.inputs", "different numbers from 2 to 16777216", counts);
        require(pairs.orElse(1) >= 1, "analysing.pairs", "at least 1", pairs.orElse(1));
    }

    int mostIterations() {
        return iterations.orElse(ITERATIONS);
    }

    List<Integer> numbersOfInputs() {
        return inputs.orElse(INPUTS);
    }

    int mostPairs() {
        return pairs.orElse(Integer.MAX_VALUE);
    }
}
