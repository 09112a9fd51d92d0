package org.thalweg.data;

import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/**
 * One text as token ids, in three parts: those that its set has, or its first 90 % for training, the next 5 % for
 * validation and the rest for tests, cut between characters (as arXiv 2506.22712's code does). Its vocabulary is what
 * occurs in the training part, unless a model's is given; what occurs later alone is left out there, or is the word for
 * unknown ones where there is one.
 *
 * @param name of the text
 * @param vocabulary how many tokens there are
 * @param train ids, below {@code vocabulary}
 * @param validation ids
 * @param test ids
 * @param leftOut tokens of validation and test that training has none of
 * @param tokenizer the text of a {@code tokenizer.json} that gives these ids, where there is one
 * @param digest of the text and of what a token is
 */
public record TextCorpus(
        String name, int vocabulary, int[] train, int[] validation, int[] test, long leftOut,
        Optional<String> tokenizer, Digest digest) {
    /** What a token is. */
    public enum Tokens {
        /** A Unicode character. */
        CHARACTERS,
        /** A word between white space, or the end of a line. */
        WORDS,
        /** One of GPT-2's byte pairs. */
        GPT2
    }

    /** Copies the arrays. */
    public TextCorpus {
        train = train.clone();
        validation = validation.clone();
        test = test.clone();
    }

    /**
     * The tokens of a text.
     *
     * @param name of the text
     * @param text any text
     * @param tokens what a token is
     * @return its tokens
     * @throws WorkFailure when one of the three parts is empty
     */
    public static TextCorpus of(String name, String text, Tokens tokens) {
        TokenRule rule = new TokenRule.Occurring(tokens, 1);
        try (Tokenizer tokenizer = rule.open()) {
            RawParts parts = RawParts.cut(name, text, tokenizer);
            return of(name, parts, Vocabulary.of(rule, parts.train(), tokenizer), Digest.ofText(tokens + "\n" + text));
        }
    }

    /**
     * The tokens of a set.
     *
     * @param set any set; of a labelled one the texts alone
     * @param reading what a token is, and how many are used
     * @return its tokens
     * @throws WorkFailure when a file cannot be read, a part is empty, or a given model does not know a token
     */
    public static TextCorpus read(TextSet set, TextReading reading) {
        try (Tokenizer tokenizer = reading.rule().open()) {
            RawParts parts = RawParts.of(set, reading, tokenizer);
            Vocabulary vocabulary = Vocabulary.of(reading.rule(), parts.train(), tokenizer);
            return of(set.name(), parts, vocabulary,
                    Digest.ofText(parts.digest().hex() + " " + reading.identity()));
        }
    }

    private static TextCorpus of(String name, RawParts parts, Vocabulary vocabulary, Digest digest) {
        int[] validation = vocabulary.of(parts.validation());
        int[] test = vocabulary.of(parts.test());
        long leftOut = parts.validation().length - validation.length + (long) parts.test().length - test.length;
        return new TextCorpus(name, vocabulary.size(), vocabulary.of(parts.train()), validation, test, leftOut,
                vocabulary.tokenizer(), digest);
    }

    @Override
    public int[] train() {
        return train.clone();
    }

    @Override
    public int[] validation() {
        return validation.clone();
    }

    @Override
    public int[] test() {
        return test.clone();
    }
}
