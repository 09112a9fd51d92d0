package org.thalweg.model;

/** What is done where models that are merged have different numbers of tokens. */
public enum VocabularyRule {
    /** They are refused. */
    EQUAL,
    /** The first model's tokens are kept; rows that only others have are dropped. */
    FIRST,
    /** All rows are kept: those that not all models have are the first model's that has them. */
    UNION
}
