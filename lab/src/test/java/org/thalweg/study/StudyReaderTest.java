package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.data.TextCorpus;
import org.thalweg.data.TokenRule;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

class StudyReaderTest {
    private static final String STUDY = """
            study: small
            dataset: mnist
            seed: 7
            replicas: 3
            points: 5
            rank_up_to: 2
            train_per_class: 8
            test_per_class: 5
            vit: {patch: 7, residual: 8, heads: 2, feed_forward: 16}
            pretrain: {epochs: 1, batch: 16, optimiser: adamw, learning_rate: 0.01, betas: [0.8, 0.9]}
            finetune: {epochs: 2, batch: 16, optimiser: sgd, learning_rate: 0.1, momentum: 0.9, weight_decay: 0.1}
            experiments:
              - {layers: [1, 2], moe_layers: all, gating: sparse, selected: 2, experts: [2, 4]}
              - {layers: 2, moe_layers: [1, last], gating: deepseek, selected: 1, shared: 1, experts: 2, hidden: [3]}
            """;

    @Test
    void readsEveryKeyOfAStudy() {
        StudyFile study = (StudyFile) StudyReader.parse(STUDY, "small.yaml");
        assertThat(study.seed()).isEqualTo(7);
        assertThat(study.points()).contains(5);
        assertThat(study.description()).isEmpty();
        assertThat(study.experiments().getFirst().layers()).containsExactly(1, 2);
        assertThat(study.experiments().getLast().layers()).containsExactly(2);
        assertThat(study.experiments().getLast().moeLayers()).containsExactly("1", "last");
        assertThat(study.experiments().getLast().hidden()).contains(List.of(3));
        assertThat(study.pretrain().orElseThrow().betas()).contains(List.of(0.8, 0.9));
        assertThat(Experiment.of(study)).extracting(Experiment::label).containsExactly(
                "sparse-k2-l1-m1-n2", "sparse-k2-l1-m1-n4", "sparse-k2-l2-m1+2-n2", "sparse-k2-l2-m1+2-n4",
                "deepseek-k1s1-l2-m1+2-n2");
    }

    @Test
    void aWrittenStudyReadsBackEqual() {
        StudyFile study = (StudyFile) StudyReader.parse(STUDY, "small.yaml");
        String yaml = StudyReader.toYaml(study);
        assertThat(StudyReader.parse(yaml, "again")).isEqualTo(study);
        assertThat(yaml).doesNotContain("null", "description");
        assertThat(study.toMap()).containsEntry("seed", 7L).doesNotContainKey("description");
    }

