package org.thalweg.merging.config;

/** Where the tokenizer of the result comes from. */
public sealed interface TokenizerSource {
    /** The base's, or the first model's where there is no base. */
    record OfBase() implements TokenizerSource {}

    /** The one that holds the tokens of all models. */
    record Union() implements TokenizerSource {}

    /**
     * One model's.
     *
     * @param model its name or directory
     */
    record OfModel(String model) implements TokenizerSource {}
}
