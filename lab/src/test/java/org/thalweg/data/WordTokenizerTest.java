package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.data.TextCorpus.Tokens;

class WordTokenizerTest {
    @Test
    void wordsStandBetweenWhiteSpaceAndEveryLineEndIsOne() {
        WordTokenizer words = new WordTokenizer();
        assertThat(words.encode(" = A b = \n\na\u00a0b\tA\u2003@-@\r\n"))
                .containsExactly(0, 1, 2, 0, 3, 3, 4, 2, 1, 5, 3);
        assertThat(words.word(5)).isEqualTo("@-@");
        assertThat(words.word(3)).isEqualTo("<eos>");
        assertThat(words.encode("b")).containsExactly(2);
        assertThat(words.encode("")).isEmpty();
        assertThat(words.encode("x y ".repeat(1000))).hasSize(2000);
    }

    @Test
    void rareWordsAreOneWordAndSoAreThoseThatTrainingHasNot() {
        TokenRule rule = new TokenRule.Occurring(Tokens.WORDS, 2);
        WordTokenizer words = (WordTokenizer) rule.open();
        int[] train = words.encode("a b a c b d\n\n");
        Vocabulary vocabulary = Vocabulary.of(rule, train, words);
        // In the order of their first occurrence: a, b, the end of a line, then what stands for c and d.
        assertThat(vocabulary.size()).isEqualTo(4);
        assertThat(vocabulary.of(train)).containsExactly(0, 1, 0, 3, 1, 3, 2, 2);
        assertThat(vocabulary.of(words.encode("b new a\n"))).containsExactly(1, 3, 0, 2);
    }

    @Test
    void aTextThatHasAWordForUnknownOnesUsesIt() {
        TokenRule rule = new TokenRule.Occurring(Tokens.WORDS, 1);
        WordTokenizer words = (WordTokenizer) rule.open();
        Vocabulary vocabulary = Vocabulary.of(rule, words.encode("a <unk> b\n"), words);
        assertThat(vocabulary.size()).isEqualTo(4);
        assertThat(vocabulary.of(words.encode("b new"))).containsExactly(2, 1);
        Vocabulary without = Vocabulary.of(rule, words.encode("a b\n"), words);
        assertThat(without.of(words.encode("b new"))).containsExactly(1);
    }

    @Test
    void itsTokenizerGivesTheSameIds(@TempDir Path directory) throws Exception {
        TokenRule rule = new TokenRule.Occurring(Tokens.WORDS, 2);
        WordTokenizer words = (WordTokenizer) rule.open();
        Vocabulary vocabulary =
                Vocabulary.of(rule, words.encode("the \"ways\" of the \u00e9t\u00e9\nof the \u00e9t\u00e9\n"), words);
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, vocabulary.tokenizer().orElseThrow());
        String text = "of  the\tnew \u00e9t\u00e9\n\n the\n";
        try (Tokenizer stored = Tokenizer.ofFile(file)) {
            assertThat(stored.encode(text)).containsExactly(vocabulary.of(words.encode(text)));
        }
        assertThat(IntStream.of(vocabulary.of(words.encode(text))).distinct()).hasSize(5);
    }
}
