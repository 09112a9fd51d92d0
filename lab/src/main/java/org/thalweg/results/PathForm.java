package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What goes straight from one model to the other on a path between two Transformers. */
public enum PathForm {
    /** Every tensor as it is stored. */
    WEIGHTS,
    /**
     * Of each head the products of its maps, biases included, where the network has such products; every other tensor
     * as it is stored (arXiv 2506.22712, appendix A).
     */
    CIRCUITS;

    /**
     * The name in results.
     *
     * @return one lower-case word
     */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a form by its label.
     *
     * @param label as {@link #label()} gives it
     * @return the form
     */
    @JsonCreator
    public static PathForm of(String label) {
        for (PathForm form : values()) {
            if (form.label().equals(label)) {
                return form;
            }
        }
        throw new IllegalArgumentException("form is '" + label + "', expected weights or circuits");
    }
}
