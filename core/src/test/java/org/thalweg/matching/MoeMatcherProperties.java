package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.family.VitFamily;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.symmetry.Space;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

class MoeMatcherProperties {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void recoversAPlantedCopyExactlyByGateAndByExpert(long seed) {
        for (long number = 3 * seed; number < 3 * seed + 3; number++) {
            MoeConfig config = SampleModels.config(number);
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(number);
                Parameters a = SampleModels.layer(config, random);
                Architecture architecture = ModelArchitecture.ofLayer(config, a);
                Alignment planted = planted(architecture, random);
                Alignment back = permutationsOf(planted.inverse());
                MatchedCandidates found = match(architecture, a, planted.apply(a));
                assertThat(found.byGate().alignment()).isEqualTo(back);
                assertThat(found.byExpert().alignment()).isEqualTo(back);
                assertThat(found.byExpert().layers().getFirst().experts().dualityGap()).isCloseTo(0, within(1e-3));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void recoversEveryLayerOfAVitAndReturnsItBitForBit(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            VitConfig vit = SampleModels.vit(config);
            Parameters a = SampleModels.loud(VitFamily.network(vit).initialise(random), random).to(DType.FLOAT32);
            Architecture architecture = ModelArchitecture.ofVit(vit, a);
            Alignment planted = architecture.random(random, moePermutations(architecture));
            Parameters b = planted.apply(a);
            MatchedCandidates found = match(architecture, a, b);
            for (Candidate candidate : List.of(found.byGate(), found.byExpert())) {
                assertThat(candidate.alignment()).isEqualTo(planted.inverse());
                assertThat(candidate.layers()).hasSize(2);
                assertSameBits(candidate.alignment().apply(b), a);
                assertSameBits(candidate.alignment().inverse().apply(candidate.alignment().apply(b)), b);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void ordersAreTheBestOfAllFactorial(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Parameters a = SampleModels.layer(config, random);
            Parameters b = SampleModels.layer(config, random);
            MatchedCandidates found = match(ModelArchitecture.ofLayer(config, a), a, b);
            boolean isScaleFree = config.gating() instanceof Gating.Sparse(int selected) && selected == 1;
            assertBest(PaperFormulas.gateCosts(a, b, isScaleFree), found.byGate());
            assertBest(
                    PaperFormulas.expertCosts(a, b, config.experts(), config.hidden().size()), found.byExpert());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void theGatesTranslationChangesNothing(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Parameters a = SampleModels.layer(config, random);
            Parameters b = SampleModels.layer(config, random);
            Architecture architecture = ModelArchitecture.ofLayer(config, a);
            Alignment shift = architecture.random(random, List.of("moe.gate_weight_shift", "moe.gate_bias_shift"));
            Candidate raw = match(architecture, a, b).byGate();
            Candidate shifted = match(architecture, a, shift.apply(b)).byGate();
            assertThat(cost(shifted)).isCloseTo(cost(raw), within(1e-9));
            assertThat(shifted.alignment()).isEqualTo(raw.alignment());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void costsOfExpertsIgnoreTheOrderOfHiddenUnits(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Parameters a = SampleModels.layer(config, random);
            Parameters b = SampleModels.layer(config, random);
            Architecture architecture = ModelArchitecture.ofLayer(config, a);
            List<String> hidden = new ArrayList<>(moePermutations(architecture));
            hidden.remove("moe.experts");
            Parameters shuffled = architecture.random(random, hidden).apply(b);
            Candidate expected = match(architecture, a, b).byExpert();
            Candidate actual = match(architecture, a, shuffled).byExpert();
            assertThat(cost(actual)).isCloseTo(cost(expected), within(1e-6));
            assertThat(order(actual)).isEqualTo(order(expected));
        }
    }

    /** What G(n) can do without ReLU's unit scalings, which the paper's costs do not ignore. */
    private static Alignment planted(Architecture architecture, Random random) {
        return architecture.random(random, architecture.spaces().keySet().stream()
                .filter(space -> !space.contains("unit_scale"))
                .toList());
    }

    private static Alignment permutationsOf(Alignment alignment) {
        Map<String, GroupElement> kept = new LinkedHashMap<>();
        alignment.elements().forEach((space, element) -> {
            if (element instanceof Permutation) {
                kept.put(space, element);
            }
        });
        return new Alignment(alignment.architecture(), kept);
    }

    private static List<String> moePermutations(Architecture architecture) {
        return architecture.spaces().values().stream()
                .filter(space -> space.group().kind() == GroupKind.PERMUTATION && space.name().contains("moe."))
                .map(Space::name)
                .toList();
    }

    private static MatchedCandidates match(Architecture architecture, Parameters a, Parameters b) {
        return new MoeMatcher(architecture, a::get, b::get).match();
    }

    private static Permutation order(Candidate candidate) {
        return candidate.layers().getFirst().experts().order();
    }

    private static double cost(Candidate candidate) {
        return candidate.layers().getFirst().experts().cost();
    }

    private static void assertBest(double[][] costs, Candidate found) {
        double least = PaperFormulas.least(costs);
        assertThat(cost(found)).isCloseTo(least, within(1e-5 * Math.max(1, least)));
        assertThat(PaperFormulas.sum(costs, order(found))).isCloseTo(cost(found), within(1e-9 * Math.max(1, least)));
    }

    private static void assertSameBits(Parameters actual, Parameters expected) {
        expected.asMap().forEach((name, tensor) ->
                assertThat(actual.get(name).toFloats()).describedAs(name).containsExactly(tensor.toFloats()));
    }
}
