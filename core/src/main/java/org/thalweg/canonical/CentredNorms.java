package org.thalweg.canonical;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.InPlace;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Pre-normalised models with LayerNorm rewritten so that they are models with RMSNorm at the same time (Paper B,
 * section 3.1 and appendix E, with the mean-square RMSNorm and the same epsilon):
 *
 * <ul>
 * <li>every gain γ goes into the maps W that read the normalisation and becomes 1;
 * <li>every shift β goes into their biases, {@code b + W β}, and becomes 0, which needs no division; where one of them
 *     has no bias, as a head, the shift stays as β/γ;
 * <li>whatever writes the stream loses its mean over the stream, which LayerNorm never sees, so that there is none left
 *     to subtract; readers without a shift in front lose theirs too, which no centred stream sees.
 * </ul>
 *
 * A last normalisation whose output leaves the model has no map behind it and keeps gain and shift.
 */
public final class CentredNorms {
    private final TensorReader model;
    private final Set<String> tensors;
    private final Map<String, Integer> axes;
    private final Set<String> others;
    private final Map<String, NormReaders> normOf = new LinkedHashMap<>();
    private final Map<String, NormReaders> normBefore = new LinkedHashMap<>();

    private CentredNorms(Architecture architecture, TensorReader model, List<NormReaders> norms) {
        this.model = model;
        this.tensors = architecture.tensors().keySet();
        this.axes = streamAxes(architecture, norms);
        this.others = noWriters(architecture, norms);
        norms.forEach(norm -> {
            normOf.put(norm.gain(), norm);
            normOf.put(norm.shift(), norm);
            norm.readers().forEach(reader -> normBefore.put(reader, norm));
            if (isBiased(norm)) {
                norm.readers().forEach(reader -> normBefore.put(NormReaders.biasOf(reader), norm));
            }
        });
    }

    /**
     * Rewrites a model. Two models that differ in gains, shifts or means alone become one. Each tensor is computed when
     * it is read, from itself, the gain and shift in front of it, and for a bias from the weight beside it; memory is a
     * few times the tensor in float64.
     *
     * @param architecture of the model
     * @param model its tensors; not changed
     * @param norms all its normalisations, each in front of linear maps
     * @return a model of the same function, in float64 where it differs from the model
     * @throws WorkFailure when a gain of 0 cannot be folded because a map behind it has no bias
     */
    public static TensorReader rewriting(Architecture architecture, TensorReader model, List<NormReaders> norms) {
        obstacle(architecture, model, norms).ifPresent(why -> {
            throw new WorkFailure(why + "; leave out the form 'layer-norms'.");
        });
        CentredNorms centred = new CentredNorms(architecture, model, norms);
        return name -> {
            try (Scope scope = Scope.open()) {
                return scope.keep(centred.rewritten(name));
            }
        };
    }

    /**
     * Why a model cannot be rewritten. Reads some of its gains.
     *
     * @param architecture of the model
     * @param model its tensors; not changed
     * @param norms all its normalisations
     * @return a clause that names the gain; nothing when it can be
     */
    public static Optional<String> obstacle(Architecture architecture, TensorReader model, List<NormReaders> norms) {
        CentredNorms centred = new CentredNorms(architecture, model, norms);
        return norms.stream()
                .filter(norm -> !centred.isBiased(norm) && centred.hasZero(norm))
                .findFirst()
                .map(norm -> "the gain '" + norm.gain() + "' has a coordinate that is 0 and a map that reads it has no "
                        + "bias to take the shift, so its layer normalisation cannot be folded");
    }

    /**
     * How far a model is from being one with RMSNorm: the largest mean over the stream of anything that writes it, in
     * units of the root mean square of its tensor. The network without means is the same function where it is 0.
     *
     * @param architecture of the model
     * @param model its tensors, read one at a time; not changed
     * @param norms all its normalisations
     * @return 0 or rounding for a model in this form, for others of order 0.01 to 1
     */
    public static double offCentre(Architecture architecture, TensorReader model, List<NormReaders> norms) {
        Set<String> others = noWriters(architecture, norms);
        double largest = 0;
        for (Map.Entry<String, Integer> axis : streamAxes(architecture, norms).entrySet()) {
            if (!others.contains(axis.getKey())) {
                try (Scope scope = Scope.open()) {
                    Tensor tensor = model.read(axis.getKey());
                    double mean = tensor.mean(axis.getValue(), false).abs().max();
                    largest = Math.max(largest, mean == 0 ? 0 : mean * Math.sqrt(tensor.size()) / tensor.norm());
                }
            }
        }
        return largest;
    }

