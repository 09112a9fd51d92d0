package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class TokenizerTest {
    /** Asks for texts to be cut to three tokens, which a comparison does not want. */
    private static final String WORDS = """
            {"version": "1.0", "padding": null, "normalizer": null, "decoder": null, "post_processor": null,
             "truncation": {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0},
             "added_tokens": [{"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                               "normalized": false, "special": true}],
             "pre_tokenizer": {"type": "Whitespace"},
             "model": {"type": "WordLevel", "unk_token": "<s>", "vocab": {"<s>": 0, "the": 1, "cat": 2, "sat": 3}}}
            """;

    /** The merged token lacks the prefix of continuations: the native library ends its process on it. */
    private static final String DEADLY = WORDS.replaceAll("(?s)\"model\".*", """
            "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "long",
                      "end_of_word_suffix": null, "fuse_unk": false, "vocab": {"a": 0, "b": 1, "ab": 2},
                      "merges": ["a b"]}}
            """);

    @TempDir
    private Path directory;

    @Test
    void aFileOfHuggingFaceGivesAllTokens() throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), WORDS);
        try (Tokenizer tokenizer = Tokenizer.ofFile(file)) {
            assertThat(tokenizer.encode("the cat sat on the cat")).containsExactly(1, 2, 3, 0, 1, 2);
            assertThat(tokenizer.encode("")).isEmpty();
        }
    }

    @Test
    void gpt2NeedsNoFile() {
        try (Tokenizer tokenizer = Tokenizer.gpt2()) {
            assertThat(tokenizer.encode("Hello world")).containsExactly(15496, 995);
        }
    }

    @Test
    void whatIsNoTokenizerIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), "{\"model\": 7}");
        assertThatThrownBy(() -> Tokenizer.ofFile(file)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(file + ": expected a tokenizer as Hugging Face stores it, found '");
        assertThatThrownBy(() -> Tokenizer.ofFile(directory.resolve("none.json"))).isInstanceOf(WorkFailure.class)
                .hasMessage("cannot read " + directory.resolve("none.json")
                        + ": there is no such file; check the path.");
    }

    @Test
    void aCharacterWithoutATokenIsNamedWithItsPlace() throws IOException {
        TextCorpus corpus = TextCorpus.of("verse", "so the cat sat\n".repeat(20), TextCorpus.Tokens.CHARACTERS);
        Path file = Files.writeString(directory.resolve("tokenizer.json"), corpus.tokenizer().orElseThrow());
        try (Tokenizer tokenizer = Tokenizer.ofFile(file)) {
            assertThat(tokenizer.encode("the cats")).hasSize(8);
            assertThatThrownBy(() -> tokenizer.encode("the cat\nsat tota\u00e9sto\u00e9"))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage(file + " has no token for the character '\u00e9' (U+00E9) in line 2, column 9 of the "
                            + "text, behind 'sat tota'; remove it there, or give text of the kind that the model was "
                            + "trained on.");
            assertThatThrownBy(() -> tokenizer.encode("the\tcat")).isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("the character '\\u0009' (U+0009) in line 1, column 4 of the text");
            assertThat(tokenizer.encode("a cat")).hasSize(5);
        }
    }

    @Test
    void aWordWithoutATokenIsNamedWithItsPlace() throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"),
                WORDS.replace("\"unk_token\": \"<s>\"", "\"unk_token\": \"none\""));
        try (Tokenizer tokenizer = Tokenizer.ofFile(file)) {
            assertThatThrownBy(() -> tokenizer.encode("the cat\nthe dog sat")).isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("has no token for the word 'dog' in line 2, column 5 of the text, behind "
                            + "'the '; remove it there");
        }
    }

    @Test
    void whatEndsTheNativeLibraryIsOneSentence() throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), DEADLY);
        assertThatThrownBy(() -> Tokenizer.ofFile(file)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(file + ": expected a tokenizer as Hugging Face stores it, found one that ends "
                        + "the tokenizers library while reading");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void whatEndsTheNativeLibraryOnATextIsOneSentence() throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), WORDS.replace(
                "\"post_processor\": null", "\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": "
                        + "[{\"SpecialToken\": {\"id\": \"X\", \"type_id\": 0}}], \"pair\": [], "
                        + "\"special_tokens\": {}}"));
        try (Tokenizer tokenizer = Tokenizer.ofFile(file)) {
            assertThatThrownBy(() -> tokenizer.encode("the cat")).isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("found one that ends the tokenizers library while encoding a text");
            assertThatThrownBy(() -> tokenizer.encode("the cat")).isInstanceOf(WorkFailure.class);
        }
    }

    @Test
    void aTokenizerThatDoesNotAnswerIsOneSentence() throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), WORDS);
        assertThatThrownBy(() -> FileTokenizer.open(file, Duration.ofMillis(1))).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected a tokenizer that answers within 0 seconds, found none while reading");
    }

    @Test
    void itsProcessEndsWithTheTokenizer() throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), WORDS);
        List<ProcessHandle> before = ProcessHandle.current().children().toList();
        List<ProcessHandle> started;
        try (Tokenizer tokenizer = Tokenizer.ofFile(file)) {
            tokenizer.encode("the cat");
            tokenizer.encode("sat");
            started = ProcessHandle.current().children().filter(child -> !before.contains(child)).toList();
            assertThat(started).hasSize(1);
        }
        started.getFirst().onExit().orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(started.getFirst().isAlive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "{\"model\": {}", "{\"model\": {}} {}", "{\"other\": 1}", "{\"model\": \"x\"}"})
    void whatIsNoJsonOfATokenizerStartsNoProcess(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), text);
        long before = ProcessHandle.current().children().count();
        assertThatThrownBy(() -> Tokenizer.ofFile(file)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(file + ": expected a tokenizer as Hugging Face stores it, found '");
        assertThat(ProcessHandle.current().children().count()).isLessThanOrEqualTo(before);
    }

    @Test
    void nestingWithoutEndIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"),
                "{\"model\": {\"vocab\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}}");
        assertThatThrownBy(() -> Tokenizer.ofFile(file)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("longer than such a file can need");
    }
}
