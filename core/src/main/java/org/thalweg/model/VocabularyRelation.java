package org.thalweg.model;

import java.util.Locale;

/** How the vocabularies of two models are related, by their tokenizers. */
public enum VocabularyRelation {
    /** The files of the two tokenizers are the same, byte for byte or as JSON. */
    EQUAL,
    /** Every id stands for the same token; the tokenizers differ in something else. */
    SAME_VOCABULARY,
    /** B has A's tokens and more behind the last of them. */
    B_EXTENDS_A,
    /** A has B's tokens and more behind the last of them. */
    A_EXTENDS_B,
    /** Some ids stand for other tokens. */
    DIFFERENT,
    /** One of the two has no tokenizer beside it. */
    ONE_LACKS,
    /** Neither has a tokenizer beside it. */
    NONE,
    /** The tokenizers differ in files that are not understood here. */
    UNKNOWN;

    /** The name in JSON: {@code same_vocabulary}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
