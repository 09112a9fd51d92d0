package org.thalweg.network;

import java.util.OptionalInt;

/** What a network is trained to answer, by which it can be measured. */
public sealed interface Task {
    /**
     * The next token at every position of a text: [batch tokens vocabulary].
     *
     * @param vocabulary tokens there are
     * @param positions tokens of the longest text, where positions are learned
     */
    record NextToken(int vocabulary, OptionalInt positions) implements Task {}

    /**
     * The class of each input: [batch classes].
     *
     * @param classes how many there are
     */
    record Classes(int classes) implements Task {}

    /**
     * Something else.
     *
     * @param reason why no loss is computed, a clause such as {@code its outputs are …}
     */
    record Other(String reason) implements Task {}
}
