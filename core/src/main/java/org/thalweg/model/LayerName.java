package org.thalweg.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a tensor in a numbered layer: {@code model.layers.3.mlp.up_proj.weight}. The first number counts layers,
 * later ones experts.
 *
 * @param before the number, with the dot: {@code model.layers.}
 * @param number of the layer
 * @param after the number
 */
record LayerName(String before, int number, String after) {
    private static final Pattern NUMBERED = Pattern.compile("((?:.*?\\.)??[^.]+\\.)([0-9]+)((?:\\..*)?)");

    /** Reads a name; nothing for a tensor outside the layers. */
    static Optional<LayerName> of(String tensor) {
        Matcher numbered = NUMBERED.matcher(tensor);
        // Ten digits or more count nothing; such a name is an ordinary one.
        return numbered.matches() && numbered.group(2).length() < 10
                ? Optional.of(new LayerName(numbered.group(1), Integer.parseInt(numbered.group(2)), numbered.group(3)))
                : Optional.empty();
    }

    /** What the layers are called: {@code layers}. */
    String stem() {
        String path = before.substring(0, before.length() - 1);
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The same tensor of another layer. */
    String in(int layer) {
        return before + layer + after;
    }
}
