package org.thalweg.merging;

/** Which trimmed differences are summed at a place. */
enum Summing {
    /** All of them. */
    ALL,
    /** Those that have the elected sign, as {@code ties} does it (arXiv 2306.01708). */
    ELECTED;

    /** One of the two names of a method that exists in both forms. */
    String named(String all, String elected) {
        return switch (this) {
            case ALL -> all;
            case ELECTED -> elected;
        };
    }

    Merged sum(TaskVectors trimmed, MergeValues values) {
        return switch (this) {
            case ALL -> trimmed.summed(values);
            case ELECTED -> trimmed.elected(values);
        };
    }
}
