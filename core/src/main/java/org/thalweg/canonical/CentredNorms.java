package org.thalweg.canonical;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

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
    private CentredNorms() {}

    /**
     * Rewrites a model. Two models that differ in gains, shifts or means alone become one. O(weights) time, memory for
     * a second model.
     *
     * @param architecture of the model
     * @param model in float64; not changed
     * @param norms all its normalisations, each in front of linear maps
     * @return a model of the same function, tensors in the same order, in the current scope
     * @throws WorkFailure when a gain of 0 cannot be folded because a map behind it has no bias
     */
    public static Parameters rewrite(Architecture architecture, Parameters model, List<NormReaders> norms) {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> result = new LinkedHashMap<>(model.asMap());
            Map<String, Integer> axes = streamAxes(architecture);
            norms.forEach(norm -> fold(axes, norm, result));
            Set<String> done = noWriters(architecture, norms);
            result.replaceAll((name, tensor) -> done.contains(name) || !axes.containsKey(name)
                    ? tensor
                    : tensor.subtract(tensor.mean(axes.get(name), true)));
            result.forEach((name, tensor) -> {
                if (tensor != model.get(name)) {
                    scope.keep(tensor);
                }
            });
            return Parameters.of(result);
        }
    }

    /**
     * How far a model is from being one with RMSNorm: the largest mean over the stream of anything that writes it, in
     * units of the root mean square of its tensor. The network without means is the same function where it is 0.
     *
     * @param architecture of the model
     * @param model its tensors, not changed
     * @param norms all its normalisations
     * @return 0 or rounding for a model in this form, for others of order 0.01 to 1
     */
    public static double offCentre(Architecture architecture, Parameters model, List<NormReaders> norms) {
        Set<String> others = noWriters(architecture, norms);
        double largest = 0;
        for (Map.Entry<String, Integer> axis : streamAxes(architecture).entrySet()) {
            if (!others.contains(axis.getKey())) {
                try (Scope scope = Scope.open()) {
                    Tensor tensor = model.get(axis.getKey());
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

    private static void fold(Map<String, Integer> axes, NormReaders norm, Map<String, Tensor> model) {
        Tensor gain = model.get(norm.gain()); // [residual]
        Tensor shift = model.get(norm.shift()); // [residual]
        boolean biased = norm.readers().stream().allMatch(reader -> model.containsKey(NormReaders.biasOf(reader)));
        for (String reader : norm.readers()) {
            Tensor weight = model.get(reader);
            int axis = axes.get(reader);
            Tensor folded = weight.multiply(along(gain, axis, weight.rank()));
            if (biased) {
                String bias = NormReaders.biasOf(reader);
                Tensor added = weight.multiply(along(shift, axis, weight.rank())).sum(axis, false);
                model.put(bias, model.get(bias).add(added));
                folded = folded.subtract(folded.mean(axis, true));
            }
            model.put(reader, folded);
        }
        model.put(norm.gain(), Tensor.ones(gain.dtype(), gain.shape()));
        model.put(norm.shift(), biased ? Tensor.zeros(shift.dtype(), shift.shape()) : divided(norm, gain, shift));
    }

    private static Tensor divided(NormReaders norm, Tensor gain, Tensor shift) {
        if (Arrays.stream(gain.toDoubles()).anyMatch(number -> number == 0)) {
            throw new WorkFailure("the gain '" + norm.gain() + "' has a coordinate that is 0 and a map that reads it "
                    + "has no bias to take the shift, so its layer normalisation cannot be folded; leave out the form "
                    + "'layer-norms'.");
        }
        return shift.divide(gain);
    }

    /**
     * For every tensor with an axis that runs over the stream which is normalised, that axis. Specifications with
     * LayerNorm mark as a reader only what stands behind a gain that stays.
     */
    private static Map<String, Integer> streamAxes(Architecture architecture) {
        String stream = architecture.tensors().get(Gains.names(architecture).getFirst())
                .axes().getFirst().factors().getFirst().space().orElseThrow();
        Map<String, Integer> axes = new LinkedHashMap<>();
        architecture.tensors().forEach((name, layout) -> {
            for (int axis = 0; axis < layout.axes().size(); axis++) {
                List<TensorLayout.Factor> factors = layout.axes().get(axis).factors();
                if (factors.size() == 1 && factors.getFirst().role() != AxisRole.READER
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
