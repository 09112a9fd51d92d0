package org.thalweg.matching.learned;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.thalweg.canonical.Gains;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.GroupElement;
import org.thalweg.matching.Match;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * Two models of which one is the other, turned.
 *
 * @param network runs both
 * @param architecture of both
 * @param a the reference
 * @param b turned A
 */
record Turned(Network network, Architecture architecture, Parameters a, Parameters b) {
    private static final int TOKENS = 8;

    /** Random texts; the right answers are those of a model. */
    private record Answered(Network network, Parameters teacher, int vocabulary) implements Examples {
        @Override
        public int size() {
            return 96;
        }

        @Override
        public int classes() {
            return vocabulary;
        }

        @Override
        public Tensor inputs(int[] indices) {
            return Tensor.concatenate(Arrays.stream(indices)
                    .mapToObj(index -> Random.seeded(index)
                            .uniform(DType.FLOAT64, 0, vocabulary, 1, TOKENS).to(DType.INT64))
                    .toList(), 0);
        }

        @Override
        public Tensor labels(int[] indices) {
            return Gradients.without(() -> network.forward(teacher, inputs(indices)).argmax(-1));
        }
    }

    static Turned of(String family) {
        ObjectNode config = SmallConfigs.of(family);
        config.put("vocab_size", 40);
        Network network = SmallConfigs.decoder(config);
        Parameters drawn = SmallConfigs.decoder(config).initialise(Random.seeded(1));
        Set<String> gains = Set.copyOf(Gains.names(SmallConfigs.architecture(config, drawn)));
        Parameters a = drawn.mapNamed((name, tensor) -> gains.contains(name)
                ? Tensor.ones(DType.FLOAT32, tensor.shape()) : tensor.multiply(3));
        Architecture architecture = SmallConfigs.architecture(config, a, "folded-norms");
        return new Turned(network, architecture, a, turn(architecture, 5).apply(a));
    }

    private static Alignment turn(Architecture architecture, long seed) {
        Latent latent = new ExponentialRotation(
                RotationBasis.of(architecture.space(Architecture.STREAM).group()), 0.3);
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        elements.put(Architecture.STREAM, latent.element(latent.start(Random.seeded(seed))));
        return new Alignment(architecture, elements);
    }

    /** A turned in another way. */
    Parameters turned(long seed) {
        return turn(architecture, seed).apply(a);
    }

    /** A's answers are the right ones. */
    Examples examples() {
        return new Answered(network, a, 40);
    }

    LearnedMatcher.Learned learned(LearnedMatchSettings settings) {
        return learned(settings, Optional.empty(), WorkObserver.SILENT);
    }

    LearnedMatcher.Learned learned(
            LearnedMatchSettings settings, Optional<Snapshots> snapshots, WorkObserver observer) {
        return new LearnedMatcher(network, examples(), (found, _, _, _) -> new Match(found.identity(), List.of()),
                settings, new Running(Device.CPU, snapshots)).learn(architecture, a::get, b::get, observer);
    }

    /** A's own loss on the tenth of the examples that is held out. */
    double lossOfA() {
        return heldOutLoss(a);
    }

    /** A model's loss there. */
    double heldOutLoss(Parameters model) {
        Examples examples = examples();
        int[] heldOut = IntStream.range(examples.size() - examples.size() / 10, examples.size()).toArray();
        return new EvaluationSet(0, List.of(new EvaluationSet.Batch(
                examples.inputs(heldOut), examples.labels(heldOut)))).score(network, model).loss();
    }

    double difference(Parameters one, Parameters other) {
        Tensor input = examples().inputs(new int[] {1000, 1001});
        return network.forward(one, input).subtract(network.forward(other, input)).abs().max();
    }
}
