package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.equivalence.EquivalenceProof;
import org.thalweg.equivalence.Proof;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Random elements of every declared group against a forward written for the tests, and near misses. */
class FamilySymmetryTest {
    /** A small model of a family and its forward. */
    record Case(String spec, String table, Map<String, Integer> sizes, OracleRouter router, List<String> flags) {
        Tensor logits(Parameters model) {
            return switch (spec) {
                case "gpt2" -> OracleDecoder.gpt2Logits(model, sizes.get("L"), sizes.get("heads"));
                case "mlp" -> OracleEncoders.mlpOutputs(model);
                case "switch" -> OracleEncoders.switchLogits(model, sizes.get("L"));
                case "bert" -> OracleEncoders.bertOutputs(model, sizes.get("L"), sizes.get("heads"));
                default -> new OracleDecoder(sizes, router).logits(model);
            };
        }

        Map<String, long[]> shapes() {
            Map<String, long[]> shapes =
                    new LinkedHashMap<>(PublishedShapes.shapes(table, sizes));
            if (!flags.contains("untied-head")) {
                shapes.remove("lm_head.weight");
            }
            return shapes;
        }

        Architecture architecture() {
            return ArchitectureSpec.builtIn(spec)
                    .bind(shapes(), PublishedShapes.conditions(sizes, flags.toArray(String[]::new)));
        }

        Parameters model(Random random) {
            return PublishedShapes.random(shapes(), random);
        }

        @Override
        public String toString() {
            return table + " " + flags;
        }
    }

    private static final String GQA = "V=7 H=12 L=2 qh=6 kh=3 D=4 I=5";
    private static final String MHA = "V=7 H=12 L=2 qh=3 kh=3 D=4 I=5";
    private static final String MLA = "V=7 H=12 L=3 qh=3 n=3 r=4 v=5 C=6 Q=7 I=5 F=1 M=4 S=6 E=6";

    private static Case of(String spec, String table, String sizes, OracleRouter router, String flags) {
        return new Case(spec, table, PublishedShapes.sizes(sizes), router,
                flags.isEmpty() ? List.of() : List.of(flags.split(" ")));
    }

