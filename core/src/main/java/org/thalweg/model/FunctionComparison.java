package org.thalweg.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Proof;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Whether two models are the same function, as far as random inputs can tell: both networks run in float64 on the same
 * inputs and all outputs are compared. Weights that differ beyond the symmetries give other outputs on almost every
 * input, so a difference is seen unless it is below the tolerance or sits in experts that no probe selects.
 *
 * @param tolerance largest difference allowed, in units of the largest output
 * @param probes how many inputs
 * @param seed of the inputs
 */
public record FunctionComparison(double tolerance, int probes, long seed) {
    /** Outputs held for one batch: 32 MiB in float64 for each model. */
    private static final long BATCH_OUTPUTS = 1L << 22;

    /** Refuses numbers that make no sense. */
    public FunctionComparison {
        requireSense(tolerance, probes);
    }

    static void requireSense(double tolerance, int probes) {
        if (!(tolerance > 0 && tolerance < 1)) {
            throw new WrongUse("--tolerance is " + tolerance + ", expected a number between 0 and 1.");
        }
        if (probes < 1) {
            throw new WrongUse("--probes is " + probes + ", expected at least 1.");
        }
    }

    /**
     * The difference that rounding in the stored types explains after one random element of a model's symmetries.
     *
     * @param models what is compared; not changed
     * @return 1e-9 when all weights are float64, 1e-4 for float32, 5e-2 when any has 16 bits
     */
    public static double usualTolerance(ModelDirectory... models) {
        int bits = Arrays.stream(models)
                .flatMap(model -> model.checkpoint().tensors().values().stream())
                .filter(layout -> layout.type().dtype().filter(DType::isFloating).isPresent())
                .mapToInt(layout -> layout.type().bits())
                .min()
                .orElse(ElementType.F64.bits());
        return bits >= Double.SIZE ? 1e-9 : bits >= Float.SIZE ? 1e-4 : 5e-2;
    }

    /**
     * Compares two models. Holds both whole: as stored and in float64, outside Java's heap.
     *
     * @param first a model
     * @param second another of the same architecture
     * @return the largest difference; not a number when an output is not finite, which is never equal
     * @throws WorkFailure when the architectures differ, weights are not finite, or the family has no network here
     */
    public Proof compare(ModelDirectory first, ModelDirectory second) {
        Network one = network(first);
        Network other = network(second);
        Probes inputs = Probes.of(one);
        inputs.requireEqual(first, second, Probes.of(other));
        first.checkpoint().requireFinite();
        second.checkpoint().requireFinite();
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                return compare(inputs, one, load(first, one), other, load(second, other));
            }
        });
    }

    /**
     * Compares a model with another one of the same configuration that need not be on disk. Holds both whole in
     * float64, and the first as stored, outside Java's heap.
     *
     * @param model a model
     * @param other its tensors by the same names, each read once
     * @return the largest difference; not a number when an output is not finite, which is never equal
     * @throws WorkFailure when the family has no network here
     */
    public Proof compare(ModelDirectory model, TensorReader other) {
        Network network = network(model);
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                return compare(
                        Probes.of(network), network, load(model, network), network, read(model, network, other));
            }
        });
    }

    private static Network network(ModelDirectory model) {
        return model.network().orElseThrow(() -> new WorkFailure(model.checkpoint().directory() + " is of the family '"
                + model.family() + "', whose network is not built in, so its outputs cannot be compared."));
    }

    private static Parameters load(ModelDirectory model, Network network) {
        return fitting(model, network, model.checkpoint().load().to(DType.FLOAT64));
    }

    private static Parameters read(ModelDirectory model, Network network, TensorReader tensors) {
        Map<String, Tensor> read = new LinkedHashMap<>();
        for (String name : model.checkpoint().tensors().keySet()) {
            try (Scope scope = Scope.open()) {
                Tensor tensor = tensors.read(name);
                read.put(name, scope.keep(tensor.dtype().isFloating() ? tensor.to(DType.FLOAT64) : tensor));
            }
        }
        return fitting(model, network, Parameters.of(read));
    }

    private static Parameters fitting(ModelDirectory model, Network network, Parameters parameters) {
        return ModelDirectory.named(model.checkpoint().directory(), () -> {
            Probes.requireTensors(network, parameters);
            return parameters;
        });
    }

    /** Compares two networks on inputs that both take, each with its own tensors in float64. */
    Proof compare(Probes inputs, Network one, Parameters first, Network other, Parameters second) {
        double difference = 0;
        double largest = 0;
        long outputs = 0;
        int batch = Math.clamp(BATCH_OUTPUTS / inputs.outputs(), 1, probes);
        for (int done = 0; done < probes; done += batch) {
            try (Scope scope = Scope.open()) {
                Tensor input = inputs.draw(seed, done, Math.min(batch, probes - done));
                Tensor expected = one.forward(first, input);
                Tensor found = other.forward(second, input);
                if (!expected.isFinite() || !found.isFinite()
                        || !Arrays.equals(expected.shape(), found.shape())) {
                    return new Proof(Double.NaN, Double.NaN, outputs + expected.size(), tolerance, false);
                }
                largest = Math.max(largest, expected.abs().max());
                difference = Math.max(difference, expected.subtract(found).abs().max());
                outputs += expected.size();
            }
        }
        double relative = difference == 0 ? 0 : difference / largest;
        return new Proof(difference, relative, outputs, tolerance, relative <= tolerance);
    }
}
