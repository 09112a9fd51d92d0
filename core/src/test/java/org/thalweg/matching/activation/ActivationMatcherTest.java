package org.thalweg.matching.activation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.canonical.Gains;
import org.thalweg.connectivity.Examples;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.Match;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** Planted orders and rotations are found from activations alone. */
class ActivationMatcherTest {
    private static final int VOCABULARY = 40;

    /** Random texts; nothing is asked of them. */
    private record RandomTexts() implements Examples {
        @Override
        public int size() {
            return 64;
        }

        @Override
        public int classes() {
            return VOCABULARY;
        }

        @Override
        public Tensor inputs(int[] indices) {
            return Tensor.concatenate(Arrays.stream(indices)
                    .mapToObj(index -> Random.seeded(index)
                            .uniform(DType.FLOAT64, 0, VOCABULARY, 1, 8).to(DType.INT64))
                    .toList(), 0);
        }

        @Override
        public Tensor labels(int[] indices) {
            throw new UnsupportedOperationException("activations need no answers");
        }
    }

    private record Planted(Network network, Architecture architecture, Parameters a) {
        static Planted of(String family, boolean folded) {
            ObjectNode config = SmallConfigs.of(family);
            config.put("vocab_size", VOCABULARY);
            Parameters drawn = SmallConfigs.decoder(config).initialise(Random.seeded(1)).to(DType.FLOAT64);
            Architecture own = SmallConfigs.architecture(config, drawn);
            Set<String> gains = Set.copyOf(Gains.names(own));
            Parameters a = folded ? drawn.mapNamed((name, tensor) ->
                    gains.contains(name) ? Tensor.ones(DType.FLOAT64, tensor.shape()) : tensor) : drawn;
            return new Planted(SmallConfigs.decoder(config),
                    folded ? SmallConfigs.architecture(config, a, "folded-norms") : own, a);
        }

        /** Orders, rotations of the stream if it is folded, rotations of values, phases. */
        Alignment element(long seed, boolean withStream) {
            Map<String, GroupElement> elements = new LinkedHashMap<>();
            architecture.spaces().forEach((name, space) -> {
                Group group = space.group();
                Random random = Random.seeded(Random.childSeed(seed, name));
                boolean isStream = name.equals(Architecture.STREAM);
                switch (group.kind()) {
                    case PERMUTATION, SIGNED_PERMUTATION, ORTHOGONAL, CENTRED_ORTHOGONAL -> {
                        if (!isStream || withStream) {
                            elements.put(name, group.random(random));
                        }
                    }
                    case INVERTIBLE -> elements.put(name,
                            new Group(GroupKind.ORTHOGONAL, group.size()).random(random));
                    default -> { }
                }
            });
            return new Alignment(architecture, elements);
        }

        double distanceAfter(Match match, Parameters b) {
            Parameters back = match.alignment().apply(b);
            return a.names().stream().mapToDouble(name ->
                    a.get(name).subtract(back.get(name)).norm() / Math.max(1e-12, a.get(name).norm())).max()
                    .orElseThrow();
        }

        Match match(Parameters b, ResidualMatching residual) {
            return new ActivationMatcher(network, new RandomTexts(), new ActivationMatchSettings(residual,
                    ActivationMatchSettings.Values.ROTATIONS, ExpertOrdering.BEST, 1024, 0))
                    .match(architecture, a::get, b::get, WorkObserver.SILENT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "gpt_neox", "qwen2"})
    void plantedOrdersAndRotationsAreFound(String family) {
        try (Scope scope = Scope.open()) {
            Planted planted = Planted.of(family, true);
            Parameters b = planted.element(3, true).apply(planted.a());
            assertThat(planted.distanceAfter(planted.match(b, ResidualMatching.ORTHOGONAL), b)).isLessThan(1e-3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama"})
    void ordersAreFoundWhereTheStreamStays(String family) {
        try (Scope scope = Scope.open()) {
            Planted planted = Planted.of(family, false);
            Parameters b = planted.element(4, false).apply(planted.a());
            assertThat(planted.distanceAfter(planted.match(b, ResidualMatching.NONE), b)).isLessThan(1e-3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama"})
    void aModelOfOtherWeightsIsNotBroughtToA(String family) {
        try (Scope scope = Scope.open()) {
            Planted planted = Planted.of(family, true);
            Parameters other = planted.a().map(tensor -> tensor.add(
                    Random.seeded(9).normal(DType.FLOAT64, tensor.shape()).multiply(tensor.abs().max())));
            assertThat(planted.distanceAfter(planted.match(other, ResidualMatching.ORTHOGONAL), other))
                    .isGreaterThan(0.1);
        }
    }
}
