package org.thalweg.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShownTest {
    @Test
    void whatIsNotForPrintIsWrittenAsJsonWritesIt() {
        assertThat(Shown.line("plain Δ 模型 😀")).isEqualTo("plain Δ 模型 😀");
        assertThat(Shown.line("a\u001b[31mb\u009bc\u202ed\ne\t"))
                .isEqualTo("a\\u001b[31mb\\u009bc\\u202ed\\u000ae\\u0009");
        assertThat(Shown.line("\udb40\udc41")).as("a tag, outside the first plane").isEqualTo("\\udb40\\udc41");
        assertThat(Shown.line("\ud83d")).as("half a character").isEqualTo("\\ud83d");
    }

    @Test
    void failuresAreOneShortLineWhateverTheyQuote() {
        String quoted = "model\u001b]0;title\u0007 \u202e \r\n  next " + "x".repeat(10_000);
        for (RuntimeException failure : new RuntimeException[] {
            new WorkFailure(quoted), new WorkFailure(quoted, new IllegalStateException()), new WrongUse(quoted)
        }) {
            assertThat(failure.getMessage()).startsWith("model\\u001b]0;title\\u0007 \\u202e next xxx")
                    .hasSizeLessThan(4100).endsWith("x...");
        }
    }
}
