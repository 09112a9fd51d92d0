package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.thalweg.data.TextCorpus.Tokens;
import org.thalweg.failure.WorkFailure;

class LabelledCorpusTest {
    private static final TokenRule WORDS = new TokenRule.Occurring(Tokens.WORDS, 1);

    private static TextSet.Labelled set(List<String> train, List<String> test) {
        List<String> names = List.of("no", "yes");
        return new TextSet.Labelled("s", new LabelledTexts(names, train, labels(train)),
                new LabelledTexts(names, test, labels(test)));
    }

    private static int[] labels(List<String> texts) {
        return texts.stream().mapToInt(text -> text.contains("good") ? 1 : 0).toArray();
    }

    @Test
    void textsAreCutToTheirFirstTokensAndThoseWithoutAKnownOneLeftOut() {
        LabelledCorpus corpus = LabelledCorpus.read(
                set(List.of("a good one", "bad", "very good"), List.of("strange", "bad one", "good strange bad a")),
                WORDS, 2);
        assertThat(corpus.vocabulary()).isEqualTo(4);
        assertThat(corpus.train().texts()).containsExactly(new int[] {0, 1}, new int[] {2}, new int[] {3, 1});
        assertThat(corpus.train().labels()).containsExactly(1, 0, 1);
        assertThat(corpus.test().texts()).containsExactly(new int[] {2}, new int[] {1});
        assertThat(corpus.test().labels()).containsExactly(0, 1);
    }

    @Test
    void aSetWithoutATestPartGivesItsLastFifth() {
        LabelledCorpus corpus = LabelledCorpus.read(
                set(List.of("a", "a good", "a", "a good", "a", "a good", "a", "a", "a good", "a"), List.of()),
                WORDS, 9);
        assertThat(corpus.train().texts()).hasSize(8);
        assertThat(corpus.test().labels()).containsExactly(1, 0);
    }

    @Test
    void anotherLabelTextWindowOrRuleIsAnotherDigest() {
        TextSet.Labelled set = set(List.of("a", "a good"), List.of("a"));
        LabelledCorpus corpus = LabelledCorpus.read(set, WORDS, 3);
        assertThat(LabelledCorpus.read(set(List.of("a", "a good"), List.of("a")), WORDS, 3).digest())
                .isEqualTo(corpus.digest());
        TextSet.Labelled other = new TextSet.Labelled("s",
                new LabelledTexts(set.train().classNames(), set.train().texts(), new int[] {1, 1}), set.test());
        assertThat(List.of(LabelledCorpus.read(other, WORDS, 3).digest(),
                LabelledCorpus.read(set, WORDS, 2).digest(),
                LabelledCorpus.read(set(List.of("a", "a good"), List.of("good")), WORDS, 3).digest(),
                LabelledCorpus.read(set, new TokenRule.Occurring(Tokens.CHARACTERS, 1), 3).digest(),
                corpus.digest())).doesNotHaveDuplicates();
    }

    @Test
    void aModelsTokensKeepTheirNumbersAndItsVocabularyHoldsThemAll() {
        TextSet.Labelled set = set(List.of("hello good world"), List.of("hello"));
        LabelledCorpus corpus = LabelledCorpus.read(set, new TokenRule.Given(Optional.empty(), 50_257), 8);
        assertThat(corpus.vocabulary()).isEqualTo(50_257);
        try (Tokenizer gpt2 = Tokenizer.gpt2()) {
            assertThat(corpus.train().texts()).containsExactly(gpt2.encode("hello good world"));
        }
        assertThatThrownBy(() -> LabelledCorpus.read(set, new TokenRule.Given(Optional.empty(), 100), 8))
                .isInstanceOf(WorkFailure.class)
                .hasMessageMatching("GPT-2's tokenizer gives token [0-9]+ but the model knows 100 tokens; use the "
                        + "tokenizer that belongs to the model\\.");
    }
}
