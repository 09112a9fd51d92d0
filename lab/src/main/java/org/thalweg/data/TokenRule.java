package org.thalweg.data;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.Digest;

/** What a token of a text is, and which tokens there are. */
public sealed interface TokenRule {
    /**
     * Those that occur in the training part, numbered anew.
     *
     * @param tokens what a token is
     * @param minCount words that occur less often in the training part are one word {@code <unk>}; 1 for none
     */
    record Occurring(TextCorpus.Tokens tokens, int minCount) implements TokenRule {
        /**
         * Refuses a number that makes no sense.
         *
         * @throws WrongUse when it is below 1, or above it for tokens that are no words
         */
        public Occurring {
            if (minCount < 1 || minCount > 1 && tokens != TextCorpus.Tokens.WORDS) {
                throw new WrongUse("min_count is " + minCount + ", expected "
                        + (tokens == TextCorpus.Tokens.WORDS ? "at least 1." : "nothing, since tokens are no words."));
            }
        }
    }

    /**
     * Those of a model that is there already.
     *
     * @param tokenizer its {@code tokenizer.json}; GPT-2's byte pairs without one
     * @param vocabulary tokens that the model knows
     */
    record Given(Optional<Path> tokenizer, int vocabulary) implements TokenRule {}

    /**
     * The rule of a name in study files.
     *
     * @param name {@code characters}, {@code words} or {@code gpt2}
     * @param minCount as for {@link Occurring}
     * @return tokens that occur
     * @throws WrongUse when the name is none of these
     */
    static TokenRule named(String name, int minCount) {
        return new Occurring(switch (name) {
            case "characters" -> TextCorpus.Tokens.CHARACTERS;
            case "words" -> TextCorpus.Tokens.WORDS;
            case "gpt2" -> TextCorpus.Tokens.GPT2;
            default -> throw new WrongUse(
                    "tokens is " + Shown.name(name) + ", expected characters, words or gpt2.");
        }, minCount);
    }

    /** A tokenizer of its own; close it. */
    default Tokenizer open() {
        return switch (this) {
            case Occurring(TextCorpus.Tokens tokens, int _) -> switch (tokens) {
                case CHARACTERS -> new CharacterTokenizer();
                case WORDS -> new WordTokenizer();
                case GPT2 -> Tokenizer.gpt2();
            };
            case Given(Optional<Path> file, int _) -> file.map(Tokenizer::ofFile).orElseGet(Tokenizer::gpt2);
        };
    }

    /** The same text for equal rules, in every process. */
    default String identity() {
        return switch (this) {
            case Occurring(TextCorpus.Tokens tokens, int minCount) ->
                tokens.name().toLowerCase(Locale.ROOT) + " " + minCount;
            case Given(Optional<Path> file, int size) ->
                file.map(path -> Digest.ofFile(path).hex()).orElse("gpt2") + " of " + size;
        };
    }
}
