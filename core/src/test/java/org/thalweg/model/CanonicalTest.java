package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
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
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Activation;
import org.thalweg.network.Gating;
import org.thalweg.network.MoeConfig;
import org.thalweg.network.Vit;
import org.thalweg.network.VitConfig;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.DecoderFamily;
import org.thalweg.network.decoder.SmallConfigs;
import org.thalweg.symmetry.Group;
import org.thalweg.symmetry.Proof;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class CanonicalTest {
    private static final VitConfig VIT = SampleModels.vit(
            new MoeConfig(4, new Gating.Sparse(2), List.of(5), Activation.RELU));

    @TempDir
    private Path directory;

    /** A family and one of its layouts. */
    record Case(String family, int layout) {
        boolean isLayerNorm() {
            return family.equals("gpt2") || family.equals("vit-moe");
        }
    }

    static Stream<Case> all() {
        return Stream.concat(Stream.of(new Case("vit-moe", 0)), SmallConfigs.families().stream()
                .filter(family -> !family.equals("llama4"))
                .flatMap(family -> IntStream
                        .range(0, DecoderFamily.named(family).orElseThrow().layouts().size())
                        .mapToObj(layout -> new Case(family, layout))));
    }

    static Stream<Case> folding() {
        return all().filter(model -> !model.family().equals("bert"));
    }

    private static ObjectNode config(Case model) {
        return model.family().equals("vit-moe") ? VIT.toJson() : SmallConfigs.of(model.family());
    }

    private static Parameters parameters(Case model) {
        return model.family().equals("vit-moe")
                ? SampleModels.loud(new Vit(VIT).initialise(Random.seeded(3)), Random.seeded(4))
                : decoder(model).initialise(Random.seeded(3)).to(DType.FLOAT64);
    }

    private static Decoder decoder(Case model) {
        return DecoderFamily.named(model.family()).orElseThrow().decoders(config(model)).get(model.layout());
    }

    private ModelDirectory write(Case model, DType type) {
        Path place = directory.resolve("a" + type);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, config(model), parameters(model).to(type), Map.of());
        }
        return ModelDirectory.open(place);
    }

    private Canonical.Done write(ModelDirectory model, String name, CanonicalForm... forms) {
        return new Canonical(Set.of(forms))
                .write(model, Optional.empty(), new Output(directory.resolve(name), false));
    }

    private ModelDirectory open(String name) {
        return ModelDirectory.open(directory.resolve(name));
    }

    private static Proof compare(ModelDirectory one, ModelDirectory other) {
        return new FunctionComparison(FunctionComparison.usualTolerance(one, other), 16, 1).compare(one, other);
    }

    @ParameterizedTest
    @MethodSource("all")
    void allFormsTogetherKeepTheFunctionOfEveryFamily(Case family) {
        for (DType type : List.of(DType.FLOAT64, DType.FLOAT32)) {
            ModelDirectory model = write(family, type);
            Canonical.Done done = write(model, "b" + type);
            assertThat(done.proof().verified()).isTrue();
            assertThat(done.withoutMeans().isPresent()).isEqualTo(family.isLayerNorm());
            Proof proof = compare(model, open("b" + type));
            assertThat(proof.verified()).describedAs(type + ": " + proof).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("folding")
    void foldedGainsAreExactlyOneAndFreeRotations(Case family) {
        for (DType type : List.of(DType.FLOAT64, DType.FLOAT32)) {
            ModelDirectory model = write(family, type);
            write(model, "b" + type, family.isLayerNorm() ? CanonicalForm.LAYER_NORMS : CanonicalForm.NORMS);
            ModelDirectory folded = open("b" + type);
            Group group = folded.architecture().space("residual").group();
            assertThat(group).isEqualTo(family.isLayerNorm()
                    ? new Group.CentredOrthogonals(group.size()) : new Group.Orthogonals(group.size()));
            assertThat(model.architecture().space("residual").group()).isNotEqualTo(group);
            Path turned = directory.resolve("c" + type);
            Scramble.Done done = new Scramble(1, Set.of("orthogonal"), 0).write(folded, new Output(turned, false));
            assertThat(done.alignment().elements()).containsKey("residual");
            ModelDirectory rotated = ModelDirectory.open(turned);
            assertThat(rotated.architecture()).isEqualTo(folded.architecture());
            try (Scope scope = Scope.open()) {
                Parameters tensors = rotated.checkpoint().load();
                Gains.names(rotated.architecture()).forEach(name ->
                        assertThat(tensors.get(name).toDoubles()).containsOnly(1));
            }
            Proof proof = compare(model, rotated);
            assertThat(proof.verified()).describedAs(type + ": " + proof).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void modelsThatDifferByContinuousGroupsHaveOneCanonicalForm(Case family) {
        ModelDirectory model = write(family, DType.FLOAT64);
        Set<String> there = new TreeSet<>();
        model.architecture().spaces().values().forEach(space -> there.add(Scramble.kind(space.group())));
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
    void theCanonicalFormOfACanonicalFormIsItself(Case family) {
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
        Case mistral = new Case("mistral", 0);
        Path place = directory.resolve("sharded");
        try (Scope scope = Scope.open()) {
            CheckpointWriter.write(place, CheckpointContent.of(config(mistral), parameters(mistral), Map.of()),
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
        ModelDirectory model = write(new Case("mistral", 0), DType.FLOAT64);
        assertThat(write(model, "b", CanonicalForm.UNITS, CanonicalForm.CIRCUITS).untied()).isFalse();
        assertThat(open("b").checkpoint().tensors()).isEqualTo(model.checkpoint().tensors());
        assertThat(open("b").architecture()).isEqualTo(model.architecture());
    }

    @ParameterizedTest
    @MethodSource("layerNorms")
    void onlyACentredModelIsAnRmsNormModelAtTheSameTime(Case family) {
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

    static Stream<Case> layerNorms() {
        return all().filter(Case::isLayerNorm);
    }

    @Test
    void gainsOfOneAloneMakeNoRmsNormModel() {
        Case vit = new Case("vit-moe", 0);
        Path place = directory.resolve("ones");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, config(vit), parameters(vit).mapNamed((name, tensor) ->
                    name.matches(".*layernorm.*weight") ? Tensor.ones(tensor.dtype(), tensor.shape()) : tensor),
                    Map.of());
        }
        ModelDirectory model = ModelDirectory.open(place);
        assertThat(model.architecture().space("residual").group()).isInstanceOf(Group.CentredOrthogonals.class);
        assertThat(RmsReading.of(model)).isEmpty();
        Path turned = directory.resolve("turned");
        new Scramble(2, Set.of(), 0).write(model, new Output(turned, false));
        assertThat(compare(model, ModelDirectory.open(turned)).verified()).isTrue();
    }

    @Test
    void anRmsNormModelHasNoOtherReading() {
        assertThat(RmsReading.of(write(new Case("llama", 0), DType.FLOAT32))).isEmpty();
    }

    private static double withoutMeans(ModelDirectory model) {
        try (Scope scope = Scope.open()) {
            Parameters tensors = model.checkpoint().load().to(DType.FLOAT64);
            Tensor input = Probes.of(model.network().orElseThrow()).draw(1, 0, 8);
            Tensor expected = model.network().orElseThrow().forward(tensors, input);
            Tensor found = RmsReading.of(model.network().orElseThrow()).forward(tensors, input);
            return found.subtract(expected).abs().max() / expected.abs().max();
        }
    }

    @Test
    void shiftsGoIntoBiasesWithoutDivision() {
        Case gpt2 = new Case("gpt2", 0);
        Path place = directory.resolve("zero");
        try (Scope scope = Scope.open()) {
            Parameters whole = parameters(gpt2);
            String name = whole.names().stream().filter(each -> each.endsWith("h.0.ln_1.weight")).findFirst()
                    .orElseThrow();
            double[] gain = whole.get(name).toDoubles();
            gain[2] = 0;
            Checkpoint.write(place, config(gpt2),
                    whole.with(Parameters.of(Map.of(name, Tensor.of(gain, gain.length)))), Map.of());
        }
        write(ModelDirectory.open(place), "b", CanonicalForm.LAYER_NORMS);
        assertThat(open("b").architecture().space("residual").group()).isInstanceOf(Group.CentredOrthogonals.class);
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
        Case gpt2 = new Case("gpt2", 0);
        Path place = directory.resolve("zero");
        try (Scope scope = Scope.open()) {
            Parameters whole = parameters(gpt2);
            String name = whole.names().stream().filter(each -> each.endsWith("ln_f.weight")).findFirst()
                    .orElseThrow();
            double[] gain = whole.get(name).toDoubles();
            Arrays.fill(gain, 0, 1, 0);
            Checkpoint.write(place, config(gpt2),
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
        ModelDirectory bert = write(new Case("bert", 0), DType.FLOAT64);
        assertThatThrownBy(() -> write(bert, "b", CanonicalForm.LAYER_NORMS))
                .isInstanceOf(WrongUse.class)
                .hasMessage(bert.checkpoint().directory() + " has no form 'layer-norms': its normalisations "
                        + "stand behind the sum and feed the stream itself, so nothing can take their gains.");
        assertThatThrownBy(() -> write(bert, "b", CanonicalForm.NORMS))
                .hasMessageContaining("its normalisations are LayerNorm, whose form is 'layer-norms'");
        assertThatThrownBy(() -> write(bert, "b", CanonicalForm.UNITS))
                .hasMessageContaining("no factor of its units is free");
        assertThatThrownBy(() -> CanonicalForm.named("norm"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("there is no canonical form 'norm'; known are norms, layer-norms, units, circuits.");
    }
}
