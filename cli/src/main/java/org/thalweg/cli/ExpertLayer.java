package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.family.VitFamily;
import org.thalweg.identifiability.MoeFunction;
import org.thalweg.network.TensorTable;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.Parameters;

/**
 * An MoE layer in a checkpoint of a ViT. Opening compares the tensors' shapes with the configuration and reads no
 * tensor.
 *
 * @param checkpoint where it is
 * @param config sizes and gate
 * @param number of the layer, counted from 1
 */
record ExpertLayer(Checkpoint checkpoint, MoeConfig config, int number) {
    /**
     * Finds the layer.
     *
     * @param directory of the checkpoint
     * @param wanted counted from 1; the only layer with experts when absent
     * @return the layer
     * @throws WrongUse when there are several and none is named, or the named one holds no experts
     * @throws WorkFailure when the checkpoint is damaged or holds no ViT with experts
     */
    static ExpertLayer open(Path directory, Optional<Integer> wanted) {
        Checkpoint checkpoint = Checkpoint.open(directory);
        VitConfig vit = config(checkpoint);
        VitConfig.MoeLayers moe = vit.moe().filter(experts -> !experts.layers().isEmpty())
                .orElseThrow(() -> new WorkFailure(directory + " holds no ViT with experts: its config.json has no "
                        + "'moe' with layers; give the directory of a fine-tuned replica."));
        List<Integer> numbers = moe.layers().stream().map(layer -> layer + 1).toList();
        if (wanted.isEmpty() && numbers.size() > 1) {
            throw new WrongUse(directory + " has experts in layers " + joined(numbers)
                    + "; say which is meant with --layer.");
        }
        int number = wanted.orElse(numbers.getFirst());
        if (!numbers.contains(number)) {
            throw new WrongUse("layer " + number + " of " + directory + " holds no experts; layers with experts: "
                    + joined(numbers) + ".");
        }
        ExpertLayer layer = new ExpertLayer(checkpoint, moe.layer(), number);
        layer.requireShapes(vit.residual());
        return layer;
    }

    private static VitConfig config(Checkpoint checkpoint) {
        try {
            return VitFamily.sizes(checkpoint.config());
        } catch (WorkFailure | WrongUse refused) {
            throw new WorkFailure(checkpoint.directory() + ": " + refused.getMessage(), refused);
        }
    }

    private static String joined(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** The gate comes first: it bounds how many experts a made-up configuration can ask for. */
    private void requireShapes(int residual) {
        require(prefix() + ".gate.weight", config.experts(), residual);
        TensorTable table = new TensorTable(ModelArchitecture.layerTensors(Parameters.of(Map.of()), prefix()).names());
        config.layer(checkpoint.tensors().containsKey(prefix() + ".gate.bias")).declare(table, residual);
        table.tensors().forEach((name, tensor) -> require(name, tensor.lengths()));
    }

    private void require(String name, long... shape) {
        String found = Optional.ofNullable(checkpoint.tensors().get(name))
                .map(layout -> Arrays.toString(layout.shape()))
                .orElse("no such tensor");
        if (!found.equals(Arrays.toString(shape))) {
            throw new WorkFailure(checkpoint.directory() + ": the tensor '" + name + "' should be "
                    + Arrays.toString(shape) + " by config.json, found " + found
                    + "; configuration and weights are not of the same model.");
        }
    }

    String prefix() {
        return VitFamily.moePrefix(number - 1);
    }

    /** Largest relative difference that rounding in the stored type explains. */
    double tolerance() {
        List<ElementType> types = checkpoint.tensors().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix() + "."))
                .map(entry -> entry.getValue())
                .map(TensorLayout::type)
                .distinct()
                .toList();
        if (types.stream().allMatch(ElementType.F64::equals)) {
            return 1e-9;
        }
        return types.stream().allMatch(type -> type.bits() >= Float.SIZE) ? 1e-5 : 1e-2;
    }

    /** Reads the layer's tensors; they belong to the caller's scope. */
    MoeFunction load() {
        Parameters parameters = checkpoint.load(name -> name.startsWith(prefix() + "."));
        Checkpoint.requireFinite(checkpoint.directory().toString(), parameters);
        return new MoeFunction(config, parameters, prefix());
    }
}