    /** Tensors with an axis of the stream that do not write it: gains, shifts, and the maps behind normalisations. */
    private static Set<String> noWriters(Architecture architecture, List<NormReaders> norms) {
        Set<String> names = new HashSet<>();
        norms.forEach(norm -> names.addAll(norm.readers()));
        Gains.names(architecture).forEach(gain -> {
            names.add(gain);
            names.add(NormReaders.biasOf(gain));
        });
        return names;
    }

    private Tensor rewritten(String name) {
        if (normOf.containsKey(name)) {
            return name.equals(normOf.get(name).gain()) ? ones(name) : shift(normOf.get(name));
        }
        boolean isWriter = axes.containsKey(name) && !others.contains(name);
        if (!isWriter && !normBefore.containsKey(name)) {
            return model.read(name);
        }
        Tensor result = copy(name);
        if (normBefore.containsKey(name)) {
            fold(name, normBefore.get(name), result);
        }
        if (isWriter) {
            InPlace.subtract(result, result.mean(axes.get(name), true));
        }
        return result;
    }

    /** Puts what stands in front of a map into its weight or its bias. */
    private void fold(String name, NormReaders norm, Tensor result) {
        if (norm.readers().contains(name)) {
            int axis = axes.get(name);
            InPlace.multiply(result, along(copy(norm.gain()), axis, result.rank()));
            if (isBiased(norm)) {
                InPlace.subtract(result, result.mean(axis, true));
            }
        } else {
            String weight = norm.readers().stream().filter(reader -> NormReaders.biasOf(reader).equals(name))
                    .findFirst().orElseThrow();
            int axis = axes.get(weight);
            Tensor shifted = copy(weight);
            InPlace.multiply(shifted, along(copy(norm.shift()), axis, shifted.rank()));
            InPlace.add(result, shifted.sum(axis, false));
        }
    }

    private Tensor ones(String gain) {
        return Tensor.ones(DType.FLOAT64, model.read(gain).shape());
    }

    private Tensor shift(NormReaders norm) {
        Tensor shift = copy(norm.shift()); // [residual]
        return isBiased(norm) ? Tensor.zeros(DType.FLOAT64, shift.shape()) : shift.divide(copy(norm.gain()));
    }

    private boolean isBiased(NormReaders norm) {
        return norm.readers().stream().allMatch(reader -> tensors.contains(NormReaders.biasOf(reader)));
    }

    private Tensor copy(String name) {
        return InPlace.copy(model.read(name), DType.FLOAT64);
    }

    private boolean hasZero(NormReaders norm) {
        try (Scope scope = Scope.open()) {
            return Arrays.stream(model.read(norm.gain()).toDoubles()).anyMatch(number -> number == 0);
        }
    }

    /**
     * For every tensor with an axis that runs over the stream which is normalised, that axis. Tensors that
     * specifications mark as readers count where they stand behind a gain that is folded.
     */
    private static Map<String, Integer> streamAxes(Architecture architecture, List<NormReaders> norms) {
        Set<String> readers = norms.stream().flatMap(norm -> norm.readers().stream()).collect(Collectors.toSet());
        String stream = architecture.tensors().get(Gains.names(architecture).getFirst())
                .axes().getFirst().factors().getFirst().space().orElseThrow();
        Map<String, Integer> axes = new LinkedHashMap<>();
        architecture.tensors().forEach((name, layout) -> {
            for (int axis = 0; axis < layout.axes().size(); axis++) {
                List<TensorLayout.Factor> factors = layout.axes().get(axis).factors();
                if (factors.size() == 1 && (factors.getFirst().role() != AxisRole.READER || readers.contains(name))
                        && factors.getFirst().space().filter(stream::equals).isPresent()) {
                    axes.put(name, axis);
                }
            }
        });
        return axes;
    }

    private static Tensor along(Tensor vector, int axis, int rank) {
        long[] shape = new long[rank];
        Arrays.fill(shape, 1);
        shape[axis] = vector.size();
        return vector.reshape(shape);
    }
}
