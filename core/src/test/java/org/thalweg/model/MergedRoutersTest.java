package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.merging.RouterCurvature;
import org.thalweg.merging.RouterRecalibration;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

class MergedRoutersTest {
    private static final String FIRST = "model.layers.0.mlp.gate.weight";
    private static final String SECOND = "model.layers.1.mlp.gate.weight";
    private static final MergedRouters.Settings EXACT = new MergedRouters.Settings(
            new RouterRecalibration(0.9, 1e-12, 1000),
            MergedRouters.Reference.MERGED_STREAM, MergedRouters.Weighing.CURVATURE);

    @TempDir
    private Path directory;

    private static Decoder network(String family) {
        return SmallConfigs.decoder(SmallConfigs.of(family));
    }

    private static Parameters drawn(Decoder network, long seed) {
        return network.initialise(Random.seeded(seed)).to(DType.FLOAT64);
    }

    private static RandomTexts texts(long seed) {
        return RandomTexts.of(12, 13, 7, seed);
    }

    /** The same model with other routers. */
    private static Parameters withRouters(Parameters model, Parameters others, double t) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        model.asMap().forEach((name, tensor) ->
                all.put(name, isRouter(name, tensor) ? tensor.lerp(others.get(name), t) : tensor));
        return Parameters.of(all);
    }

    private static boolean isRouter(String name, Tensor tensor) {
        return tensor.rank() == 2 && (name.endsWith(".gate.weight") || name.endsWith(".router.weight"));
    }

    private static MergedRouters.Settings settings(MergedRouters.Reference reference) {
        return new MergedRouters.Settings(EXACT.rule(), reference, EXACT.weighing());
    }

    private static double distance(Tensor one, Tensor other) {
        return one.subtract(other).norm() / other.norm();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixtral", "olmoe", "deepseek_v3", "llama4_text", "gpt_oss"})
    void equalSourcesGiveTheirRoutersBack(String family) {
        Decoder network = network(family);
        try (Scope scope = Scope.open()) {
            Parameters source = drawn(network, 1);
            Parameters merged = withRouters(source, drawn(network, 2), 0.7);
            MergedRouters routers = new MergedRouters(network, List.of(
                    new MergedRouters.Source(source, texts(1)), new MergedRouters.Source(source, texts(2))), merged);
            MergedRouters.Done done = routers.recalibrate(EXACT, WorkObserver.SILENT);
            assertThat(done.routers()).isNotEmpty().allSatisfy((name, tensor) -> {
                assertThat(distance(tensor, source.get(name))).isLessThan(1e-7);
                assertThat(distance(merged.get(name), source.get(name))).isGreaterThan(0.1);
            });
            assertThat(done.layers()).extracting(MergedRouters.Layer::router).containsExactlyElementsOf(
                    done.before().getFirst().layers().stream().map(RouterOverlap.Layer::router).toList());
            assertThat(done.layers()).allSatisfy(layer -> {
                assertThat(layer.error()).isLessThan(1e-11);
                assertThat(layer.change()).isGreaterThan(0.1);
            });
            assertThat(done.before()).hasSize(2).allSatisfy(overlap -> assertThat(overlap.mean()).isLessThan(0.95));
            assertThat(done.after()).hasSize(2).allSatisfy(overlap -> assertThat(overlap.mean()).isEqualTo(1));
            assertThat(done.before()).isEqualTo(routers.overlaps(WorkObserver.SILENT));
        }
    }

    @ParameterizedTest
    @EnumSource(MergedRouters.Weighing.class)
    void eachRouterIsSolvedForOnTheStreamThatTheRecalibratedOnesBeforeItLeave(MergedRouters.Weighing weighing) {
        Decoder network = network("olmoe");
        RouterRecalibration rule = EXACT.rule();
        RouterCurvature curvature = weighing == MergedRouters.Weighing.MOMENTS
                ? RouterCurvature.NONE : RouterCurvature.SOFTMAX;
        try (Scope scope = Scope.open()) {
            Parameters a = drawn(network, 1);
            Parameters b = a.lerp(drawn(network, 2), 0.5);
            Parameters merged = a.lerp(b, 0.5);
            MergedRouters.Done done = new MergedRouters(network, List.of(
                    new MergedRouters.Source(a, texts(1)), new MergedRouters.Source(b, texts(2))), merged)
                    .recalibrate(new MergedRouters.Settings(rule, EXACT.reference(), weighing), WorkObserver.SILENT);
            assertThat(done.routers()).containsOnlyKeys(FIRST, SECOND);
            Tensor first = solved(FIRST, a, b, merged, curvature);
            assertThat(distance(done.routers().get(FIRST), first)).isLessThan(1e-9);
            Parameters next = merged.with(Parameters.of(Map.of(FIRST, first)));
            assertThat(distance(done.routers().get(SECOND), solved(SECOND, a, b, next, curvature))).isLessThan(1e-9);
            // On the stream behind the router as it was merged there is another answer.
            assertThat(distance(done.routers().get(SECOND), solved(SECOND, a, b, merged, curvature)))
                    .isGreaterThan(1e-5);
        }
    }

    private static Tensor solved(
            String router, Parameters a, Parameters b, Parameters merged, RouterCurvature curvature) {
        List<RouterRecalibration.Source> sources = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Tensor entering = RouterOverlapTest.entering(network("olmoe"), merged, texts(i + 1), router);
            sources.add(new RouterRecalibration.Source(1, (i == 0 ? a : b).get(router), Optional.empty(),
                    List.of(new RouterRecalibration.Tokens(entering, entering))));
        }
        return EXACT.rule().solve(router, merged.get(router), sources, curvature).weight();
    }

    @Test
    void theSourcesOwnStreamMakesTheMergedModelChooseAsTheSourceWhereItsStreamIsAnother() {
        Decoder network = network("olmoe");
        try (Scope scope = Scope.open()) {
            Parameters source = drawn(network, 1);
            Parameters merged = source.lerp(drawn(network, 2), 0.3);
            MergedRouters routers =
                    new MergedRouters(network, List.of(new MergedRouters.Source(source, texts(1))), merged);
            MergedRouters.Done own =
                    routers.recalibrate(settings(MergedRouters.Reference.OWN_STREAM), WorkObserver.SILENT);
            MergedRouters.Done paper = routers.recalibrate(EXACT, WorkObserver.SILENT);
            assertThat(own.after().getFirst().mean())
                    .isGreaterThan(paper.after().getFirst().mean())
                    .isGreaterThan(own.before().getFirst().mean());
            // With one source the paper's router is the source's own.
            assertThat(distance(paper.routers().get(FIRST), source.get(FIRST))).isLessThan(1e-7);
            assertThat(distance(own.routers().get(FIRST), source.get(FIRST))).isGreaterThan(0.1);
        }
    }

    @Test
    void sourcesCountByTheirSharesRouterByRouter() {
        Decoder network = network("olmoe");
        try (Scope scope = Scope.open()) {
            Parameters a = drawn(network, 1);
            Parameters b = drawn(network, 2);
            MergedRouters.Done done = new MergedRouters(network, List.of(
                    new MergedRouters.Source(a, texts(1), router -> router.equals(FIRST) ? 1 : 0),
                    new MergedRouters.Source(b, texts(1), router -> router.equals(FIRST) ? 0 : 1)), a.lerp(b, 0.5))
                    .recalibrate(EXACT, WorkObserver.SILENT);
            assertThat(distance(done.routers().get(FIRST), a.get(FIRST))).isLessThan(1e-7);
            assertThat(distance(done.routers().get(SECOND), b.get(SECOND))).isLessThan(1e-7);
        }
    }

    @Test
    void modelsOnDiskGiveRoutersInTheirOwnTypeWhichOutliveTheRun() {
        Models models = new Models(directory);
        Decoder network = network("mixtral");
        ModelDirectory a = models.write("a", SmallConfigs.of("mixtral"), 1, model -> model.to(DType.BFLOAT16));
        ModelDirectory merged = models.write("merged", SmallConfigs.of("mixtral"), 1, model ->
                withRouters(model, network.initialise(Random.seeded(2)), 0.7).to(DType.BFLOAT16));
        try (Scope scope = Scope.open();
                MeasuredModels opened = new MeasuredModels(List.of(a, merged), DType.FLOAT32)) {
            List<Parameters> read = opened.parameters(Optional.empty());
            MergedRouters.Done done = new MergedRouters(opened.network(),
                    List.of(new MergedRouters.Source(read.get(0), texts(1))), read.get(1))
                    .recalibrate(MergedRouters.Settings.USUAL, WorkObserver.SILENT);
            Parameters source = a.load();
            assertThat(done.routers()).hasSize(2).allSatisfy((name, tensor) -> {
                assertThat(tensor.dtype()).isEqualTo(DType.BFLOAT16);
                assertThat(distance(tensor.to(DType.FLOAT64), source.get(name).to(DType.FLOAT64))).isLessThan(1e-3);
            });
            assertThat(done.before().getFirst().mean()).isLessThan(0.95);
            assertThat(done.after().getFirst().mean()).isGreaterThan(0.99);
        }
    }

    @Test
    void networksWithoutExpertsHaveNoRouters() {
        Decoder network = network("llama");
        try (Scope scope = Scope.open()) {
            Parameters model = drawn(network, 1);
            MergedRouters.Done done = new MergedRouters(network,
                    List.of(new MergedRouters.Source(model, texts(1))), model)
                    .recalibrate(EXACT, WorkObserver.SILENT);
            assertThat(done.routers()).isEmpty();
            assertThat(done.layers()).isEmpty();
            assertThat(done.after().getFirst().layers()).isEmpty();
        }
    }
}
