package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
                .hasMessage(directory.resolve("none.json") + ": expected a file, found none; check the path.");
    }
}
