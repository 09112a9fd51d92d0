package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.SmallConfigs;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** Tokenizers beside two equal models. */
class TokenizerDifferenceTest {
    private static final String TOKENIZER = """
            {"version": "1.0", "normalizer": {"type": "NFC"},
             "added_tokens": [{"id": 3, "content": "<s>", "special": true}],
             "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
            """;

    @TempDir
    private Path directory;

    private Path model(String name, Map<String, String> files) throws IOException {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, SmallConfigs.of("llama"), SmallConfigs.decoder(SmallConfigs.of("llama"))
                    .initialise(Random.seeded(1)), Map.of());
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(place.resolve(file.getKey()), file.getValue());
        }
        return place;
    }

    private Diff.Found between(String a, String b) throws IOException {
        return Diff.open(model("a", Map.of("tokenizer.json", a)), model("b", Map.of("tokenizer.json", b)))
                .compare(WorkObserver.SILENT);
    }

    @Test
    void tokenizersThatAreEqualAsJsonAreEqual() throws IOException {
        Diff.Found found = between(TOKENIZER, TOKENIZER.replace(" ", "  ").replace("\"a  b\"", "[\"a\", \"b\"]"));
        assertThat(found.tokenizer().vocabulary()).isEqualTo(VocabularyRelation.EQUAL);
        assertThat(found.tokenizer().tokensA()).hasValue(4);
        assertThat(found.outlook().warnings()).isEmpty();
    }

    @Test
    void theSameTokensMayBeFoundInOtherWays() throws IOException {
        Diff.Found found = between(TOKENIZER, TOKENIZER.replace("NFC", "NFD").replace("\"a b\"", "\"b a\""));
        assertThat(found.tokenizer().vocabulary()).isEqualTo(VocabularyRelation.SAME_VOCABULARY);
        assertThat(found.tokenizer().parts()).containsExactly("model.merges", "normalizer");
        assertThat(found.outlook().mergeable()).isTrue();
        assertThat(found.outlook().warnings()).singleElement().asString().contains("model.merges, normalizer");
    }

    @Test
    void tokensAtTheEndExtendAVocabulary() throws IOException {
        String longer = TOKENIZER.replace("\"special\": true}",
                "\"special\": true}, {\"id\": 4, \"content\": \"<e>\"}");
        Diff.Found found = between(TOKENIZER, longer);
        assertThat(found.tokenizer().vocabulary()).isEqualTo(VocabularyRelation.B_EXTENDS_A);
        assertThat(found.tokenizer().tokensB()).hasValue(5);
        assertThat(found.outlook().mergeable()).isTrue();
        assertThat(found.outlook().warnings()).singleElement().asString()
                .startsWith("B's tokenizer has A's tokens and 1 more at the end");
    }

    @Test
    void otherTokensCannotBeMerged() throws IOException {
        Diff.Found found = between(TOKENIZER, TOKENIZER.replace("\"a\": 0, \"b\": 1", "\"b\": 0, \"a\": 1"));
        assertThat(found.tokenizer().vocabulary()).isEqualTo(VocabularyRelation.DIFFERENT);
        assertThat(found.tokenizer().otherTokens()).isEqualTo(2);
        assertThat(found.outlook().mergeable()).isFalse();
        assertThat(found.outlook().alignable()).isTrue();
        assertThat(found.outlook().reasons()).singleElement().asString()
                .contains("differ in 2 ids (id 0 is 'a' in A and 'b' in B)");
    }

    @Test
    void aTokenWithoutARowIsANote() throws IOException {
        String high = TOKENIZER.replace("\"id\": 3", "\"id\": 13");
        assertThat(between(high, high).outlook().warnings()).containsExactly(
                "the tokenizer of A has ids up to 13, but its embedding only 13 rows.",
                "the tokenizer of B has ids up to 13, but its embedding only 13 rows.");
    }

    @Test
    void listsWithScoresAreVocabulariesToo() throws IOException {
        String list = "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", -1.0], [\"b\", -2.0]]}}";
        assertThat(between(list, list.replace("2.0]]", "2.0], [\"c\", 0]]")).tokenizer().vocabulary())
                .isEqualTo(VocabularyRelation.B_EXTENDS_A);
        directoriesAnew();
        Diff.Found scores = between(list, list.replace("-2.0", "-2.5"));
        assertThat(scores.tokenizer().vocabulary()).isEqualTo(VocabularyRelation.SAME_VOCABULARY);
        assertThat(scores.tokenizer().parts()).containsExactly("model.scores");
    }

    private void directoriesAnew() throws IOException {
        directory = Files.createDirectory(directory.resolve("anew"));
    }

    @Test
    void aTokenizerOnOneSideAloneIsANote() throws IOException {
        Path a = model("a", Map.of("tokenizer.json", TOKENIZER));
        Diff.Found found = Diff.open(a, model("b", Map.of())).compare(WorkObserver.SILENT);
        assertThat(found.tokenizer().vocabulary()).isEqualTo(VocabularyRelation.ONE_LACKS);
        assertThat(found.outlook().mergeable()).isTrue();
        assertThat(found.outlook().warnings()).hasSize(1);
    }

    @Test
    void aDamagedTokenizerIsSaidAndTheRestIsCompared() throws IOException {
        for (String damaged : List.of("{\"model\": {\"vocab\": {\"a\": 0", "[]",
                "{\"model\": {\"vocab\": {\"a\": -1}}}", "{}", TOKENIZER + "{}",
                "{\"model\": {\"vocab\": [[\"a\"]]}}")) {
            Diff.Found found = between(TOKENIZER, damaged);
            assertThat(found.tokenizer().vocabulary()).as(damaged).isEqualTo(VocabularyRelation.UNKNOWN);
            assertThat(found.outlook().warnings()).singleElement().asString()
                    .startsWith("it is not known whether their tokens are the same: ").contains("tokenizer.json");
            assertThat(found.tensors().measured()).isNotEmpty();
            directoriesAnew();
        }
    }

    @Test
    void settingsBesideTheModelsAreComparedFieldByField() throws IOException {
        Path a = model("a", Map.of("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"chat_template\": \"x\"}",
                "generation_config.json", "{\"eos_token_id\": 2}", "README.md", "one", "vocab.txt", "a"));
        Path b = model("b", Map.of("tokenizer_config.json", "{\"chat_template\": \"y\", \"bos_token\": \"<s>\"}",
                "generation_config.json", "{ \"eos_token_id\": 2 }", "README.md", "two", "chat_template.jinja", "y",
                "vocab.txt", "b"));
        TokenizerDifference found = Diff.open(a, b).compare(WorkObserver.SILENT).tokenizer();
        assertThat(found.files()).containsExactly(
                new TokenizerDifference.OtherFile("chat_template.jinja", false, true, List.of()),
                new TokenizerDifference.OtherFile("tokenizer_config.json", true, true, List.of("chat_template")),
                new TokenizerDifference.OtherFile("vocab.txt", true, true, List.of()));
        assertThat(found.vocabulary()).isEqualTo(VocabularyRelation.UNKNOWN);
    }
}
