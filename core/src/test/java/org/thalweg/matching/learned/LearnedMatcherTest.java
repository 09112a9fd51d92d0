package org.thalweg.matching.learned;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.canonical.Gains;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.matching.Match;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** A model turned a little is turned back by learning from its own answers, and stays the same function. */
class LearnedMatcherTest {
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

    private record Turned(Network network, Architecture architecture, Parameters a, Parameters b) {
        static Turned of(String family) {
            ObjectNode config = SmallConfigs.of(family);
            config.put("vocab_size", 40);
            Network network = SmallConfigs.decoder(config);
            Parameters drawn = SmallConfigs.decoder(config).initialise(Random.seeded(1));
            Set<String> gains = Set.copyOf(Gains.names(SmallConfigs.architecture(config, drawn)));
            Parameters a = drawn.mapNamed((name, tensor) -> gains.contains(name)
                    ? Tensor.ones(DType.FLOAT32, tensor.shape()) : tensor.multiply(3));
            Architecture architecture = SmallConfigs.architecture(config, a, "folded-norms");
            return new Turned(network, architecture, a, turn(architecture).apply(a));
        }

        private static Alignment turn(Architecture architecture) {
            Latent latent = new ExponentialRotation(
                    RotationBasis.of(architecture.space(Architecture.STREAM).group()), 0.3);
            Map<String, GroupElement> elements = new LinkedHashMap<>();
            elements.put(Architecture.STREAM, latent.element(latent.start(Random.seeded(5))));
            return new Alignment(architecture, elements);
        }

        LearnedMatcher.Learned learned(LearnedMatchSettings settings) {
            Examples examples = new Answered(network, a, 40);
            return new LearnedMatcher(network, examples, (found, _, _, _) -> new Match(found.identity(), List.of()),
                    settings).learn(architecture, a::get, b::get, WorkObserver.SILENT);
        }

        /** A's own loss on the tenth of the examples that is held out. */
        double lossOfA() {
            Examples examples = new Answered(network, a, 40);
            int[] heldOut = IntStream.range(examples.size() - examples.size() / 10, examples.size()).toArray();
            return new EvaluationSet(0, List.of(new EvaluationSet.Batch(
                    examples.inputs(heldOut), examples.labels(heldOut)))).score(network, a).loss();
        }

        double difference(Parameters one, Parameters other) {
            Tensor input = new Answered(network, a, 40).inputs(new int[] {1000, 1001});
            return network.forward(one, input).subtract(network.forward(other, input)).abs().max();
        }
    }

    private static LearnedMatchSettings settings() {
        return LearnedMatchSettings.defaults()
                .with(new LearnedMatchSettings.Steps(60, 16, 0.01, 0.05, 0));
    }

    private static void requireLearned(Turned models, LearnedMatchSettings settings) {
        LearnedMatcher.Learned learned = models.learned(settings);
        double before = learned.history().getFirst().loss();
        double after = learned.history().stream().mapToDouble(Progress::loss).min().orElseThrow();
        double least = models.lossOfA();
        assertThat(after - least).isLessThan(0.5 * (before - least));
        Parameters moved = learned.match().alignment().apply(models.b());
        assertThat(models.difference(models.b(), moved)).isLessThan(1e-3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama"})
    void streamIsTurnedBackByProjectedRotations(String family) {
        try (Scope scope = Scope.open()) {
            requireLearned(Turned.of(family), settings().with(EnumSet.of(LearnedMatchSettings.Part.STREAM)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama"})
    void streamIsTurnedBackByExponentialsOfBothEnds(String family) {
        try (Scope scope = Scope.open()) {
            requireLearned(Turned.of(family), settings().with(EnumSet.of(LearnedMatchSettings.Part.STREAM))
                    .with(LearnedMatchSettings.Rotation.EXPONENTIAL).withBothEnds());
        }
    }

    @Test
    void sameSeedGivesTheSameAlignment() {
        try (Scope scope = Scope.open()) {
            Turned models = Turned.of("llama");
            LearnedMatchSettings few = settings().with(new LearnedMatchSettings.Steps(8, 16, 0.01, 0.05, 0));
            assertThat(models.learned(few).match().alignment()).isEqualTo(models.learned(few).match().alignment());
        }
    }

    @Test
    void divergingLearningKeepsTheBestSoFar() {
        try (Scope scope = Scope.open()) {
            Turned models = Turned.of("llama");
            LearnedMatcher.Learned learned = models.learned(settings()
                    .with(LearnedMatchSettings.Rotation.EXPONENTIAL)
                    .with(new LearnedMatchSettings.Steps(60, 16, 1e30, 0, 0)));
            assertThat(learned.match().alignment().elements().values())
                    .allSatisfy(element -> assertThat(element instanceof LinearMap map
                            && Double.isNaN(map.entries()[0])).isFalse());
            assertThat(learned.note()).isPresent();
            Parameters moved = learned.match().alignment().apply(models.b());
            assertThat(models.difference(models.b(), moved)).isLessThan(1e-3);
        }
    }

    @Test
    void exponentialOfSkewMatrixIsRotation() {
        try (Scope scope = Scope.open()) {
            Tensor z = Random.seeded(1).normal(DType.FLOAT64, 7, 7);
            Tensor rotation = LinearAlgebra.exponential(z.subtract(z.transpose(0, 1)));
            Tensor gram = rotation.matmul(rotation.transpose(0, 1));
            Tensor identity = RotationBasis.of(new Group(GroupKind.ORTHOGONAL, 7)).identity();
            assertThat(gram.subtract(identity).abs().max()).isLessThan(1e-12);
        }
    }
}
