package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/** How model B was brought to model A before the path between them was measured. */
public enum Method {
    /** Not at all: the straight line between the models as they were trained. */
    NAIVE,
    /** Experts ordered by their gate vectors (Paper A, Equation 10), then hidden units matched. */
    GATE,
    /** Experts ordered by their Gram matrices (Paper A, Equation 11), then hidden units matched. */
    EXPERT,
    /** Of gate and expert, whichever has the smaller loss barrier. */
    BEST;

    /**
     * The methods that choose an order of the experts themselves.
     *
     * @return gate and expert
     */
    public static List<Method> orderings() {
        return List.of(GATE, EXPERT);
    }

    /**
     * The name in files.
     *
     * @return the name in lower case
     */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The method of a name in files.
     *
     * @param label the name in lower case
     * @return the method
     * @throws IllegalArgumentException when there is none of that name
     */
    @JsonCreator
    public static Method of(String label) {
        for (Method method : values()) {
            if (method.label().equals(label)) {
                return method;
            }
        }
        throw new IllegalArgumentException("no method is called '" + label + "'; known are naive, gate, expert, best");
    }
}
