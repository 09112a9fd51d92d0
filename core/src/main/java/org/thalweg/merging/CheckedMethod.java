package org.thalweg.merging;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A method whose formula sees only what it can work with: as many models as it takes, a base where it needs one,
 * tensors of one shape in float64, at least one number, none NaN or infinite. Frees what the formula makes on its way.
 *
 * @param formula the method itself
 */
record CheckedMethod(MergeMethod formula) implements MergeMethod {
    @Override
    public String name() {
        return formula.name();
    }

    @Override
    public List<MergeParameter> parameters() {
        return formula.parameters();
    }

    @Override
    public Optional<String> refusal(String parameter) {
        return formula.refusal(parameter);
    }

    @Override
    public Base base() {
        return formula.base();
    }

    @Override
    public Count models() {
        return formula.models();
    }

    @Override
    public boolean isElementwise() {
        return formula.isElementwise();
    }

    @Override
    public double[] shares(MergeValues values, int models) {
        return formula.shares(values, models);
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        requireModels(tensors);
        ModelTensors used = base() == Base.UNUSED
                ? new ModelTensors(tensors.name(), tensors.models(), Optional.empty(), tensors.seed())
                : tensors;
        try (Scope scope = Scope.open()) {
            Tensor first = used.models().getFirst();
            Stream.concat(used.models().stream(), used.base().stream()).forEach(tensor -> requireLike(first, tensor));
            for (int model = 0; model < used.models().size(); model++) {
                requireFinite(used.name(), "model " + (model + 1), used.models().get(model));
            }
            used.base().ifPresent(base -> requireFinite(used.name(), "the base", base));
            Merged merged = first.size() == 0 ? Merged.of(first.copy()) : formula.merge(used, values);
            if (!merged.tensor().isFinite()) {
                throw new WorkFailure(name() + " gives NaN or infinite numbers in tensor " + Shown.name(used.name())
                        + "; take smaller weights or another method.");
            }
            scope.keep(merged.tensor());
            return merged;
        }
    }

    private void requireModels(ModelTensors tensors) {
        if (base() == Base.REQUIRED && tensors.base().isEmpty()) {
            throw new WrongUse(name() + " needs a base model; name one with 'base_model'.");
        }
        int count = tensors.models().size();
        if (count < models().least() || count > models().most()) {
            String besides = base() == Base.UNUSED ? "" : " besides the base";
            throw new WrongUse(name() + " takes " + expected() + besides + ", not " + count + ".");
        }
    }

    private String expected() {
        int least = models().least();
        String number = least + (least == 1 ? " model" : " models");
        return models().most() == least ? "exactly " + number : "at least " + number;
    }

    private static void requireLike(Tensor first, Tensor tensor) {
        if (tensor.dtype() != DType.FLOAT64 || !Arrays.equals(first.shape(), tensor.shape())) {
            throw new IllegalArgumentException("merged tensors are of one shape and in float64, not "
                    + first + " and " + tensor);
        }
    }

    private static void requireFinite(String name, String whose, Tensor tensor) {
        try (Scope scope = Scope.open()) {
            if (!tensor.isFinite()) {
                throw new WorkFailure("tensor " + Shown.name(name) + " of " + whose
                        + " has a NaN or infinite number; use a checkpoint from before the model diverged.");
            }
        }
    }
}
