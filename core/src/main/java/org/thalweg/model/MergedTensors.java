package org.thalweg.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.thalweg.failure.WorkFailure;
import org.thalweg.merging.MergeMethod;
import org.thalweg.merging.Merged;
import org.thalweg.merging.ModelTensors;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.ParallelWork;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * The tensors of a merged model, each computed in float64 when it is read and rounded once to the type in which it is
 * written. Where the method is elementwise a tensor is merged in blocks, so that no more than one stored tensor of each
 * model is in memory; several threads merge blocks. Rows of a larger vocabulary, which not all models have, are those
 * of the first model that has them. To be read by one thread.
 */
final class MergedTensors implements TensorReader {
    /** Numbers that are merged at a time. */
    private static final long BLOCK = 1 << 15;

    private final List<MergeInput> inputs;
    private final Map<String, MergedTensor> plan = new LinkedHashMap<>();
    private final Formula formula;
    private final Map<String, String> notes = new ConcurrentSkipListMap<>();

    /**
     * How tensors are merged.
     *
     * @param method the formula
     * @param seed of methods that draw numbers
     * @param rounded the type to which the models' numbers are rounded before, if any
     */
    record Formula(MergeMethod method, long seed, Optional<DType> rounded) {}

    /**
     * A merged model.
     *
     * @param inputs all models
     * @param plan what is made of them
     * @param formula how
     */
    MergedTensors(List<MergeInput> inputs, List<MergedTensor> plan, Formula formula) {
        this.inputs = inputs;
        plan.forEach(tensor -> this.plan.put(tensor.name(), tensor));
        this.formula = formula;
    }

    /** What was unusual, each with one tensor of which it is true. */
    List<String> notes() {
        return List.copyOf(notes.values());
    }

    @Override
    public Tensor read(String name) {
        MergedTensor tensor = Optional.ofNullable(plan.get(name)).orElseThrow(
                () -> new WorkFailure("the merged model has no tensor '" + name + "'."));
        try (Scope scope = Scope.open()) {
            List<Tensor> models = tensor.models().stream().map(this::read).toList();
            Optional<Tensor> base = tensor.base().map(this::read);
            if (!models.getFirst().dtype().isFloating()) {
                return scope.keep(requireEqual(tensor, models, base));
            }
            long rows = least(models, base);
            Tensor merged = merged(tensor, cut(models, rows), base.map(one -> cut(one, rows)));
            Tensor whole = withFurtherRows(tensor, merged, models, base);
            if (!whole.isFinite()) {
                throw notFinite(tensor);
            }
            return scope.keep(whole);
        }
    }

    private Tensor read(MergedTensor.Part part) {
        return inputs.get(part.input()).tensors().read(part.tensor());
    }

    /** Whole numbers, such as positions, are no weights: they must be the same everywhere. */
    private Tensor requireEqual(MergedTensor tensor, List<Tensor> models, Optional<Tensor> base) {
        Tensor first = base.orElseGet(models::getFirst);
        for (Tensor other : models) {
            if (!first.sameAs(other)) {
                throw new WorkFailure("the tensor '" + tensor.name() + "' holds whole numbers, which cannot be merged, "
                        + "and the models do not agree on them; merge models of one configuration.");
            }
        }
        return first;
    }

    private static long least(List<Tensor> models, Optional<Tensor> base) {
        long least = models.stream().mapToLong(MergedTensors::rows).min().orElseThrow();
        return base.map(one -> Math.min(least, rows(one))).orElse(least);
    }

    private static long rows(Tensor tensor) {
        return tensor.rank() == 0 ? 1 : tensor.length(0);
    }

    private static Tensor cut(Tensor tensor, long rows) {
        return rows(tensor) == rows ? tensor : tensor.narrow(0, 0, rows);
    }

    private static List<Tensor> cut(List<Tensor> tensors, long rows) {
        return tensors.stream().map(tensor -> cut(tensor, rows)).toList();
    }

    /** Merged and rounded to the type that is written. */
    private Tensor merged(MergedTensor tensor, List<Tensor> models, Optional<Tensor> base) {
        DType type = tensor.layout().type().dtype().orElseThrow();
        long size = models.getFirst().size();
        if (!formula.method().isElementwise() || size <= BLOCK) {
            return part(tensor, models, base).to(type);
        }
        List<Tensor> flat = models.stream().map(model -> model.reshape(-1)).toList();
        Optional<Tensor> flatBase = base.map(model -> model.reshape(-1));
        Tensor merged = Tensor.zeros(type, size);
        // Blocks are so small that each operation is one thread's; several threads take blocks.
        ParallelWork.forEach(Math.toIntExact(Math.ceilDiv(size, BLOCK)), block -> {
            long from = block * BLOCK;
            long count = Math.min(BLOCK, size - from);
            try (Scope scope = Scope.open()) {
                merged.narrow(0, from, count).copyInPlace(part(tensor,
                        flat.stream().map(model -> model.narrow(0, from, count)).toList(),
                        flatBase.map(model -> model.narrow(0, from, count))));
            }
        });
        return merged.reshape(models.getFirst().shape());
    }

    private Tensor part(MergedTensor tensor, List<Tensor> models, Optional<Tensor> base) {
        Merged merged = formula.method().merge(new ModelTensors(
                tensor.name(),
                models.stream().map(this::wide).toList(),
                base.map(this::wide),
                Random.childSeed(formula.seed(), tensor.name())), tensor.values());
        merged.notes().forEach(note -> notes.putIfAbsent(note, tensor.name() + ": " + note));
        return merged.tensor();
    }

    private Tensor wide(Tensor tensor) {
        return formula.rounded().map(tensor::to).orElse(tensor).to(DType.FLOAT64);
    }

    private static Tensor withFurtherRows(
            MergedTensor tensor, Tensor merged, List<Tensor> models, Optional<Tensor> base) {
        long wanted = tensor.layout().rank() == 0 ? 1 : tensor.layout().shape()[0];
        List<Tensor> parts = new ArrayList<>(List.of(merged));
        long there = rows(merged);
        List<Tensor> all = new ArrayList<>(base.stream().toList());
        all.addAll(models);
        for (Tensor model : all) {
            long upTo = Math.min(wanted, rows(model));
            if (upTo > there) {
                parts.add(model.narrow(0, there, upTo - there).to(merged.dtype()));
                there = upTo;
            }
        }
        return parts.size() == 1 ? merged : Tensor.concatenate(parts, 0);
    }

    private WorkFailure notFinite(MergedTensor tensor) {
        tensor.parts().map(MergedTensor.Part::input).distinct().forEach(input -> inputs.get(input).requireFinite());
        return new WorkFailure("the merged tensor '" + tensor.name() + "' has a number that its type "
                + tensor.layout().type() + " cannot hold; choose a type of more range with 'out_dtype', or other "
                + "weights.");
    }

    /** How the shape of a tensor differs from another one, apart from the number of rows. */
    static boolean differOnlyInRows(long[] one, long[] other) {
        return one.length == other.length && one.length > 0
                && Arrays.equals(one, 1, one.length, other, 1, other.length);
    }
}
