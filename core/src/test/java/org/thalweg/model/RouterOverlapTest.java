package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.SmallConfigs;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Network;
import org.thalweg.network.StageSpan;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

class RouterOverlapTest {
    private static final int VOCABULARY = 13;
    private static final int WINDOW = 7;

    @TempDir
    private Path directory;

    private static RandomTexts texts(int count) {
        return RandomTexts.of(count, VOCABULARY, WINDOW, 1);
    }

    private static Decoder network(String family) {
        return SmallConfigs.decoder(SmallConfigs.of(family));
    }

    private static RouterOverlap overlap(Network network, Parameters source, Parameters merged, int count) {
        return RouterOverlap.measure(network, source, merged, texts(count), WorkObserver.SILENT);
    }

    private static Parameters with(Parameters model, String name, Tensor tensor) {
        return model.with(Parameters.of(Map.of(name, tensor)));
    }

    @ParameterizedTest
    @CsvSource({"mixtral, 2, 2, 4", "olmoe, 2, 2, 6", "deepseek_v3, 1, 2, 6", "qwen2_moe, 2, 3, 6", "llama4, 4, 1, 4"})
    void aModelChoosesAsItself(String family, int layers, int selected, int experts) {
        Decoder network = network(family);
        try (Scope scope = Scope.open()) {
            Parameters model = network.initialise(Random.seeded(1));
            RouterOverlap found = overlap(network, model, model, 9);
            assertThat(found.layers()).hasSize(layers).allSatisfy(layer -> {
                assertThat(layer.overlap()).isEqualTo(1);
                assertThat(layer.selected()).isEqualTo(selected);
                assertThat(layer.experts()).isEqualTo(experts);
                assertThat(layer.tokens()).isEqualTo(9 * WINDOW);
                assertThat(network.tensors()).containsKey(layer.router());
            });
            assertThat(found.mean()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixtral", "olmoe"})
    void theOverlapIsThatOfTheBestLogitsTokenByToken(String family) {
        Decoder network = network(family);
        try (Scope scope = Scope.open()) {
            Parameters source = network.initialise(Random.seeded(1)).to(DType.FLOAT64);
            Parameters merged = source.lerp(network.initialise(Random.seeded(2)).to(DType.FLOAT64), 0.4);
            RouterOverlap found = overlap(network, source, merged, 9);
            for (RouterOverlap.Layer layer : found.layers()) {
                List<Set<Integer>> one = best(network, source, layer, 9);
                List<Set<Integer>> other = best(network, merged, layer, 9);
                double mean = IntStream.range(0, one.size())
                        .mapToDouble(token -> (double) one.get(token).stream()
                                .filter(other.get(token)::contains).count() / layer.selected())
                        .average().orElseThrow();
                assertThat(layer.overlap()).isCloseTo(mean, within(1e-12)).isLessThan(1).isGreaterThan(0);
            }
            assertThat(found.layers().getFirst().overlap()).isNotEqualTo(found.layers().getLast().overlap());
        }
    }

    /** The experts of the largest logits, sorted in Java. */
    private static List<Set<Integer>> best(Network network, Parameters model, RouterOverlap.Layer layer, int count) {
        double[] router = model.get(layer.router()).toDoubles();
        double[] entering = entering(network, model, texts(count), layer.router()).toDoubles();
        int width = router.length / layer.experts();
        List<Set<Integer>> best = new ArrayList<>();
        for (int token = 0; token < entering.length / width; token++) {
            double[] logits = new double[layer.experts()];
            for (int i = 0; i < router.length; i++) {
                logits[i / width] += router[i] * entering[token * width + i % width];
            }
            best.add(IntStream.range(0, layer.experts()).boxed()
                    .sorted(Comparator.comparingDouble(expert -> -logits[expert]))
                    .limit(layer.selected()).collect(Collectors.toSet()));
        }
        return best;
    }

    @ParameterizedTest
    @MethodSource("org.thalweg.model.SmallModels#all")
    void everyNetworkNamesTheRoutersThatItRuns(SmallModels.Small small) {
        Network network = SmallConfigs.network(small.config());
        List<String> run = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            Tensor inputs = network.inputs().random(1, 1).batches().getFirst().get();
            network.run(small.weights().apply(Random.seeded(1)).to(DType.FLOAT64), inputs,
                    new StageSpan(0, network.stages() - 1), new ExpertChoice() {
                        @Override
                        public void look(String layer, Tensor entering, boolean isShiftFree) {
                            run.add(layer);
                        }

                        @Override
                        public Tensor decide(String layer, Tensor chosen) {
                            return chosen;
                        }
                    });
        }
        assertThat(network.routers()).isEqualTo(run);
        assertThat(network.tensors().keySet()).containsAll(run);
    }

    /** What enters a router, [tokens residual]. */
    static Tensor entering(Network network, Parameters model, RandomTexts texts, String router) {
        Map<String, Tensor> seen = new LinkedHashMap<>();
        Tensor inputs = texts.inputs(IntStream.range(0, texts.size()).toArray());
        network.run(model, inputs, new StageSpan(0, network.stages() - 1), new ExpertChoice() {
            @Override
            public void look(String layer, Tensor entering, boolean isShiftFree) {
                seen.put(layer, entering);
            }

            @Override
            public Tensor decide(String layer, Tensor chosen) {
                return chosen;
            }
        });
        return seen.get(router);
    }

    @Test
    void exchangedRowsOfARouterExchangeItsChoices() {
        Decoder network = network("mixtral top-1");
        try (Scope scope = Scope.open()) {
            Parameters source = network.initialise(Random.seeded(1));
            String first = overlap(network, source, source, 9).layers().getFirst().router();
            Tensor rows = Tensor.of(new long[] {1, 0, 2, 3}, 4);
            Parameters exchanged = with(source, first, source.get(first).indexSelect(0, rows));
            RouterOverlap.Layer layer = overlap(network, source, exchanged, 9).layers().getFirst();
            List<Set<Integer>> chosen = best(network, source, layer, 9);
            long unmoved = chosen.stream().filter(set -> set.stream().allMatch(expert -> expert >= 2)).count();
            assertThat(unmoved).isPositive().isLessThan(chosen.size());
            assertThat(layer.overlap()).isCloseTo((double) unmoved / chosen.size(), within(1e-12));
        }
    }

    @Test
    void routersThatHaveNothingToDoWithEachOtherAgreeByChance() {
        Decoder network = network("olmoe");
        try (Scope scope = Scope.open()) {
            Parameters one = network.initialise(Random.seeded(1));
            Parameters other = network.initialise(Random.seeded(2));
            assertThat(overlap(network, one, other, 200).mean()).isCloseTo(2.0 / 6, within(0.2));
        }
    }

    @Test
    void modelsOnDiskAreComparedAsInMemoryAndBatchByBatch() {
        Models models = new Models(directory);
        ModelDirectory a = models.write("a", SmallConfigs.of("deepseek_v3"), 1, model -> model);
        ModelDirectory b = models.write("b", SmallConfigs.of("deepseek_v3"), 1,
                model -> model.lerp(network("deepseek_v3").initialise(Random.seeded(2)), 0.3));
        // More texts than a batch holds.
        int count = 700;
        assertThat(MeasuredModels.batch(texts(count))).isLessThan(count);
        try (Scope scope = Scope.open(); MeasuredModels opened = new MeasuredModels(List.of(a, b), DType.FLOAT32)) {
            List<Parameters> parameters = opened.parameters(Optional.empty());
            RouterOverlap read = RouterOverlap.measure(opened.network(), parameters.get(0), parameters.get(1),
                    texts(count), WorkObserver.SILENT);
            assertThat(read).isEqualTo(overlap(opened.network(), a.load(), b.load(), count));
            assertThat(read.layers()).singleElement().satisfies(layer -> {
                assertThat(layer.tokens()).isEqualTo((long) count * WINDOW);
                assertThat(layer.overlap()).isBetween(0.4, 0.999);
            });
        }
    }

    @Test
    void whereNothingIsChosenThereIsNoLayer() {
        try (Scope scope = Scope.open()) {
            for (String family : List.of("llama", "gpt2-moe dense")) {
                Decoder network = network(family);
                Parameters model = network.initialise(Random.seeded(1));
                RouterOverlap found = overlap(network, model, model, 2);
                assertThat(found.layers()).isEmpty();
                assertThat(found.mean()).isNaN();
            }
        }
    }

    @Test
    void activationsThatAreNotFiniteAreRefused() {
        Decoder network = network("mixtral");
        try (Scope scope = Scope.open()) {
            Parameters model = network.initialise(Random.seeded(1));
            Parameters broken = with(model, "model.embed_tokens.weight",
                    model.get("model.embed_tokens.weight").multiply(Double.NaN));
            assertThatThrownBy(() -> overlap(network, model, broken, 2))
                    .isInstanceOf(WorkFailure.class).hasMessageContaining("merged model");
            assertThatThrownBy(() -> overlap(network, broken, model, 2))
                    .isInstanceOf(WorkFailure.class).hasMessageContaining("source");
        }
    }
}
