package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.canonical.Gains;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

class CanonicalTest {
    @TempDir
    private Path directory;

    /** Every model of which something is free. */
    static Stream<SmallModels.Small> all() {
        return SmallModels.all().filter(model -> !model.name().equals("mlp [5, 7, 3]"));
    }

    /**
     * Those whose gains can all be folded: gains behind sublayers cannot; a tied head of a Switch
     * Transformer and layers that predict further tokens are in the way of the last one.
     */
    static Stream<SmallModels.Small> folding() {
        return all().filter(model -> !model.name().matches(
                "((ro)?bert|mlp|gemma[23]|olmo2).*|.* and further tokens|switch(?!.*'tie_word_embeddings': false).*"));
    }

    static Stream<SmallModels.Small> layerNorms() {
        return all().filter(CanonicalTest::isLayerNorm);
    }

    private static boolean isLayerNorm(SmallModels.Small model) {
        return model.name().matches("(gpt2|gpt_neox|vit).*");
    }

    private static SmallModels.Small named(String start) {
        return all().filter(model -> model.name().startsWith(start)).findFirst().orElseThrow();
    }

    private static Parameters parameters(SmallModels.Small model) {
        return model.weights().apply(Random.seeded(3)).to(DType.FLOAT64);
    }

    private ModelDirectory write(SmallModels.Small model, DType type) {
        Path place = directory.resolve("a" + type);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, model.config(), parameters(model).to(type), Map.of());
        }
        return ModelDirectory.open(place);
    }

    private Canonical.Done write(ModelDirectory model, String name, CanonicalForm... forms) {
        return new Canonical(Set.of(forms))
                .write(model, new Output(directory.resolve(name), false), WorkObserver.SILENT);
    }

    private ModelDirectory open(String name) {
        return ModelDirectory.open(directory.resolve(name));
    }

    private static Verification compare(ModelDirectory one, ModelDirectory other) {
        return new FunctionComparison(FunctionComparison.usualTolerance(one, other), 16, 1).compare(one, other);
    }

    @ParameterizedTest
    @MethodSource("all")
    void allFormsTogetherKeepTheFunctionOfEveryFamily(SmallModels.Small family) {
        for (DType type : List.of(DType.FLOAT64, DType.FLOAT32)) {
            ModelDirectory model = write(family, type);
            Canonical.Done done = write(model, "b" + type);
            assertThat(done.exact().verified()).isTrue();
            assertThat(done.withoutMeans().isPresent()).isEqualTo(isLayerNorm(family));
            Verification found = compare(model, open("b" + type));
            assertThat(found.verified()).describedAs(type + ": " + found).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("folding")
    void foldedGainsMultiplyByExactlyOneAndFreeRotations(SmallModels.Small family) {
        for (DType type : List.of(DType.FLOAT64, DType.FLOAT32)) {
            ModelDirectory model = write(family, type);
            write(model, "b" + type, isLayerNorm(family) ? CanonicalForm.LAYER_NORMS : CanonicalForm.NORMS);
            ModelDirectory folded = open("b" + type);
            Group group = folded.architecture().space("residual").group();
            assertThat(group.kind())
                    .isEqualTo(isLayerNorm(family) ? GroupKind.CENTRED_ORTHOGONAL : GroupKind.ORTHOGONAL);
            assertThat(model.architecture().space("residual").group()).isNotEqualTo(group);
            Path turned = directory.resolve("c" + type);
            Scramble.Done done = new Scramble(1, Set.of("orthogonal"), 0).write(folded, new Output(turned, false));
            assertThat(done.alignment().elements()).containsKey("residual");
            ModelDirectory rotated = ModelDirectory.open(turned);
            assertThat(rotated.architecture()).isEqualTo(folded.architecture());
            try (Scope scope = Scope.open()) {
                Parameters tensors = rotated.checkpoint().load();
                Gains.names(rotated.architecture()).forEach(name ->
                        assertThat(tensors.get(name).toDoubles())
                                .containsOnly(rotated.requireNetwork().neutralGain()));
            }
            Verification found = compare(model, rotated);
            assertThat(found.verified()).describedAs(type + ": " + found).isTrue();
        }
    }

    /** Those with free factors, shifts or bases. */
    static Stream<SmallModels.Small> continuous() {
        return all().filter(model -> !model.name().equals("vit"));
    }

    @ParameterizedTest
    @MethodSource("continuous")
    void modelsThatDifferByContinuousGroupsHaveOneCanonicalForm(SmallModels.Small family) {
        ModelDirectory model = write(family, DType.FLOAT64);
        Set<String> there = new TreeSet<>();
        model.architecture().spaces().values().forEach(space -> there.add(space.group().kind().family()));
        there.retainAll(Set.of("translation", "positive-scaling", "signed-scaling", "invertible", "rotary"));
        assertThat(there).isNotEmpty();
        Path moved = directory.resolve("moved");
        new Scramble(9, there, 0).write(model, new Output(moved, false));
        write(model, "expected");
        write(ModelDirectory.open(moved), "found");
        assertEqual(open("found"), open("expected"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void theCanonicalFormOfACanonicalFormIsItself(SmallModels.Small family) {
        write(write(family, DType.FLOAT64), "once");
        Canonical.Done done = write(open("once"), "twice");
        assertThat(done.untied()).isFalse();
        assertEqual(open("twice"), open("once"));
    }

    private static void assertEqual(ModelDirectory found, ModelDirectory expected) {
        assertThat(found.checkpoint().config()).isEqualTo(expected.checkpoint().config());
        assertThat(found.checkpoint().tensors()).isEqualTo(expected.checkpoint().tensors());
        try (Scope scope = Scope.open()) {
            Parameters one = found.checkpoint().load();
            expected.checkpoint().load().asMap().forEach((name, tensor) ->
                    assertThat(one.get(name).subtract(tensor).abs().max()).describedAs(name)
                            .isLessThanOrEqualTo(1e-8 * tensor.abs().max() + 1e-13));
        }
    }

    @Test
    void aTiedHeadIsUntiedBesideItsEmbedding() {
        SmallModels.Small mistral = named("mistral");
        Path place = directory.resolve("sharded");
        try (Scope scope = Scope.open()) {
            CheckpointWriter.write(place, CheckpointContent.of(mistral.config(), parameters(mistral), Map.of()),
                    CheckpointOptions.defaults().with(new Sharding.UpTo(9000)));
        }
        ModelDirectory model = ModelDirectory.open(place);
        Canonical.Done done = write(model, "b", CanonicalForm.NORMS);
        assertThat(done.untied()).isTrue();
        Checkpoint untied = open("b").checkpoint();
        assertThat(untied.config().get("tie_word_embeddings").booleanValue()).isFalse();
        assertThat(untied.fileOf("lm_head.weight").getFileName())
                .isEqualTo(model.checkpoint().fileOf("model.embed_tokens.weight").getFileName());
        assertThat(untied.tensors()).hasSize(model.checkpoint().tensors().size() + 1);
    }

    @Test
    void aTiedHeadStaysWhereNoGainNeedsIt() {
        ModelDirectory model = write(named("mistral"), DType.FLOAT64);
        assertThat(write(model, "b", CanonicalForm.UNITS, CanonicalForm.CIRCUITS).untied()).isFalse();
        assertThat(open("b").checkpoint().tensors()).isEqualTo(model.checkpoint().tensors());
        assertThat(open("b").architecture()).isEqualTo(model.architecture());
    }

    @ParameterizedTest
    @MethodSource("layerNorms")
    void onlyACentredModelIsAnRmsNormModelAtTheSameTime(SmallModels.Small family) {
        for (DType type : List.of(DType.FLOAT64, DType.FLOAT32)) {
            ModelDirectory model = write(family, type);
            write(model, "b" + type, CanonicalForm.LAYER_NORMS);
            ModelDirectory centred = open("b" + type);
            assertThat(RmsReading.of(centred)).isPresent();
            assertThat(RmsReading.of(model)).isEmpty();
            assertThat(withoutMeans(centred)).isLessThan(type == DType.FLOAT64 ? 1e-9 : 1e-4);
            assertThat(withoutMeans(model)).isGreaterThan(1e-3);
        }
    }

    @Test
    void gainsOfOneAloneMakeNoRmsNormModel() {
        SmallModels.Small vit = named("vit sparse");
        Path place = directory.resolve("ones");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, vit.config(), parameters(vit).mapNamed((name, tensor) ->
                    name.matches(".*layernorm.*weight") ? Tensor.ones(tensor.dtype(), tensor.shape()) : tensor),
                    Map.of());
        }
        ModelDirectory model = ModelDirectory.open(place);
        assertThat(model.architecture().space("residual").group().kind()).isEqualTo(GroupKind.CENTRED_ORTHOGONAL);
        assertThat(RmsReading.of(model)).isEmpty();
        Path turned = directory.resolve("turned");
        new Scramble(2, Set.of(), 0).write(model, new Output(turned, false));
        assertThat(compare(model, ModelDirectory.open(turned)).verified()).isTrue();
    }

    @Test
    void anRmsNormModelHasNoOtherReading() {
        assertThat(RmsReading.of(write(named("llama"), DType.FLOAT32))).isEmpty();
    }

    private static double withoutMeans(ModelDirectory model) {
        try (Scope scope = Scope.open()) {
            Parameters tensors = model.checkpoint().load().to(DType.FLOAT64);
            Tensor input = model.network().orElseThrow().inputs().random(8, 1).batches().getFirst().get();
            Tensor expected = model.network().orElseThrow().forward(tensors, input);
            Tensor found = RmsReading.of(model.network().orElseThrow()).forward(tensors, input);
            return found.subtract(expected).abs().max() / expected.abs().max();
        }
    }

    @Test
    void shiftsGoIntoBiasesWithoutDivision() {
        SmallModels.Small gpt2 = named("gpt2");
        Path place = directory.resolve("zero");
        try (Scope scope = Scope.open()) {
            Parameters whole = parameters(gpt2);
            String name = whole.names().stream().filter(each -> each.endsWith("h.0.ln_1.weight")).findFirst()
                    .orElseThrow();
            double[] gain = whole.get(name).toDoubles();
            gain[2] = 0;
            Checkpoint.write(place, gpt2.config(),
                    whole.with(Parameters.of(Map.of(name, Tensor.of(gain, gain.length)))), Map.of());
        }
        write(ModelDirectory.open(place), "b", CanonicalForm.LAYER_NORMS);
        assertThat(open("b").architecture().space("residual").group().kind()).isEqualTo(GroupKind.CENTRED_ORTHOGONAL);
        try (Scope scope = Scope.open()) {
            Parameters found = open("b").checkpoint().load();
            found.asMap().forEach((name, tensor) -> {
                if (name.endsWith("ln_1.bias") || name.endsWith("ln_2.bias")) {
                    assertThat(tensor.toDoubles()).containsOnly(0);
                }
                if (name.endsWith("ln_f.bias")) {
                    assertThat(tensor.abs().max()).isGreaterThan(0);
                }
            });
        }
    }

    @Test
    void aLastGainOfZeroHasNoBiasToGoTo() {
        SmallModels.Small gpt2 = named("gpt2");
        Path place = directory.resolve("zero");
        try (Scope scope = Scope.open()) {
            Parameters whole = parameters(gpt2);
            String name = whole.names().stream().filter(each -> each.endsWith("ln_f.weight")).findFirst()
                    .orElseThrow();
            double[] gain = whole.get(name).toDoubles();
            Arrays.fill(gain, 0, 1, 0);
            Checkpoint.write(place, gpt2.config(),
                    whole.with(Parameters.of(Map.of(name, Tensor.of(gain, gain.length)))), Map.of());
        }
        assertThatThrownBy(() -> write(ModelDirectory.open(place), "b"))
                .isInstanceOf(WorkFailure.class)
                .hasMessageEndingWith("has a coordinate that is 0 and a map that reads it has no bias to take the "
                        + "shift, so its layer normalisation cannot be folded; leave out the form 'layer-norms'.");
        assertThat(directory.resolve("b")).doesNotExist();
    }

    @Test
    void formsThatAModelCannotHaveAreRefusedWithTheReason() {
        ModelDirectory bert = write(named("bert"), DType.FLOAT64);
        assertThatThrownBy(() -> write(bert, "b", CanonicalForm.LAYER_NORMS))
                .isInstanceOf(WrongUse.class)
                .hasMessage(bert.checkpoint().directory() + " has no form 'layer-norms': its normalisations "
                        + "stand behind the sum and feed the stream itself, so nothing can take their gains.");
        assertThatThrownBy(() -> write(bert, "b", CanonicalForm.NORMS))
                .hasMessageContaining("its normalisations are LayerNorm, whose form is 'layer-norms'");
        assertThatThrownBy(() -> write(bert, "b", CanonicalForm.UNITS))
                .hasMessageContaining("no factor of its units is free");
        Path rigid = directory.resolve("rigid");
        try (Scope scope = Scope.open()) {
            SmallModels.Small mlp = SmallModels.all().filter(model -> model.name().equals("mlp [5, 7, 3]")).findFirst()
                    .orElseThrow();
            Checkpoint.write(rigid, mlp.config(), parameters(mlp), Map.of());
        }
        assertThatThrownBy(() -> write(ModelDirectory.open(rigid), "b"))
                .isInstanceOf(WrongUse.class)
                .hasMessage(rigid + " has no canonical form but itself: nothing about it is free.");
        assertThatThrownBy(() -> CanonicalForm.named("norm"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("there is no canonical form 'norm'; known are norms, layer-norms, units, circuits.");
    }

    @Test
    void theObserverSeesEveryTensorOfEveryWork() {
        ModelDirectory model = write(named("llama"), DType.FLOAT32);
        List<String> seen = new ArrayList<>();
        new Canonical(Set.of()).write(model, new Output(directory.resolve("b"), false),
                new WorkObserver() {
                    @Override
                    public void began(String work, long tensors) {
                        seen.add(work + " 0 of " + tensors);
                    }

                    @Override
                    public void reached(long tensors) {
                        seen.set(seen.size() - 1, seen.getLast().replaceAll("\\d+ of", tensors + " of"));
                    }
                });
        int all = model.checkpoint().tensors().size();
        // Of two layers: units read up, down, up again; bases four maps, values and outputs again, what writes again.
        assertThat(seen).containsExactly(
                of("reading", all), of("balancing units", 2 * 3), of("balancing bases", 2 * 8),
                of("checking before rounding", 2 * all), of("checking", 2 * all), of("writing", all));
    }

    private static String of(String work, int tensors) {
        return work + " " + tensors + " of " + tensors;
    }

    @Test
    void numbersThatOverflowTheirTypeAreNamedAndNothingIsLeft() {
        SmallModels.Small llama = named("llama");
        Path place = directory.resolve("half");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, llama.config(), parameters(llama).mapNamed((name, tensor) ->
                    name.equals("lm_head.weight") ? tensor.multiply(65_000 / tensor.abs().max())
                    : name.equals("model.norm.weight") ? Tensor.ones(tensor.dtype(), tensor.shape()).multiply(2)
                    : tensor).to(DType.FLOAT16), Map.of());
        }
        assertThatThrownBy(() -> write(ModelDirectory.open(place), "b"))
                .isInstanceOf(WorkFailure.class)
                .hasMessageMatching(".*half: the new tensor 'lm_head\\.weight' reaches 1\\.3\\d*e\\+05, which "
                        + "overflows its type float16; convert the model to bfloat16 or float32 first, or leave out "
                        + "forms\\.");
        assertThat(directory.resolve("b")).doesNotExist();
    }
}
