package org.thalweg.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.TensorLayout.Axis;
import org.thalweg.symmetry.TensorLayout.Factor;
import org.thalweg.symmetry.TensorLayout.Part;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * The tensors of a model in a wider one of the same function, each computed in float64 when it is read. Memory is a few
 * times the wide tensor.
 *
 * @param architecture of the model: along which axes its tensors run over stream, heads and units
 * @param source its tensors; with a wider stream all gains are 1
 * @param outputs tensors that read heads and units
 * @param stream the map of the stream; nothing when it stays
 * @param splits of heads and units, by their spaces
 */
record WideTensors(
        Architecture architecture,
        TensorReader source,
        Set<String> outputs,
        Optional<WiderStream> stream,
        Map<String, SplitUnits> splits) implements TensorReader {
    @Override
    public Tensor read(String name) {
        double factor = stream.filter(_ -> runsOverStream(name)).map(map -> map.factorOf(name)).orElse(1.0);
        if (!isWidened(name)) {
            return factor == 1 ? source.read(name) : multiplied(name, factor);
        }
        org.thalweg.symmetry.TensorLayout layout = architecture.tensors().get(name);
        try (Scope scope = Scope.open()) {
            Tensor narrow = source.read(name).to(DType.FLOAT64);
            List<Tensor> cut = layout.cut(narrow);
            List<Tensor> wide = new ArrayList<>();
            for (int part = 0; part < cut.size(); part++) {
                wide.add(widened(name, layout.parts().get(part), cut.get(part)));
            }
            Tensor whole = layout.join(wide, shape(name, narrow.shape()));
            return scope.keep(factor == 1 ? whole : whole.multiply(factor));
        }
    }

    /** Gains are 1 and stay it. */
    private boolean runsOverStream(String name) {
        return architecture.tensors().containsKey(name) && architecture.tensors().get(name).parts().stream()
                .flatMap(part -> part.factors().stream())
                .anyMatch(factor -> isStream(factor) && factor.role() != AxisRole.DIAGONAL);
    }

    private Tensor multiplied(String name, double factor) {
        try (Scope scope = Scope.open()) {
            return scope.keep(source.read(name).to(DType.FLOAT64).multiply(factor));
        }
    }

    /** Types and wide shapes by canonical names. */
    Map<String, TensorLayout> layouts(Map<String, TensorLayout> narrow) {
        Map<String, TensorLayout> wide = new LinkedHashMap<>();
        narrow.forEach((name, layout) -> wide.put(name, isWidened(name)
                ? new TensorLayout(layout.type(), shape(name, layout.shape())) : layout));
        return wide;
    }

    private boolean isWidened(String name) {
        return architecture.tensors().containsKey(name) && architecture.tensors().get(name).parts().stream()
                .flatMap(part -> part.factors().stream())
                .anyMatch(factor -> length(factor) != factor.length());
    }

    private Tensor widened(String name, Part part, Tensor slice) {
        List<Factor> factors = part.factors();
        Tensor wide = slice.reshape(factors.stream().mapToLong(Factor::length).toArray());
        for (int axis = 0; axis < factors.size(); axis++) {
            Factor factor = factors.get(axis);
            if (length(factor) == factor.length()) {
                continue;
            }
            wide = isStream(factor) ? streamed(wide, factor, axis)
                    : splits.get(factor.space().orElseThrow()).along(wide, axis, outputs.contains(name));
        }
        return wide.reshape(part.axes().stream().mapToLong(this::length).toArray());
    }

    /** A gain, which is 1 everywhere, or a tensor that writes or reads the stream. */
    private Tensor streamed(Tensor tensor, Factor factor, int axis) {
        WiderStream map = stream.orElseThrow();
        return factor.role() == AxisRole.DIAGONAL
                ? Tensor.ones(DType.FLOAT64, map.width()) : map.along(tensor, axis);
    }

    private boolean isStream(Factor factor) {
        return stream.isPresent() && factor.space().filter(Architecture.STREAM::equals).isPresent();
    }

    private long length(Factor factor) {
        return isStream(factor) ? stream.orElseThrow().width() : factor.space()
                .filter(splits::containsKey)
                .map(space -> (long) splits.get(space).parents().length)
                .orElse((long) factor.length());
    }

    private long length(Axis axis) {
        return axis.factors().stream().mapToLong(this::length).reduce(1, Math::multiplyExact);
    }

    /** Along a split axis all parts are widened alike. */
    private long[] shape(String name, long[] narrow) {
        List<Axis> axes = architecture.tensors().get(name).axes();
        long[] wide = narrow.clone();
        for (int axis = 0; axis < wide.length; axis++) {
            long before = axes.get(axis).factors().stream().mapToLong(Factor::length).reduce(1, Math::multiplyExact);
            wide[axis] = Math.multiplyExact(narrow[axis], length(axes.get(axis))) / before;
        }
        return wide;
    }
}
