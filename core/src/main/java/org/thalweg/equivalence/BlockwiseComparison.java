package org.thalweg.equivalence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Probes;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.ReusedMemory;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Two models run side by side, block by block: of each block the tensors are read when they are needed and freed before
 * the next are. Outputs, the largest activations by far, are compared some inputs at a time, for which the heads are
 * read again. The numbers are those of whole evaluations. For one comparison by one thread.
 */
public final class BlockwiseComparison {
    private final ComparedModel first;
    private final ComparedModel second;
    private final double tolerance;

    /** How both models decide about experts, by number of the batch. */
    private record Choosing(IntFunction<ExpertChoice> first, IntFunction<ExpertChoice> second) {
        static final Choosing FREE = new Choosing(_ -> ExpertChoice.FREE, _ -> ExpertChoice.FREE);
    }

    /** What one run of both models found. */
    private record Found(Verification verification, Optional<String> firstDifference) {}

    /**
     * A comparison.
     *
     * @param first a model
     * @param second one with the same inputs and outputs
     * @param tolerance largest difference allowed, in units of the largest output of the first
     */
    public BlockwiseComparison(ComparedModel first, ComparedModel second, double tolerance) {
        this.first = first;
        this.second = second;
        this.tolerance = tolerance;
    }

    /**
     * Runs both, each deciding for itself which experts it uses.
     *
     * @param inputs the inputs
     * @return what was found
     */
    public Comparison of(Probes inputs) {
        Found found = run(inputs, Choosing.FREE);
        return new Comparison(found.verification(), inputs.inputs(), found.firstDifference(), Optional.empty());
    }

    /**
     * Runs both, and where the second model uses other experts than the first, once more with the first one's choice.
     *
     * @param inputs the inputs
     * @param places which experts belong together
     * @return what was found
     */
    public Comparison of(Probes inputs, ExpertPlaces places) {
        ExpertChoices choices = new ExpertChoices(places);
        Found free = run(inputs, new Choosing(choices::recorded, batch -> choices.compared(batch, false)));
        if (choices.differing() == 0) {
            return new Comparison(free.verification(), inputs.inputs(), free.firstDifference(), Optional.empty());
        }
        choices.restart();
        Found fixed = run(inputs, new Choosing(choices::recorded, batch -> choices.compared(batch, true)));
        return new Comparison(free.verification(), inputs.inputs(), free.firstDifference(), Optional.of(
                new FixedRouting(fixed.verification(), choices.compared(), choices.differing())));
    }

    private Found run(Probes inputs, Choosing choosing) {
        return ReusedMemory.during(() -> Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                return runHere(inputs, choosing);
            }
        }));
    }

    private Found runHere(Probes inputs, Choosing choosing) {
        boolean alike = first.last() == second.last();
        JoinedBatches batches = JoinedBatches.of(inputs);
        List<Tensor> left = batches.inputs();
        List<Tensor> right = left.stream().map(Tensor::copy).toList();
        List<Integer> differing = new ArrayList<>();
        SideBySide models = SideBySide.of(first, second);
        for (int stage = 0; stage < Math.max(first.last(), second.last()); stage++) {
            List<Tensor> one = left;
            List<Tensor> other = right;
            int next = stage;
            if (stage < Math.min(first.last(), second.last())) {
                SideBySide.Both both = models.run(
                        () -> first.advance(next, one, choosing.first()),
                        () -> second.advance(next, other, choosing.second()));
                left = both.first();
                right = both.second();
            } else if (stage < first.last()) {
                left = first.advance(stage, one, choosing.first());
            } else {
                right = second.advance(stage, other, choosing.second());
            }
            free(one, left);
            free(other, right);
            // Streams of two widths are one function at the outputs alone.
            alike = alike && Arrays.equals(left.getFirst().shape(), right.getFirst().shape());
            if (alike && differing.isEmpty() && !isWithin(left, right)) {
                differing.add(stage);
            }
        }
        Verification verification = outputs(left, right, batches.outputs(), choosing);
        if (verification.verified() || !alike || differing.contains(0)) {
            return new Found(verification, Optional.empty());
        }
        int stage = differing.isEmpty() ? first.last() : differing.getFirst();
        return new Found(verification, Optional.of(first.network().stageName(stage)));
    }

    private static void free(List<Tensor> states, List<Tensor> next) {
        if (next != states) {
            states.forEach(Tensor::close);
        }
    }

    private boolean isWithin(List<Tensor> left, List<Tensor> right) {
        Difference difference = new Difference();
        for (int batch = 0; batch < left.size(); batch++) {
            difference.add(left.get(batch), right.get(batch));
        }
        return difference.isWithin(tolerance);
    }

    private Verification outputs(
            List<Tensor> left, List<Tensor> right, List<List<Long>> sizes, Choosing choosing) {
        Difference difference = new Difference();
        SideBySide models = SideBySide.of(first, second);
        int part = 0;
        for (int batch = 0; batch < left.size(); batch++) {
            long start = 0;
            for (long size : sizes.get(batch)) {
                if (!difference.isFinite()) {
                    return difference.verification(tolerance);
                }
                try (Scope scope = Scope.open()) {
                    Tensor one = left.get(batch).narrow(0, start, size);
                    Tensor other = right.get(batch).narrow(0, start, size);
                    int number = part;
                    SideBySide.Both both = models.run(
                            () -> List.of(first.run(first.last(), one, choosing.first().apply(number))),
                            () -> List.of(second.run(second.last(), other, choosing.second().apply(number))));
                    difference.add(both.first().getFirst(), both.second().getFirst());
                }
                start += size;
                part++;
            }
        }
        return difference.verification(tolerance);
    }
}
