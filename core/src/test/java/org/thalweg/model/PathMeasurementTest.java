package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.Mixture;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.connectivity.Surface;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.SmallConfigs;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

class PathMeasurementTest {
    private static final Grid GRID = Grid.uniform(5);

    @TempDir
    private Path directory;

    private Models models;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
    }

    private static RandomTexts texts(ModelDirectory model, int count) {
        return RandomTexts.of(count, ((Inputs.Texts) model.inputs()).vocabulary(), 7, 1);
    }

    private static LossAndAccuracy measured(ModelDirectory a, ModelDirectory b) {
        return new PathMeasurement(a, b).measure(texts(a, 9), GRID, WorkObserver.SILENT);
    }

    @Test
    void aPathBetweenDirectoriesIsThatOfTheirTensorsInMemory() {
        ModelDirectory a = models.llama("a", 1);
        ModelDirectory b = models.llama("b", 2);
        Network network = a.network().orElseThrow();
        try (Scope scope = Scope.open()) {
            EvaluationSet set = new EvaluationSet(0, texts(a, 9).inOrder(9));
            LossAndAccuracy expected =
                    new StraightPath(a.load(), b.load()).measure(network, set, GRID, () -> { });
            assertThat(measured(a, b)).isEqualTo(expected);
        }
    }

    @Test
    void theEndsAreWhatTheModelsScoreAlone() {
        ModelDirectory a = models.llama("a", 1);
        ModelDirectory b = models.llama("b", 2);
        LossAndAccuracy path = measured(a, b);
        assertThat(path.loss().atA()).isEqualTo(loss(a)).isNotEqualTo(loss(b));
        assertThat(path.loss().atB()).isEqualTo(loss(b));
    }

    private static double loss(ModelDirectory model) {
        Evaluation.Done done = new Evaluation(model).measure(texts(model, 9), WorkObserver.SILENT);
        assertThat(done.score().answers()).isEqualTo(texts(model, 9).answers());
        assertThat(done.perplexity()).isEqualTo(Math.exp(done.score().loss()));
        return done.score().loss();
    }

    @Test
    void runningSharedStagesOnceChangesNothing() {
        String changed = "model.layers.1.mlp.down_proj.weight";
        ModelDirectory a = models.llama("a", 1);
        ModelDirectory b = models.llama("b", 1, model -> model.mapNamed(
                (name, tensor) -> name.equals(changed) ? tensor.multiply(-2) : tensor));
        Network network = a.network().orElseThrow();
        LossAndAccuracy path = measured(a, b);
        try (Scope scope = Scope.open()) {
            Mixture mixture = Mixture.of(network, List.of(a.load(), b.load()));
            assertThat(mixture.firstDifference()).isEqualTo(network.stageOf(changed)).isPositive();
            for (int point = 0; point < GRID.points(); point++) {
                double t = GRID.at(point);
                Parameters between = a.load().mapNamed((name, tensor) ->
                        name.equals(changed) ? tensor.lerp(b.load().get(changed), t) : tensor);
                assertThat(path.loss().at(point)).isEqualTo(
                        new EvaluationSet(0, texts(a, 9).inOrder(9)).score(network, between).loss());
            }
        }
    }

    @Test
    void aTiedEmbeddingIsInterpolatedInBothItsPlaces() {
        ObjectNode config = SmallConfigs.of("llama").deepCopy().put("tie_word_embeddings", true);
        ModelDirectory a = models.write("a", config, 1, model -> model);
        ModelDirectory b = models.write("b", config, 2, model -> model);
        try (Scope scope = Scope.open()) {
            EvaluationSet set = new EvaluationSet(0, texts(a, 9).inOrder(9));
            assertThat(measured(a, b)).isEqualTo(new StraightPath(a.load(), b.load())
                    .measure(a.network().orElseThrow(), set, GRID, () -> { }));
        }
    }

    @Test
    void modelsInFloat64AreMeasuredInFloat64AndThoseOf16BitsInFloat32() {
        ModelDirectory wide = models.llama("wide", 1, model -> model.to(DType.FLOAT64));
        ModelDirectory narrow = models.llama("narrow", 1, model -> model.to(DType.BFLOAT16));
        Evaluation.Done exact = new Evaluation(wide).measure(texts(wide, 4), WorkObserver.SILENT);
        Evaluation.Done rounded = new Evaluation(narrow).measure(texts(narrow, 4), WorkObserver.SILENT);
        assertThat(exact.computed()).isEqualTo(DType.FLOAT64);
        assertThat(rounded.computed()).isEqualTo(DType.FLOAT32);
        assertThat(rounded.score().loss()).isCloseTo(exact.score().loss(), within(0.05));
        try (Scope scope = Scope.open()) {
            assertThat(exact.score()).isEqualTo(new EvaluationSet(0, texts(wide, 4).inOrder(4))
                    .score(wide.network().orElseThrow(), wide.load()));
        }
    }

    @Test
    void logitsAreWrittenInFloat64InTheOrderOfTheExamples() {
        ModelDirectory model = models.llama("a", 1);
        RandomTexts texts = texts(model, 3);
        Path file = directory.resolve("logits.npy");
        Evaluation.Done done = new Evaluation(model).measureWithLogits(texts, file, WorkObserver.SILENT);
        assertThat(done.computed()).isEqualTo(DType.FLOAT64);
        try (Scope scope = Scope.open()) {
            Tensor logits = model.network().orElseThrow().forward(
                    model.load().to(DType.FLOAT64), texts.inputs(new int[] {0, 1, 2}));
            assertThat(content(file)).startsWith("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 7, "
                    + texts.classes() + "), }");
            assertThat(numbers(file, logits.size())).isEqualTo(logits.toDoubles());
        }
        assertThatThrownBy(() -> new Evaluation(model).measureWithLogits(texts, file, WorkObserver.SILENT))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("logits.npy exists already");
    }

    private static String content(Path file) {
        return new String(bytes(file), 10, 100, StandardCharsets.US_ASCII);
    }

    private static double[] numbers(Path file, long count) {
        ByteBuffer all = ByteBuffer.wrap(bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        all.position((int) (all.limit() - 8 * count));
        return DoubleStream.generate(all::getDouble).limit(count).toArray();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException refused) {
            throw new AssertionError(refused);
        }
    }

    @Test
    void anInterruptedWriteOfLogitsLeavesNothing() {
        ModelDirectory model = models.llama("a", 1);
        Path file = directory.resolve("logits.npy");
        WorkObserver impatient = new WorkObserver() {
            @Override
            public void began(String work, long tensors) {
                assertThat(work).isEqualTo(WRITING);
            }

            @Override
            public void reached(long tensors) {
                throw new WorkFailure("enough.");
            }
        };
        assertThatThrownBy(() -> new Evaluation(model).measureWithLogits(texts(model, 3), file, impatient))
                .hasMessage("enough.");
        assertThat(directory.toFile().list()).containsExactly("a");
    }

    @Test
    void threeEqualModelsHaveNoBarrier() {
        ModelDirectory a = models.llama("a", 1);
        Surface flat = new SimplexMeasurement(List.of(a, a, models.llama("b", 1)))
                .measure(texts(a, 4), 4, WorkObserver.SILENT);
        assertThat(flat.scores()).hasSize(10).allMatch(flat.scores().getFirst()::equals);
        // The flat surface itself is a weighted mean, which rounds.
        assertThat(flat.lossBarrier().height()).isCloseTo(0, within(1e-14));
    }

    @Test
    void theEdgesOfATriangleAreThePathsBetweenItsCorners() {
        List<ModelDirectory> three = List.of(models.llama("a", 1), models.llama("b", 2), models.llama("c", 3));
        Surface surface =
                new SimplexMeasurement(three).measure(texts(three.getFirst(), 9), 5, WorkObserver.SILENT);
        for (int a = 0; a < 3; a++) {
            assertThat(surface.corner(a).loss()).isEqualTo(loss(three.get(a)));
            for (int b = a + 1; b < 3; b++) {
                assertClose(surface.edge(a, b).loss(), measured(three.get(a), three.get(b)).loss());
            }
        }
        double highest = surface.edge(0, 1).lossBarrier().height();
        assertThat(surface.lossBarrier().height()).isGreaterThanOrEqualTo(highest);
    }

    private static void assertClose(Curve one, Curve other) {
        assertThat(one.grid()).isEqualTo(other.grid());
        assertThat(one.values()).containsExactly(other.values(), within(1e-6));
    }

    @Test
    void modelsThatAreNoFunctionOfTheSameTensorsAreRefused() {
        ModelDirectory a = models.llama("a", 1);
        ObjectNode config = SmallConfigs.of("llama");
        refused(a, models.write("tied", config.deepCopy().put("tie_word_embeddings", true), 1, model -> model),
                "the head of " + directory.resolve("tied") + " is its embedding", "lm_head.weight");
        refused(a, models.write("epsilon", config.deepCopy().put("rms_norm_eps", 0.5), 1, model -> model),
                "compute with them differently", "rms_norm_eps: ", "0.5");
        refused(a, models.write("words", config.deepCopy().put("vocab_size", 50), 1, model -> model),
                "the vocabulary of " + a.checkpoint().directory(), "has 50");
        refused(a, models.write("wide", config.deepCopy().put("intermediate_size", 12), 1, model -> model),
                "has the shape");
        refused(a, models.write("other", SmallConfigs.of("gpt2"), 1, model -> model), "different architectures");
    }

    private void refused(ModelDirectory a, ModelDirectory b, String... parts) {
        assertThatThrownBy(() -> new PathMeasurement(a, b)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("the models cannot be joined by a path: ").hasMessageContainingAll(parts);
    }

    @Test
    void aLossThatIsNoNumberNamesTheWeightOrThePlace() {
        ModelDirectory a = models.llama("a", 1);
        String gain = "model.norm.weight";
        ModelDirectory broken = models.llama("broken", 1, model -> model.with(Parameters.of(Map.of(
                gain, model.get(gain).multiply(Double.NaN)))));
        assertThatThrownBy(() -> measured(a, broken)).isInstanceOf(WorkFailure.class).hasMessageContaining(gain);
        ModelDirectory huge = models.llama("huge", 1, model -> model.with(Parameters.of(Map.of(
                gain, model.get(gain).multiply(1e38), "lm_head.weight", model.get("lm_head.weight").multiply(1e20)))));
        assertThatThrownBy(() -> measured(a, huge)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("of the path, though all weights are finite")
                .hasMessageContaining(DType.FLOAT32.name().toLowerCase(Locale.ROOT));
    }

    @Test
    void whatGivesNoNextTokensHasNoLoss() {
        ModelDirectory bert = models.write("bert", SmallConfigs.of("bert"), 1, model -> model);
        assertThatThrownBy(() -> new Evaluation(bert)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("bert has no loss that could be measured: its tokens see later ones");
    }
}
