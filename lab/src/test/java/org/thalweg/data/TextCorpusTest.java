package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.data.TextCorpus.Tokens;
import org.thalweg.failure.WorkFailure;

class TextCorpusTest {
    /** 90 characters for training, then 5 with two that training has none of, then 5. */
    private static final String TEXT = "ab\u00e9\ud83d\ude00\n ".repeat(15) + "aXbYb" + "ba\nab";

    @Test
    void aTextIsCutAfterNinetyAndNinetyFiveHundredthsOfItsCharacters() {
        TextCorpus corpus = TextCorpus.of("t", TEXT, Tokens.CHARACTERS);
        assertThat(TEXT.codePointCount(0, TEXT.length())).isEqualTo(100);
        assertThat(corpus.vocabulary()).isEqualTo(6);
        assertThat(corpus.train()).hasSize(90).startsWith(2, 3, 4, 5, 0, 1);
        assertThat(corpus.validation()).containsExactly(2, 3, 3);
        assertThat(corpus.test()).containsExactly(3, 2, 0, 2, 3);
        assertThat(corpus.leftOut()).isEqualTo(2);
    }

    @Test
    void itsTokenizerGivesTheSameIds(@TempDir Path directory) throws Exception {
        TextCorpus corpus = TextCorpus.of("t", TEXT, Tokens.CHARACTERS);
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, corpus.tokenizer().orElseThrow());
        assertThat(new ObjectMapper().readTree(file.toFile()).at("/model/vocab")).hasSize(6);
        try (Tokenizer tokenizer = Tokenizer.ofFile(file)) {
            assertThat(tokenizer.encode("ba\n\u00e9\ud83d\ude00a")).containsExactly(3, 2, 0, 4, 5, 2);
        }
    }

    @Test
    void bytePairsAreRenumberedToThoseOfTheTrainingPart() {
        TextCorpus corpus = TextCorpus.of("t", "the cat sat on the mat. ".repeat(40) + "A zebra, the cat", Tokens.GPT2);
        assertThat(IntStream.of(corpus.train())).allMatch(id -> id < corpus.vocabulary());
        assertThat(corpus.vocabulary()).isLessThan(12);
        assertThat(corpus.leftOut()).isPositive();
        assertThat(corpus.tokenizer()).isEmpty();
    }

    @Test
    void equalTextsHaveEqualDigestsAndOthersOthers() {
        assertThat(TextCorpus.of("t", TEXT, Tokens.CHARACTERS).digest())
                .isEqualTo(TextCorpus.of("u", TEXT, Tokens.CHARACTERS).digest())
                .isNotEqualTo(TextCorpus.of("t", TEXT + "a", Tokens.CHARACTERS).digest())
                .isNotEqualTo(TextCorpus.of("t", TEXT, Tokens.GPT2).digest());
    }

    @Test
    void aTextTooShortForThreePartsIsRefused() {
        assertThatThrownBy(() -> TextCorpus.of("t", "abc", Tokens.CHARACTERS)).isInstanceOf(WorkFailure.class)
                .hasMessage("the text t has 3 characters, too few for a part for training, one for validation and one "
                        + "for tests; give a longer text.");
    }
}
