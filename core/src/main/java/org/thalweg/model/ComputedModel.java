package org.thalweg.model;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.canonical.Gains;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;

/**
 * A model whose tensors are computed when they are read.
 *
 * @param directory what is written of it
 * @param architecture its symmetries
 * @param network runs it
 * @param tensors by canonical names
 */
record ComputedModel(WrittenDirectory directory, Architecture architecture, Network network, TensorReader tensors) {
    /** A model as it is, whatever its gains are. */
    static ComputedModel of(ModelDirectory model, TensorReader reader) {
        return new ComputedModel(WrittenDirectory.like(model), model.unfolded(), model.requireNetwork(), reader);
    }

    /** The same function with a head of its own. */
    ComputedModel untied(TiedHead head, Optional<ArchitectureSpec> own) {
        WrittenDirectory untied = head.untied(directory);
        Map<String, long[]> shapes = ModelDirectory.shapes(untied.tensors());
        return new ComputedModel(
                untied,
                ModelDirectory.architecture(untied.config(), shapes, own, Set.of()),
                ModelDirectory.network(untied.config(), shapes.keySet()).orElseThrow(),
                head.untied(tensors));
    }

    /** The same model with the symmetries that it has when all its gains are 1, a rotation of the stream among them. */
    ComputedModel rotatable(Optional<ArchitectureSpec> own) {
        Map<String, long[]> shapes = ModelDirectory.shapes(directory.tensors());
        return new ComputedModel(
                directory,
                ModelDirectory.architecture(directory.config(), shapes, own, Set.of(FoldedNorms.FLAG)),
                network,
                tensors);
    }

    /**
     * The same model with gains that count from zero, so that scalings act on them. Its network is not one of these
     * numbers: what is found for them is taken back by {@link #countedBack}.
     */
    ComputedModel countedFromZero(Optional<ArchitectureSpec> own) {
        return new ComputedModel(
                directory,
                ModelDirectory.architectureFromZero(
                        directory.config(), ModelDirectory.shapes(directory.tensors()), own),
                network,
                plus(1 - network.neutralGain(), tensors));
    }

    /** This model with other numbers, whose gains count from zero. */
    ComputedModel countedBack(TensorReader fromZero) {
        return with(plus(network.neutralGain() - 1, fromZero));
    }

    private TensorReader plus(double offset, TensorReader reader) {
        Set<String> gains = Set.copyOf(Gains.names(architecture));
        return name -> {
            if (!gains.contains(name)) {
                return reader.read(name);
            }
            try (Scope scope = Scope.open()) {
                return scope.keep(reader.read(name).to(DType.FLOAT64).add(offset));
            }
        };
    }

    ComputedModel with(TensorReader others) {
        return new ComputedModel(directory, architecture, network, others);
    }

    ComputedModel with(Network other) {
        return new ComputedModel(directory, architecture, other, tensors);
    }
}
