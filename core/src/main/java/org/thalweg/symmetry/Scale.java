package org.thalweg.symmetry;

/**
 * That something is multiplied by the element of a scaling space, or divided by it.
 *
 * @param space name of the space, in a declaration a pattern's text
 * @param reciprocal whether to divide
 */
public record Scale(String space, boolean reciprocal) {
    /**
     * Reads a scale as specifications write it.
     *
     * @param text the space, after {@code 1/} when it divides
     * @return the scale
     */
    public static Scale parse(String text) {
        return text.startsWith("1/") ? new Scale(text.substring(2), true) : new Scale(text, false);
    }
}
