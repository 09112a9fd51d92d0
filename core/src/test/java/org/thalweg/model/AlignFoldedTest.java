package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Space;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** {@code align} of models whose normalisations it folds on the way. */
class AlignFoldedTest {
    private static final Checking CHECKING = new Checking(OptionalDouble.empty(), 8, 0, false);

    @TempDir
    private Path directory;

    private Models models;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
    }

    /** LayerNorm, RMSNorm and gains that count from one, one pattern of attention each, images and experts. */
    static Stream<SmallModels.Small> cases() {
        return SmallModels.all().filter(model -> Set.of("gpt2", "llama", "vit", "mixtral", "gpt_neox", "gemma")
                .contains(model.name()));
    }

    private ModelDirectory write(String name, SmallModels.Small family, long seed, UnaryOperator<Parameters> change) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, family.config(), change.apply(family.weights().apply(Random.seeded(seed))),
                    Map.of());
        }
        return ModelDirectory.open(place);
    }

    private ModelDirectory open(String name) {
        return ModelDirectory.open(directory.resolve(name));
    }

    private Align.Done align(ModelDirectory a, ModelDirectory b, ResidualMatching residual) {
        return new Align(new WeightMatching(new WeightMatchSettings(
                        ExpertOrdering.BEST, residual, MatchingGauge.BALANCED)), CHECKING)
                .write(a, b, models.out("out"), Optional.of(models.out("reference")), WorkObserver.SILENT);
    }

    private static CanonicalForm form(ModelDirectory model) {
        return model.requireNetwork().withoutMeans().isPresent() ? CanonicalForm.LAYER_NORMS : CanonicalForm.NORMS;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anElementOfTheWholeFoldedGroupIsUndone(SmallModels.Small family) {
        ModelDirectory source = write("source", family, 3, model -> model.to(DType.FLOAT64));
        new Canonical(Set.of(form(source))).write(source, models.out("folded"));
        Scramble.Done planted = new Scramble(5, Set.of(), 0).write(open("folded"), models.out("moved"));
        assertThat(planted.alignment().elements()).containsKey("residual");
        // A head that became a tensor of its own is one of both: then A is the folded model.
        ModelDirectory a = source.tied().isEmpty() ? source : open("folded");
        Align.Done done = align(a, open("moved"), ResidualMatching.AUTO);
        assertThat(done.stream().matching()).isEqualTo(ResidualMatching.ORTHOGONAL);
        assertThat(done.checked().orElseThrow().verified()).isTrue();
        assertThat(done.layers()).allSatisfy(layer -> assertThat(layer.after()).describedAs(layer.layer())
                .isLessThanOrEqualTo(1e-6 * layer.norm()));
        assertThat(Models.same(open("folded"), open("reference"))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void unrelatedModelsStayTheSameFunctionsInStockDirectories(SmallModels.Small family) {
        ModelDirectory a = write("a", family, 3, model -> model);
        ModelDirectory b = write("b", family, 4, model -> model);
        Align.Done done = align(a, b, ResidualMatching.ORTHOGONAL);
        assertThat(done.stream().forms()).containsExactly(form(a));
        assertThat(done.stream().untied().isEmpty()).isEqualTo(a.tied().isEmpty());
        assertThat(done.stream().reference()).isPresent();
        FunctionComparison comparison = new FunctionComparison(1e-4, 8, 7);
        assertThat(comparison.compare(b, open("out")).verified()).isTrue();
        assertThat(comparison.compare(a, open("reference")).verified()).isTrue();
        assertThat(comparison.compare(a, open("out")).verified()).isFalse();
        new Canonical(Set.of(form(a))).write(a, models.out("canonical"));
        assertThat(Models.same(open("canonical"), open("reference"))).isTrue();
        assertThat(open("canonical").checkpoint().config()).isEqualTo(open("reference").checkpoint().config());
        // The element is of the folded form, which apply makes by itself.
        Apply.Done applied = new Apply(false, CHECKING).write(
                directory.resolve("out").resolve(Scramble.ALIGNMENT), b, models.out("again"), WorkObserver.SILENT);
        assertThat(applied.forms()).containsExactly(form(b));
        assertThat(Models.same(open("out"), open("again"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt_neox"})
    void aRotationThatDoesNotKeepTheMeanIsNoSymmetryOfLayerNorm(String family) {
        ModelDirectory model = models.write("a", SmallConfigs.of(family), 3, weights -> weights.to(DType.FLOAT64));
        try (Scope scope = Scope.open();
                CheckpointReader reader = model.reader()) {
            Folding.Folded folded = (Folding.Folded) Folding.of(
                    List.of(new Folding.Source(model, reader)), WorkObserver.SILENT);
            RewrittenModel rewritten = folded.models().getFirst();
            Architecture free = withAnyRotation(folded.architecture());
            MovedModel good = new MovedModel(rewritten,
                    folded.architecture().random(Random.seeded(1), List.of("residual")));
            assertThat(CHECKING.check(good, WorkObserver.SILENT).orElseThrow().verified()).isTrue();
            MovedModel bad = new MovedModel(rewritten, free.random(Random.seeded(1), List.of("residual")));
            assertThatThrownBy(() -> CHECKING.check(bad, WorkObserver.SILENT)).isInstanceOf(WorkFailure.class);
        }
    }

    private static Architecture withAnyRotation(Architecture architecture) {
        Map<String, Space> spaces = new LinkedHashMap<>(architecture.spaces());
        spaces.computeIfPresent("residual", (_, space) -> new Space(space.indexedName(),
                new Group(GroupKind.ORTHOGONAL, space.group().size()), space.over(), space.scales()));
        return new Architecture(architecture.name(), spaces, architecture.tensors(), architecture.ignored());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "gemma2", "olmo2"})
    void familiesWhoseNormsFeedTheStreamAreRefusedByName(String family) {
        ModelDirectory a = models.write("a", SmallConfigs.of(family), 1, model -> model);
        ModelDirectory b = models.write("b", SmallConfigs.of(family), 2, model -> model);
        assertThatThrownBy(() -> align(a, b, ResidualMatching.ORTHOGONAL)).isInstanceOf(WrongUse.class)
                .hasMessageMatching(".*b cannot be rotated, since .*(norm|Norm).*\\.weight'.*residual "
                        + "'permutation' aligns it by a .*permutation, beside heads.*");
        assertThat(directory.resolve("out")).doesNotExist();
        Align.Done done = align(a, b, ResidualMatching.AUTO);
        assertThat(done.stream().matching()).isEqualTo(ResidualMatching.PERMUTATION);
        assertThat(done.stream().why()).contains("cannot be rotated").contains(".weight'");
        assertThat(Models.same(a, open("reference"))).isTrue();
    }

    @Test
    void modelsWithACommonBaseKeepEveryBit() {
        ModelDirectory a = models.llama("a", 1);
        ModelDirectory b = models.llama("b", 1, model -> model.mapNamed((name, tensor) -> tensor.multiply(1.01)));
        Align.Done done = align(a, b, ResidualMatching.AUTO);
        assertThat(done.stream().matching()).isEqualTo(ResidualMatching.NONE);
        assertThat(done.stream().forms()).isEmpty();
        assertThat(Models.same(a, open("reference"))).isTrue();
        assertThat(Models.same(b, open("out"))).isTrue();
    }

    @Test
    void aHeadThatStaysTheEmbeddingStaysTied() {
        UnaryOperator<Parameters> plain = model -> model.mapNamed((name, tensor) -> switch (name) {
            case "transformer.ln_f.weight" -> Tensor.ones(DType.FLOAT32, tensor.shape());
            // Dyadic numbers of mean exactly 0 over the stream.
            case "transformer.wte.weight" -> Tensor.concatenate(List.of(half(tensor), half(tensor).multiply(-1)), 1);
            default -> tensor;
        });
        ModelDirectory a = models.write("a", SmallConfigs.of("gpt2"), 1, plain);
        ModelDirectory b = models.write("b", SmallConfigs.of("gpt2"), 2, plain);
        Align.Done done = align(a, b, ResidualMatching.ORTHOGONAL);
        assertThat(done.stream().untied()).isEmpty();
        assertThat(open("out").tensors().keySet()).isEqualTo(b.tensors().keySet());
        assertThat(open("out").checkpoint().config()).isEqualTo(b.checkpoint().config());
        assertThat(new FunctionComparison(1e-4, 8, 7).compare(b, open("out")).verified()).isTrue();
    }

    private static Tensor half(Tensor embedding) {
        Tensor part = embedding.narrow(1, 0, embedding.length(1) / 2);
        double[] numbers = part.contiguous().toDoubles();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Math.rint(numbers[i] * 1024) / 1024;
        }
        return Tensor.of(numbers, part.shape()).to(DType.FLOAT32);
    }

    @Test
    void weightsOfSixteenBitsAreRotatedWithinTheirTolerance() {
        ModelDirectory a = models.llama("a", 1, model -> model.to(DType.BFLOAT16));
        ModelDirectory b = models.llama("b", 2, model -> model.to(DType.BFLOAT16));
        Align.Done done = align(a, b, ResidualMatching.AUTO);
        assertThat(done.stream().matching()).isEqualTo(ResidualMatching.ORTHOGONAL);
        assertThat(done.checked().orElseThrow().exact().maxRelDifference()).isLessThan(1e-9);
        Align strict = new Align(new WeightMatching(WeightMatchSettings.defaults()),
                new Checking(OptionalDouble.of(1e-6), 8, 0, false));
        assertThatThrownBy(() -> strict.write(a, b, models.out("strict"), WorkObserver.SILENT))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContainingAll("rounding", "nothing was written", "convert the model to float32 first");
        assertThat(directory.resolve("strict")).doesNotExist();
    }

    @Test
    void twoModelsNeedTwoPlaces() {
        ModelDirectory a = models.llama("a", 1);
        Align align = new Align(new WeightMatching(WeightMatchSettings.defaults()), CHECKING);
        assertThatThrownBy(() -> align.write(a, a, models.out("out"), Optional.of(models.out("out/a")),
                WorkObserver.SILENT)).isInstanceOf(WrongUse.class).hasMessageContaining("choose two places");
    }
}
