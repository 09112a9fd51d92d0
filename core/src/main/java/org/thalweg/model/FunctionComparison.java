package org.thalweg.model;

import java.util.Arrays;
import java.util.Map;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.equivalence.BlockwiseComparison;
import org.thalweg.equivalence.ComparedModel;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.network.Probes;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Whether two models are the same function, as far as some inputs can tell: both networks run in float64 on the same
 * inputs and all outputs are compared. Weights that differ beyond the symmetries give other outputs on almost every
 * input, so a difference is seen unless it is below the tolerance or sits where no input leads, such as in experts that
 * none selects.
 *
 * @param tolerance largest difference allowed, in units of the largest output
 * @param probes how many inputs, where they are random
 * @param seed of random inputs
 */
public record FunctionComparison(double tolerance, int probes, long seed) {
    /** Refuses numbers that make no sense. */
    public FunctionComparison {
        requireSense(tolerance, probes);
    }

    static void requireSense(double tolerance, int probes) {
        if (!(tolerance > 0 && tolerance < 1)) {
            throw new WrongUse("tolerance is " + tolerance + ", expected a number between 0 and 1.");
        }
        if (probes < 1) {
            throw new WrongUse("probes is " + probes + ", expected at least 1.");
        }
    }

    /**
     * Fails when the activations of so many inputs cannot be held: of both models the old ones, and of one the new.
     *
     * @param model any model with a network
     * @param probes how many inputs
     * @throws WrongUse when they need more memory than there is
     */
    public static void requireMemory(ModelDirectory model, int probes) {
        Network network = model.requireNetwork();
        long width = network.tensors().values().stream()
                .filter(tensor -> tensor.stages().contains(0) && tensor.lengths().length == 2)
                .mapToLong(tensor -> tensor.lengths()[1])
                .max()
                .orElse(1);
        long numbers = switch (network.inputs()) {
            case Inputs.Texts texts -> Math.min(Inputs.RANDOM_LENGTH, texts.longest()) * width;
            case Inputs.Pairs _ -> 2L * Inputs.RANDOM_LENGTH * width;
            case Inputs.Images images ->
                (long) images.image().channels() * images.image().height() * images.image().width();
            case Inputs.Vectors vectors -> vectors.inputs();
        };
        Probes.requireMemory(probes, 3 * Double.BYTES * numbers);
    }

    /**
     * The difference that rounding in the stored types explains after one random element of a model's symmetries. Only
     * tensors count that the function depends on, no buffers.
     *
     * @param models what is compared; not changed
     * @return 1e-9 when all weights are float64, 1e-4 for float32, 5e-2 when any has 16 bits
     */
    public static double usualTolerance(ModelDirectory... models) {
        int bits = Arrays.stream(models).mapToInt(FunctionComparison::fewestBits).min()
                .orElse(ElementType.F64.bits());
        return bits >= Double.SIZE ? 1e-9 : bits >= Float.SIZE ? 1e-4 : 5e-2;
    }

    /** Bits of the shortest floating type among the tensors on which a model's function depends. */
    static int fewestBits(ModelDirectory model) {
        Map<String, TensorLayout> layouts = model.tensors();
        return model.weights().stream()
                .map(name -> layouts.get(name).type())
                .filter(type -> type.dtype().filter(DType::isFloating).isPresent())
                .mapToInt(ElementType::bits)
                .min()
                .orElse(ElementType.F64.bits());
    }

    /**
     * Compares two models on random inputs.
     *
     * @param first a model
     * @param second another of the same architecture
     * @return the largest difference; not a number when an output is not finite, which is never equal
     * @throws WorkFailure when the architectures differ, weights are not finite, or the family has no network here
     */
    public Verification compare(ModelDirectory first, ModelDirectory second) {
        return compare(first, second, inputs(first)).verification();
    }

    /**
     * Random inputs for a model, texts with every token of the vocabulary where that can be afforded; there may then be
     * more of them than asked for.
     *
     * @param model any model with a network
     * @return the inputs
     * @throws WorkFailure when the family has no network here
     */
    public Probes inputs(ModelDirectory model) {
        requireMemory(model, probes);
        return TokenRows.of(model).random(probes, seed);
    }

    /**
     * Compares two models on given inputs, block by block: memory is the largest tensor as it is stored, some rows of
     * it in float64, the activations of one block for some thousand tokens, and the states of all inputs. Weights are
     * read once to see that they are finite, and once for each such batch of inputs; of experts those that tokens
     * choose.
     *
     * @param first a model
     * @param second another of the same architecture
     * @param inputs made by the models' {@link Inputs}
     * @return what was found; differences are not numbers when an output is not finite, which is never equal
     * @throws WorkFailure when the architectures differ, weights are not finite, or the family has no network here
     */
    public Comparison compare(ModelDirectory first, ModelDirectory second, Probes inputs) {
        return compare(first, second, inputs, WorkObserver.SILENT);
    }

    /**
     * As {@link #compare(ModelDirectory, ModelDirectory, Probes)}, watched.
     *
     * @param first a model
     * @param second another of the same architecture
     * @param inputs made by the models' {@link Inputs}
     * @param observer told how many tensors of both have been read
     * @return what was found
     */
    public Comparison compare(ModelDirectory first, ModelDirectory second, Probes inputs, WorkObserver observer) {
        requireComparable(first, second);
        first.requireFinite(observer);
        second.requireFinite(observer);
        try (CheckpointReader one = first.reader();
                CheckpointReader other = second.reader()) {
            CountedReads reads = new CountedReads(
                    "comparing", first.weights().size() + second.weights().size(), observer);
            return new BlockwiseComparison(
                    compared(first, reads.of(one)), compared(second, reads.of(other)), tolerance).of(inputs);
        }
    }

    /**
     * Compares a model with another one of the same configuration that need not be on disk, block by block, on random
     * inputs.
     *
     * @param model a model
     * @param other its tensors by the same names; a tied embedding is read twice, any other once
     * @return the largest difference; not a number when an output is not finite, which is never equal
     * @throws WorkFailure when the family has no network here
     */
    public Verification compare(ModelDirectory model, TensorReader other) {
        try (CheckpointReader one = model.reader()) {
            return new BlockwiseComparison(compared(model, one), compared(model, other), tolerance)
                    .of(inputs(model)).verification();
        }
    }

    /** A model with the configuration and the shapes of a directory. */
    static ComparedModel compared(ModelDirectory model, TensorReader reader) {
        Network network = model.requireNetwork();
        return ModelDirectory.named(model.checkpoint().directory(), () -> {
            DeclaredTensor.requireShapes(network.tensors().values(), ModelDirectory.shapes(model.tensors()));
            return new ComparedModel(network, reader);
        });
    }

    private static void requireComparable(ModelDirectory first, ModelDirectory second) {
        String one = first.checkpoint().directory().toString();
        String other = second.checkpoint().directory().toString();
        if (!first.architecture().name().equals(second.architecture().name())) {
            throw new WorkFailure("the models have different architectures, so they are not compared: " + one + " is '"
                    + first.architecture().name() + "', " + other + " is '" + second.architecture().name() + "'.");
        }
        Inputs kind = first.inputs();
        Inputs others = second.inputs();
        if (!kind.equals(others)) {
            throw new WorkFailure("the models have different inputs or outputs, so they are not compared: " + one
                    + " has " + kind + ", " + other + " has " + others + ".");
        }
    }
}