    static List<String> builtIn() {
        return StudyReader.BUILT_IN;
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void theStudiesThatComeWithTheProgramAreStudies(String name) {
        Study study = StudyReader.read(name);
        assertThat(study.study()).isEqualTo(StudyReader.profiles(name).isEmpty() ? name : name + "-small");
        assertThat(StudyReader.parse(StudyReader.toYaml(study), "again")).isEqualTo(study);
    }

    @Test
    void anUnknownKeyIsRefusedWithItsLineAndTheNearestKnownOne() {
        assertThatThrownBy(() -> StudyReader.parse(STUDY.replace("replicas:", "replica:"), "small.yaml"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("small.yaml, line 4: unknown key 'replica'; the nearest known key is 'replicas'.");
        assertThatThrownBy(() -> StudyReader.parse(STUDY.replace("heads: 2", "head: 2"), "small.yaml"))
                .hasMessage("small.yaml, line 9: unknown key 'vit.head'; the nearest known key is 'heads'.");
        assertThatThrownBy(() -> StudyReader.parse(STUDY.replace("selected: 1,", "select: 1,"), "small.yaml"))
                .hasMessageStartingWith("small.yaml, line 14: unknown key 'experiments[1].select'; ")
                .hasMessageEndingWith("the nearest known key is 'selected'.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "study: small | study: ../small | study is ../small, expected a name of letters",
        "replicas: 3 | replicas: 1 | replicas is 1, expected 2 to 1000.",
        "replicas: 3 | replicas: 1001 | replicas is 1001, expected 2 to 1000.",
        "points: 5 | points: 1 | points is 1, expected 2 to 10001.",
        "points: 5 | points: 10002 | points is 10002, expected 2 to 10001.",
        "rank_up_to: 2 | rank_up_to: 7 | rank_up_to is 7, expected 0 to 6.",
        "rank_up_to: 2 | rank_sample: 1 | rank_sample is 1, expected 2 to 10000.",
        "rank_up_to: 2 | rank_up_to: -1 | rank_up_to is -1, expected 0 to 6.",
        "train_per_class: 8 | train_per_class: 0 | train_per_class is 0, expected at least 1.",
        "test_per_class: 5 | test_per_class: 0 | test_per_class is 0, expected at least 1.",
        "patch: 7 | patch: 0 | vit.patch is 0, expected at least 1.",
        "residual: 8 | residual: 65537 | vit.residual is 65537, expected 1 to 65536.",
        "feed_forward: 16 | feed_forward: 0 | vit.feed_forward is 0, expected 1 to 262144.",
        "heads: 2 | heads: 3 | vit.heads is 3, expected a divisor of vit.residual = 8.",
        "heads: 2 | heads: 0 | vit.heads is 0, expected a divisor of vit.residual = 8.",
        "epochs: 1 | epochs: 0 | epochs is 0, expected 1 to 100000.",
        "epochs: 1, batch: 16 | epochs: 1, batch: 0 | batch is 0, expected 1 to 1048576.",
        "learning_rate: 0.01 | learning_rate: 0 | learning_rate is 0.0, expected a positive number.",
        "learning_rate: 0.01 | learning_rate: NaN | learning_rate is NaN, expected a positive number.",
        "learning_rate: 0.01 | learning_rate: Infinity | learning_rate is Infinity, expected a positive number.",
        "learning_rate: 0.01 | learning_rate: 0.01, warmup: 1 | warmup is 1.0, expected a share in [0, 1).",
        "momentum: 0.9 | momentum: 1 | momentum is 1.0, expected a number in [0, 1).",
        "weight_decay: 0.1 | weight_decay: -1 | weight_decay is -1.0, expected 0 or more.",
        "weight_decay: 0.1 | weight_decay: Infinity | weight_decay is Infinity, expected 0 or more.",
        "'betas: [0.8, 0.9]' | 'betas: [0.8]' | betas is [0.8], expected two numbers in [0, 1).",
        "'betas: [0.8, 0.9]' | 'betas: [0.8, 1]' | 'betas is [0.8, 1.0], expected two numbers in [0, 1).'",
        "'betas: [0.8, 0.9]' | epsilon: 0 | epsilon is 0.0, expected a positive number.",
        "'layers: [1, 2]' | 'layers: []' | experiments.layers is an empty list",
        "'layers: [1, 2]' | 'layers: 0' | 'experiments.layers is [0], expected numbers from 1 to 1000.'",
        "moe_layers: all | 'moe_layers: []' | experiments.moe_layers is an empty list",
        "'experts: [2, 4]' | 'experts: [2, 0]' | 'experiments.experts is [2, 0], expected numbers from 1 to 4096.'",
        "'hidden: [3]' | 'hidden: [3, 0]' | 'experiments.hidden is [3, 0], expected numbers from 1 to 262144.'",
        "shared: 1 | shared: -1 | experiments.shared is -1, expected 0 to 4096.",
    })
    void aNumberOutOfRangeIsNamedWithWhatIsExpected(String from, String to, String message) {
        assertThat(STUDY).contains(from);
        assertThatThrownBy(() -> StudyReader.parse(STUDY.replaceFirst(java.util.regex.Pattern.quote(from), to), "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessageMatching("(?s)f, line [0-9]+: .*")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'selected: 2, experts: [2, 4]' | 'selected: 3, experts: [2, 4]' | the gate selects k = 3 of 2 experts",
        "gating: sparse | gating: dense | 'a dense gate has no key ''selected''; remove it.'",
        "gating: sparse | gating: soft | 'gating is ''soft'', expected one of dense, sparse, deepseek, switch,'",
        "gating: sparse | gating: mixtrel | 'the nearest is ''mixtral''.'",
        "gating: sparse | gating: switch | 'the gate switch has no key ''selected''; remove it.'",
        "gating: sparse | 'gating: mixtral, shared: 1' | 'the gate mixtral has no key ''shared''; remove it.'",
        "gating: sparse | 'gating: olmoe, activation: gelu' | 'the gate olmoe has no key ''activation''; remove it.'",
        "gating: sparse | 'gating: gpt-oss, groups: 2' | 'the gate gpt-oss has no key ''groups''; remove it.'",
        "gating: sparse | 'gating: deepseek-v3, groups: 2' | with one of the keys 'groups' and 'kept_groups' needs",
        "gating: sparse | 'gating: deepseek-v2, groups: 3, kept_groups: 1' | has groups of equal size, which 2 experts",
        "gating: sparse | 'gating: deepseek-v2, groups: 2, kept_groups: 3' | keeps from 1 to all of its 2 groups",
        "gating: sparse | 'gating: deepseek-v2, groups: 2, kept_groups: 1' | but the groups that it keeps hold 1.",
        "gating: deepseek | 'gating: qwen2-moe, activation: relu' | has no key 'activation'",
        "'gating: deepseek, selected: 1, ' | 'gating: qwen2-moe, ' | the gate qwen2-moe needs the key 'selected'",
        "'gating: deepseek, selected: 1' | 'gating: qwen2-moe, selected: 1' | ''",
        "'gating: deepseek, selected: 1, ' | 'gating: llama4, ' | ''",
        "'selected: 2, ' | '' | a sparse gate needs the key 'selected'",
        "moe_layers: all | moe_layers: middle | 'moe_layers names ''middle'', expected first, last, all or numbers'",
        "moe_layers: all | moe_layers: 3 | 'moe_layers names ''3'', expected first, last, all or numbers from 1 to 1.'",
        "optimiser: sgd | optimiser: lion | 'optimiser is ''lion'', expected sgd, adam or adamw.'",
        "optimiser: sgd | optimiser: adam | 'an adam optimiser has no key ''momentum''; remove it.'",
        "optimiser: adamw | optimiser: sgd | 'an sgd optimiser has no key ''betas''; remove it.'",
        "'momentum: 0.9' | 'nesterov: true' | nesterov is true with momentum 0, expected a momentum above 0.",
        "'momentum: 0.9' | 'schedule: step' | 'schedule is ''step'', expected cosine or constant.'",
        "'hidden: [3]' | 'activation: tanh' | 'activation is ''tanh'', expected gelu or relu.'",
        "'shared: 1' | 'shared: 2, activation: gelu' | ''",
        "'hidden: [3]' | 'hidden: [3, 3]' | ''",
        "'shared: 1, experts: 2, hidden: [3]' | 'shared: 2, experts: 2, hidden: [3, 3]' | several shared experts are",
    })
    void whatMakesNoModelIsRefusedWhenTheFileIsRead(String from, String to, String message) {
        assertThat(STUDY).contains(from);
        String yaml = STUDY.replaceFirst(java.util.regex.Pattern.quote(from), to);
        if (message.isEmpty()) {
            assertThat(StudyReader.parse(yaml, "f")).isNotNull();
        } else {
            assertThatThrownBy(() -> StudyReader.parse(yaml, "f"))
                    .isInstanceOf(WrongUse.class)
                    .hasMessageStartingWith("f: ")
                    .hasMessageContaining(message);
        }
    }

    @Test
    void aStudyNamesOneModelAndHowItsTextsAreRead() {
        String gpt2 = STUDY.replaceFirst("vit: .*", "gpt2: {residual: 8, heads: 2, feed_forward: 16}\n"
                + "texts: {tokens: words, min_count: 2, window: 4, split: cut, train_tokens: 100}");
        StudyFile study = (StudyFile) StudyReader.parse(gpt2, "f");
        assertThat(study.texts().orElseThrow().rule()).isEqualTo(
                new TokenRule.Occurring(TextCorpus.Tokens.WORDS, 2));
        assertThat(study.feedForward()).hasValue(16);
        assertThat(StudyReader.parse(StudyReader.toYaml(study), "again")).isEqualTo(study);
        String directory = gpt2.replaceFirst("gpt2: .*", "backbone: somewhere")
                .replace("tokens: words, min_count: 2, ", "");
        assertThat(((StudyFile) StudyReader.parse(directory.replaceFirst("pretrain: .*", ""), "f")).feedForward())
                .isEmpty();
        refused(gpt2.replace("texts:", "vit: {patch: 7, residual: 8, heads: 2, feed_forward: 16}\ntexts:"),
                "the keys vit, gpt2 and backbone name 2 models, expected one of them.");
        refused(gpt2.replace("window: 4, ", ""), "a gpt2 needs the key 'texts.window'");
        refused(gpt2.replaceFirst("texts: .*", ""), "a gpt2 needs the key 'texts.window'");
        refused(gpt2.replace("tokens: words", "tokens: syllables"), "tokens is 'syllables', expected characters, words "
                + "or gpt2.");
        refused(gpt2.replace("tokens: words", "tokens: gpt2"), "min_count is 2, expected nothing");
        refused(gpt2.replace("split: cut", "split: half"), "texts.split is half, expected files or cut.");
        refused(gpt2.replace("train_tokens: 100", "task: sums"), "texts.task is sums, expected next-token or classes.");
        refused(gpt2.replace("split: cut", "task: classes"), "are for next tokens");
        refused(gpt2.replace("heads: 2", "heads: 3"), "gpt2.heads is 3, expected a divisor of gpt2.residual = 8.");
        refused(STUDY + "texts: {window: 4}\n", "a vit has no key 'texts'; remove it.");
        refused(directory.replace("window: 4", "tokens: words"), "a backbone has tokens of its own");
    }

    private static void refused(String yaml, String message) {
        assertThatThrownBy(() -> StudyReader.parse(yaml, "f")).isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("f").hasMessageContaining(message);
    }

    @Test
    void twoExperimentsOfOneKindAreRefusedBecauseTheyWouldShareARow() {
        String line = "  - {layers: 2, moe_layers: last, gating: dense, experts: 3}\n";
        String other = "  - {layers: 2, moe_layers: [2], gating: dense, experts: 3, hidden: [5]}\n";
        assertThatThrownBy(() -> StudyReader.parse(STUDY + line + other, "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("f: experiments lists the kind of model dense-l2-m2-n3 twice, and one row of the table "
                        + "cannot hold both; put the second, with its own hidden layers, activation or fine-tuning, "
                        + "into a study of its own.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"study", "dataset", "seed", "replicas", "vit", "pretrain", "finetune", "experiments"})
    void aMissingKeyIsNamed(String key) {
        String yaml = STUDY.replaceFirst("(?ms)^" + key + ":.*?(?=^[a-z]|\\z)", "");
        assertThatThrownBy(() -> StudyReader.parse(yaml, "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("f")
                .hasMessageContaining("the key '" + key + "' is missing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'heads: 2, ' | '' | vit.heads",
        "'epochs: 1, ' | '' | pretrain.epochs",
        "'moe_layers: all, ' | '' | experiments[0].moe_layers",
    })
    void aMissingKeyInsideASectionIsNamedWithTheSection(String from, String to, String key) {
        assertThatThrownBy(() -> StudyReader.parse(STUDY.replaceFirst(java.util.regex.Pattern.quote(from), to), "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessageContaining("the key '" + key + "' is missing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'layers: [1, 2]' | 'layers: [1, null]' | 13: experiments[0].layers[1] is null, expected a whole number.",
        "'layers: [1, 2]' | 'layers: [[1]]' | 13: experiments[0].layers[0] is a list, expected a whole number.",
        "'layers: [1, 2]' | 'layers: {}' | 13: experiments[0].layers is a section of keys, expected a whole number.",
        "'hidden: [3]' | 'hidden: [~]' | 14: experiments[1].hidden[0] is null, expected a whole number.",
        "'[1, last]' | '[1, null]' | 14: experiments[1].moe_layers[1] is null, expected text.",
        "'betas: [0.8, 0.9]' | 'betas: [null, 1]' | 10: pretrain.betas[0] is null, expected a number.",
        "replicas: 3 | replicas: many | '4: replicas is ''many'', expected a whole number.'",
        "replicas: 3 | replicas: 2.5 | '4: replicas is ''2.5'', expected a whole number.'",
        "replicas: 3 | 'replicas:' | '4: replicas is empty, expected a whole number.'",
        "replicas: 3 | replicas: 99999999999 | "
                + "'4: replicas is ''99999999999'', expected a whole number of fewer digits.'",
        "points: 5 | 'points: [5]' | '5: points is a list, expected a whole number.'",
        "study: small | 'study: [small]' | '1: study is a list, expected text.'",
        "learning_rate: 0.01 | learning_rate: fast | '10: pretrain.learning_rate is ''fast'', expected a number.'",
        "momentum: 0.9 | nesterov: maybe | '11: finetune.nesterov is ''maybe'', expected true or false.'",
        "gating: sparse | 'gating: sparse, finetune: 3' | "
                + "'13: experiments[0].finetune is ''3'', expected keys with values.'",
        "points: 5 | replicas: 4 | '5: the key ''replicas'' is given twice.'",
    })
    void aValueOfAnotherTypeIsNamedWithItsLineAndWhatIsExpected(String from, String to, String message) {
        assertThat(STUDY).contains(from);
        assertThatThrownBy(() -> StudyReader.parse(STUDY.replaceFirst(java.util.regex.Pattern.quote(from), to), "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("f, line " + message);
    }

    @Test
    void numbersMayBeWrittenAsYamlAllows() {
        StudyFile study = (StudyFile) StudyReader.parse(STUDY.replace("replicas: 3", "replicas: '3'")
                .replace("seed: 7", "seed: 1_000").replace("learning_rate: 0.1,", "learning_rate: 1e-1,"), "f");
        assertThat(study.replicas()).isEqualTo(3);
        assertThat(study.seed()).isEqualTo(1000);
        assertThat(study.finetune().learningRate()).isEqualTo(0.1);
    }

    @Test
    void aListOfNoExperimentAndASecondStudyAreRefused() {
        String start = STUDY.substring(0, STUDY.indexOf("experiments:"));
        assertThatThrownBy(() -> StudyReader.parse(start + "experiments: [null]", "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("f, line 12: experiments[0] is null, expected keys with values.");
        assertThatThrownBy(() -> StudyReader.parse(STUDY + "---\n" + STUDY, "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessageMatching("f, line 1[56]: a second document begins, expected one study\\.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"replicas: 2.5", "replicas: many", "replicas: [3, 4]", "replicas: {a: 1}",
        "replicas: 99999999999", "replicas:", "replicas: 3\nreplicas: 4", "replicas: 3\n---\nreplicas: 4",
        "replicas: *anchor", "replicas: \u0000", "replicas: {", "replicas: !!java.io.File [x]"})
    void whatIsNoWholeNumberIsRefusedInOneSentence(String line) {
        assertThatThrownBy(() -> StudyReader.parse(STUDY.replace("replicas: 3", line), "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("f")
                .hasMessageEndingWith(".")
                .message().doesNotContain("\n", "`", "java", "org.", "Deserializ").hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "---\n", "just text", "[1, 2]", "null", "? ? a", "\t- x"})
    void textThatIsNoStudyIsRefusedInOneSentence(String yaml) {
        assertThatThrownBy(() -> StudyReader.parse(yaml, "f"))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("f")
                .message().doesNotContain("\n", "`", "java", "org.", "Deserializ").hasSizeLessThan(400);
    }

    @Test
    void hostileTextIsRefusedQuickly() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i)).append(("*a" + (i - 1) + ", ").repeat(9)).append("x]\n");
        }
        List<String> hostile = List.of(bomb.toString(), "study: " + "[".repeat(100_000),
                "study: " + "{a: ".repeat(50_000), "- ".repeat(100_000), "study: '" + "x".repeat(900_000) + "'",
                "seed: " + "9".repeat(500_000), "vit:\n" + " ".repeat(900_000) + "x: 1", "? ".repeat(100_000),
                STUDY.replace("'1'", "1").replace("layers: 2", "layers: [" + "1,".repeat(100_000) + "1]"));
        for (String yaml : hostile) {
            Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () ->
                    assertThatThrownBy(() -> StudyReader.parse(yaml, "f"))
                            .as(yaml.substring(0, 30))
                            .isInstanceOf(WrongUse.class)
                            .message().doesNotContain("Stream", "org.").hasSizeLessThan(1000));
        }
    }

    @Test
    void filesAreRefusedWhenMissingTooLargeOrNoText(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("study.yaml");
        assertThatThrownBy(() -> StudyReader.read(file.toString()))
                .isInstanceOf(WrongUse.class)
                .hasMessageContaining("give the path of a YAML file or one of quickstart, mnist");
        Files.writeString(file, "#".repeat(1 << 20) + "\n");
        assertThatThrownBy(() -> StudyReader.read(file.toString()))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("cannot read " + file + ": it has 1048577 bytes, more than the 1048576 that such a file "
                        + "can need; check that it is the right file.");
        Files.write(file, "study: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> StudyReader.read(file.toString()))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it is not text in UTF-8, from byte 7");
        Files.writeString(file, STUDY);
        assertThat(StudyReader.read(file.toString()).study()).isEqualTo("small");
        assertThatThrownBy(() -> StudyReader.read("no\u0000file")).isInstanceOf(WrongUse.class);
    }

    @Test
    void defaultsAreThePapers() {
        StudyFile study = (StudyFile) StudyReader.parse(
                STUDY.replace("points: 5\n", "").replace("rank_up_to: 2\n", ""), "f");
        assertThat(study.points()).isEqualTo(Optional.empty());
        assertThat(StudyFile.POINTS).isEqualTo(25);
        assertThat(StudyFile.RANK_UP_TO).isEqualTo(4);
    }

    @Test
    void longValuesAreShownInPart() {
        String yaml = StudyReader.builtIn("quickstart");
        for (String damaged : List.of(
                yaml.replaceFirst("study: .*", "study: " + "x".repeat(5000)),
                yaml.replaceFirst("gating: \\w+", "gating: " + "x".repeat(5000)),
                yaml.replaceFirst("moe_layers: \\w+", "moe_layers: " + "x".repeat(5000)))) {
            assertThat(damaged).hasSizeGreaterThan(5000);
            assertThatThrownBy(() -> StudyReader.parse(damaged, "s.yaml"))
                    .isInstanceOf(WrongUse.class).message().hasSizeLessThan(1000);
        }
    }

    @Test
    void textsOfAPortableStudyAreNamedFromTheRoot() {
        String whole = Path.of("verse.txt").toAbsolutePath().toString();
        Study study = SmallTransformers.parse(SmallTransformers.GPT2 + "text: verse.txt\n");
        assertThat(StudyReader.parse(StudyReader.toPortableYaml(study), "f").toMap())
                .isEqualTo(SmallTransformers.parse(SmallTransformers.GPT2 + "text: " + whole + "\n").toMap());
        Study experts = SmallTexts.file("window: 8", "window: 8, place: verse.txt");
        assertThat(StudyReader.toPortableYaml(experts)).contains(whole);
        assertThat(StudyReader.parse(StudyReader.toPortableYaml(SmallStudy.file()), "f")).isEqualTo(SmallStudy.file());
    }

    @Test
    void aNulCharacterInATextIsRefusedWithItsLine() {
        assertThatThrownBy(() -> StudyReader.parse(
                "study: parts\nparts: [mnist, \"a\\0b\"]\n", "parts.yaml"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("parts.yaml, line 2: the text 'a\\0b' holds a NUL character; remove it.");
    }
}
