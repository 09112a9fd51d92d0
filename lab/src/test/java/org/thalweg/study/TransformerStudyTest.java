package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.data.TextCorpus;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class TransformerStudyTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            transformers: gpt2 | transformers: bert | f: transformers is 'bert', expected vit, gpt2, llama, mixtral.
            methods: [vanilla, | methods: [vanila, | f: methods names 'vanila', expected vanilla, permutations, weight
            residual: 8 | residuals: 8 | f, line 9: unknown key 'model.residuals'; the nearest known key is 'residual'.
            heads: 2 | heads: 3 | f, line 9: model.heads is 3, expected a divisor of model.residual = 8.
            window: 8 | patch: 8 | f: a study of gpt2 has no key 'model.patch'; remove it.
            , window: 8 | | f: a study of gpt2 needs the key 'model.window'.
            window: 8 | window: 8, experts: 2 | f: a study of gpt2 has no key 'model.experts'; remove it.
            patience: 3 | crop: 4 | f: training is with changes of images, expected no crop, flip or jitter in
            patience: 3 | held_out: 0.1 | f: a study of gpt2, whose text has a part for validation, has no key
            patience: 3 | optimiser: lion | f: optimiser is 'lion', expected sgd, adam or adamw.
            patience: 3 | look_every: 3 | f, line 10: look_every is alone, expected patience beside it
            points: 3 | analyses: [angle] | f: analyses names 'angle', expected iterations, angles, inputs,
            points: 3 | analysing: {iterations: 2} | f: analysing is alone, expected analyses beside it.
            points: 3 | analysing: {inputs: [1]} | f, line 6: analysing.inputs is [1], expected different numbers from 2
            points: 3 | analysing: {iteration: 2} | f, line 6: unknown key 'analysing.iteration'; the nearest known key
            points: 3 | vary: {} | f, line 6: vary is without keys, expected one key of residual, layers, weight_decay,
            points: 3 | vary: {width: [8]} | f, line 6: unknown key 'vary.width'
            points: 3 | vary: {epochs: [2, 2]} | f, line 6: vary.epochs is [2, 2], expected a list of different values.
            points: 3 | vary: {residual: [9]} | f: with the value 9 of vary.residual, model.feed_forward = 12 has no
            points: 3 | vary: {residual: [0]} | f: with the value 0 of vary.residual, model.residual is 0, expected 1
            points: 3 | vary: {epochs: [0]} | f: with the value 0 of vary.epochs, epochs is 0, expected
            points: 3 | circuits: [learnt] | f: circuits names 'learnt', expected true, false or some of vanilla, perm
            points: 3 | circuits: perhaps | f: circuits names 'perhaps', expected true, false or some of vanilla, perm
            points: 3 | surface: true | f: replicas is 2, expected at least 3 for a surface.
            replicas: 2 | surface: weight | f: surface names 'weight', expected true, false or some of vanilla, univ
            points: 3 | surface_points: 5 | f: surface_points is alone, expected surface beside it.
            replicas: 2 | surface_points: 1 | f, line 11: surface_points is 1, expected 2 to 101.
            points: 3 | surface: {points: 3} | f, line 6: surface
            dataset: verse | dataset: [verse, prose] | f: dataset is [verse, prose], expected one name of a text.
            """)
    void aMistakeIsToldInOneSentence(String from, String to, String told) {
        String yaml = SmallTransformers.GPT2.replace(from, to == null ? "" : to);
        assertThatThrownBy(() -> StudyReader.parse(yaml, "f")).isInstanceOf(WrongUse.class)
                .message().startsWith(told);
    }

    @Test
    void aSurfaceNeedsAMethodThatBringsAllTogether() {
        String yaml = SmallTransformers.GPT2.replaceFirst("methods: .*", "methods: [weight]")
                .replace("replicas: 2", "replicas: 3\nsurface: true");
        assertThatThrownBy(() -> StudyReader.parse(yaml, "f")).isInstanceOf(WrongUse.class)
                .hasMessage("f: surface is asked for, but no method of the study can have it; add one, or remove the "
                        + "key.");
        assertThat(SmallTransformers.parse(yaml.replace("surface: true", "surface: false")).surfaces()).isEmpty();
    }

    @Test
    void dropoutIsRefusedWithWhatToDoInstead() {
        String yaml = SmallTransformers.GPT2.replace("patience: 3", "dropout: 0.1");
        assertThatThrownBy(() -> StudyReader.parse(yaml, "f")).isInstanceOf(WrongUse.class)
                .hasMessageContaining("training.dropout is 0.1, but networks here are pure functions without dropout; "
                        + "remove the key, and use weight_decay or patience against overfitting.");
        assertThat(SmallTransformers.parse(yaml.replace("0.1}", "0}"))).isNotNull();
    }

    @Test
    void labelledTextsAreJoinedAndCutAndTokensMayBeWords(@TempDir Path directory) throws IOException {
        Path set = Files.createDirectories(directory.resolve("verse"));
        Files.writeString(set.resolve("test.csv"), "1,one two,three\n2,two three,one\n".repeat(60));
        TransformerStudy study = SmallTransformers.parse(
                SmallTransformers.GPT2.replace("dataset: verse", "dataset: verse\ntokens: words"));
        TransformerData data = TransformerData.load(study, "verse", Optional.of(directory));
        // Three words and the end of a line.
        assertThat(data.corpus().orElseThrow().vocabulary()).isEqualTo(4);
        assertThat(data.corpus().orElseThrow().train()).hasSizeGreaterThan(100);
    }

    @Test
    void theDigestOfAPlainTextIsThatOfItsCharacters(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("input.txt"), "the ways of the water\n".repeat(60));
        TransformerStudy study = SmallTransformers.parse(SmallTransformers.GPT2);
        assertThat(TransformerData.load(study, "verse", Optional.of(directory)).digest())
                .isEqualTo(TransformerData.of(study, TextCorpus.of("verse", "the ways of the water\n".repeat(60),
                        TextCorpus.Tokens.CHARACTERS)).digest());
    }

    @Test
    void aTextTooShortForAWindowIsRefused() {
        TransformerStudy study = SmallTransformers.parse(
                SmallTransformers.GPT2.replace("window: 8", "window: 4000"));
        assertThatThrownBy(() -> SmallTransformers.data(study)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("model.window is 4000 and each needs one more; choose a smaller window");
    }

    @Test
    void initialWeightsAreThoseOfTheStockClasses() {
        try (Scope scope = Scope.open()) {
            TransformerStudy study = SmallTransformers.parse(SmallTransformers.GPT2
                    .replace("residual: 8, layers: 2, heads: 2, feed_forward: 12", "residual: 128, layers: 8, heads: 2,"
                            + " feed_forward: 256"));
            Network network = TransformerFamily.network(
                    TrainedModel.config(SmallTransformers.data(study).config()));
            Parameters drawn = study.family().initial(network).draw(network, 1);
            assertThat(deviation(drawn.get("transformer.h.3.attn.c_attn.weight"))).isCloseTo(0.02, within(0.0005));
            assertThat(deviation(drawn.get("lm_head.weight"))).isCloseTo(0.02, within(0.001));
            // Eight layers, two maps each: a quarter.
            for (String name : List.of("transformer.h.3.attn.c_proj.weight", "transformer.h.7.mlp.c_proj.weight")) {
                assertThat(deviation(drawn.get(name))).isCloseTo(0.005, within(0.0002));
            }
            assertThat(drawn.get("transformer.h.0.ln_1.weight").toDoubles()).containsOnly(1);
            assertThat(drawn.get("transformer.h.0.ln_1.bias").toDoubles()).containsOnly(0);
            assertThat(drawn.get("transformer.h.0.attn.c_attn.bias").toDoubles()).containsOnly(0);
            Parameters other = study.family().initial(network).draw(network, 2);
            assertThat(other.get("lm_head.weight").sameAs(drawn.get("lm_head.weight"))).isFalse();
        }
    }

    private static double deviation(Tensor tensor) {
        return Math.sqrt(tensor.multiply(tensor).sum().item() / tensor.size());
    }

    @Test
    void mixtralIsWrittenWithTheNamesOfTheHubsFiles() {
        try (Scope scope = Scope.open()) {
            TransformerStudy study = SmallTransformers.of(TransformerFamily.MIXTRAL);
            Network network = TransformerFamily.network(
                    TrainedModel.config(SmallTransformers.data(study).config()));
            Parameters drawn = TransformerFamily.MIXTRAL.initial(network).draw(network, 1);
            assertThat(TransformerFamily.MIXTRAL.stock(drawn).names()).hasSameSizeAs(drawn.names())
                    .contains("model.layers.1.block_sparse_moe.experts.2.w1.weight",
                            "model.layers.1.block_sparse_moe.gate.weight")
                    .noneMatch(name -> name.contains(".mlp.") || name.contains("_proj.") && name.contains("experts"));
        }
    }
}