    static Stream<Case> cases() {
        OracleRouter none = OracleRouter.plain("softmax", 2);
        OracleRouter renormalised = OracleRouter.plain("renormalised", 2);
        OracleRouter v3 = new OracleRouter("grouped-sigmoid", 2, 3, 2);
        return Stream.of(
                of("llama", "llama", GQA, none, "untied-head"),
                of("llama", "llama", GQA, none, ""),
                of("llama", "llama", MHA, none, "untied-head"),
                of("gpt2", "gpt2", "V=7 P=6 H=12 L=2 heads=3 I=5", none, ""),
                of("gpt2", "gpt2-untied", "V=7 P=6 H=12 L=2 heads=3 I=5", none, "untied-head"),
                of("mixtral", "mixtral", GQA + " M=5 E=4", renormalised, "untied-head short-names"),
                of("mixtral", "mixtral-fused", GQA + " M=5 E=4", renormalised, "untied-head fused-experts"),
                of("qwen2-moe", "qwen2-moe", GQA + " M=4 S=6 E=4 F=1", none,
                        "untied-head attention-biases shared-experts shared-expert"),
                of("qwen3-moe", "qwen3-moe", GQA + " M=4 E=5 F=1", renormalised, "shared-query-key-norm"),
                of("olmoe", "olmoe", GQA + " M=4 E=5", none, "untied-head whole-query-key-norm"),
                of("deepseek-moe", "deepseek-moe", MHA + " M=4 S=6 E=4 F=1", none, "untied-head shared-experts"),
                of("mlp", "mlp", "H=4 M=5 I=6 V=3 L=1", none, "relu"),
                of("switch", "switch", "V=7 H=12 L=2 A=9 heads=3 B=4 I=5 E=4", none, "relu"),
                of("bert", "bert-masked", "V=7 P=6 H=12 L=2 heads=3 I=5", none, "pooler masked-language-head"),
                of("gpt-oss", "gpt-oss", GQA + " M=4 E=5", OracleRouter.plain("clamped", 2),
                        "untied-head attention-biases output-bias"),
                of("llama4", "llama4", GQA + " M=4 S=6 E=4 F=1", OracleRouter.plain("input-sigmoid", 1),
                        "untied-head"),
                of("deepseek-v2", "deepseek-v2-lite", MLA, none, "untied-head shared-experts"),
                // As many groups kept as experts chosen: the limit is vacuous and every order is free.
                of("deepseek-v2", "deepseek-v2", MLA, new OracleRouter("grouped-softmax", 2, 3, 2),
                        "untied-head shared-experts low-rank-queries"),
                of("deepseek-v2", "deepseek-v2", MLA + " G=3", new OracleRouter("grouped-softmax", 2, 3, 1),
                        "untied-head shared-experts low-rank-queries"),
                of("deepseek-v3", "deepseek-v3", MLA + " G=3", v3,
                        "untied-head shared-experts low-rank-queries absolute-router correction-bias"),
                of("deepseek-v3", "deepseek-v3-fused", MLA + " G=3", v3,
                        "untied-head shared-experts low-rank-queries absolute-router correction-bias fused-experts"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyElementOfTheGroupLeavesTheLogitsEqual(Case family) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(5);
            Architecture architecture = family.architecture();
            for (int round = 0; round < 5; round++) {
                Parameters model = family.model(random);
                assertEqual(family, model, architecture.random(random), "all groups");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyGroupAloneLeavesTheLogitsEqualAndMovesWeights(Case family) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(6);
            Architecture architecture = family.architecture();
            Parameters model = family.model(random);
            Map<String, List<String>> kinds = architecture.spaces().values().stream()
                    .filter(space -> space.group().kind() != GroupKind.NONE)
                    .collect(Collectors.groupingBy(
                            space -> space.name().replaceAll("(?<=\\.)[0-9]+(?=\\.|$)", "0"), TreeMap::new,
                            Collectors.mapping(Space::name, Collectors.toList())));
            kinds.forEach((kind, spaces) -> {
                Alignment alone = architecture.random(random, spaces);
                assertEqual(family, model, alone, kind);
                Parameters moved = alone.apply(model);
                if (!alone.elements().isEmpty()) {
                    assertThat(model.names()).describedAs(kind)
                            .anyMatch(name -> moved.get(name).subtract(model.get(name)).abs().max() > 1e-3);
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void alignmentsFormAGroupThatActsOnWholeModels(Case family) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(7);
            Architecture architecture = family.architecture();
            Parameters model = family.model(random);
            Alignment a = architecture.random(random);
            Alignment b = architecture.random(random);
            assertClose(a.compose(b).apply(model), a.apply(b.apply(model)));
            assertClose(a.inverse().apply(a.apply(model)), model);
            assertClose(a.compose(a.inverse()).apply(model), model);
            Alignment read = AlignmentFile.parse(AlignmentFile.toJson(a), architecture, "test");
            assertThat(read).isEqualTo(a);
        }
    }

    @Test
    void foldedGainsFreeEveryRotationOfTheResidualStream() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(8);
            Case family = of("deepseek-v2", "deepseek-v2", MLA, OracleRouter.plain("softmax", 2),
                    "untied-head shared-experts low-rank-queries folded-norms");
            Architecture architecture = family.architecture();
            assertThat(architecture.space("residual").group()).isEqualTo(new Group(GroupKind.ORTHOGONAL, 12));
            Parameters model = family.model(random).mapNamed((name, tensor) ->
                    name.contains("norm") ? Tensor.ones(tensor.dtype(), tensor.shape()) : tensor);
            assertEqual(family, model, architecture.random(random), "folded");
            assertClose(architecture.identity().apply(model), model);
        }
    }

    @Test
    void gainsOfNormalisedQueriesAndKeysAreFreePairByPair() {
        assertThat(named("qwen3-moe").architecture().space("layers.0.attention.query_key_gain").group())
                .isEqualTo(new Group(GroupKind.POSITIVE_SCALING, 2));
        assertThat(named("olmoe").architecture().space("layers.1.attention.kv_groups.2.query_key_gain").group())
                .isEqualTo(new Group(GroupKind.POSITIVE_SCALING, 2));
        assertThat(of("olmoe", "olmoe", GQA + " M=4 E=5", OracleRouter.plain("softmax", 2),
                "untied-head whole-query-key-norm clipped-values").architecture().spaces().keySet())
                .noneMatch(name -> name.contains("query_key_gain"));
    }

    private static void assertEqual(Case family, Parameters model, Alignment alignment, String what) {
        Proof proof = prove(family, model, alignment.apply(model));
        assertThat(proof.maxAbsDifference()).describedAs(family + ": " + what)
                .isLessThan(1e-9 * Math.max(1, proof.maxAbsDifference() / Math.max(1e-300, proof.maxRelDifference())));
    }

    static Proof prove(Case family, Parameters before, Parameters after) {
        Function<Parameters, Tensor> forward = family::logits;
        return EquivalenceProof.prove(forward, before, after, 1e-9);
    }

    static Case named(String table) {
        return cases().filter(family -> family.table().equals(table)).findFirst().orElseThrow();
    }

    private static void assertClose(Parameters actual, Parameters expected) {
        assertThat(actual.names()).containsExactlyElementsOf(expected.names());
        expected.asMap().forEach((name, tensor) -> assertThat(actual.get(name).subtract(tensor).abs().max())
                .describedAs(name)
                .isLessThanOrEqualTo(1e-7 * Math.max(1, tensor.abs().max())));
    }
}
