package org.thalweg.study;

import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Checks many alignments of one model for the same function, as {@link ReplicaPair#checkUnchanged} checks one: what the
 * model itself computes, and the stages that no alignment changes, are run once. Its tensors belong to the scope in
 * which it is made.
 */
final class UnchangedCheck {
    private final ReplicaPair pair;
    private final ExampleData data;
    private final Parameters model;
    private final int from;
    private final Tensor state;
    private final Tensor outputs;

    /**
     * Runs the model once, in float64.
     *
     * @param pair the replicas, of which b is to be aligned
     * @param data the test examples
     */
    UnchangedCheck(ReplicaPair pair, ExampleData data) {
        this.pair = pair;
        this.data = data;
        this.from = EvaluationSet.firstDifference(pair.network(), pair.a(), pair.b());
        Tensor inputs = data.test().batch(0, ReplicaPair.probes(data), DType.FLOAT64).state();
        this.model = pair.b().to(DType.FLOAT64);
        this.state = Gradients.without(() -> pair.network().run(model, inputs, 0, from));
        this.outputs = Gradients.without(() -> pair.network().run(model, state, from, pair.network().stages()));
    }

    /**
     * Insists that an aligned model computes what b does.
     *
     * @param aligned b after an alignment; what rounds is moved in float64
     * @throws org.thalweg.failure.WorkFailure when an output differs by more than the tolerance
     */
    void require(Parameters aligned) {
        try (Scope scope = Scope.open()) {
            Parameters moved = aligned.to(DType.FLOAT64);
            if (EvaluationSet.firstDifference(pair.network(), model, moved) < from) {
                pair.checkUnchanged(moved, data);
                return;
            }
            Tensor own = Gradients.without(() ->
                    pair.network().run(moved.filter(this::isRead), state, from, pair.network().stages()));
            EquivalenceCheck.compare(outputs, own, ReplicaPair.TOLERANCE).requireVerified();
        }
    }

    private boolean isRead(String name) {
        return pair.network().tensors().containsKey(name)
                && pair.network().tensors().get(name).stages().getLast() >= from;
    }
}
