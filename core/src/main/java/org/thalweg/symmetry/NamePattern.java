package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;

/**
 * A name with variables for numbers, such as {@code layers.{layer}.hidden.{depth-1}}. Variables stand for integers
 * without sign or leading zeros; {@code {v-1}} and {@code {v+1}} stand for the number before and after.
 */
public final class NamePattern {
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_]+)(?:([+-])([0-9]))?}");

    private static final int MOST_VARIABLES = 16;
    private static final int LONGEST = 2000;

    /** A piece of text, or a variable with an offset when the variable's name is not empty. */
    private record Part(String text, String variable, int offset) {}

    private final String text;
    private final List<Part> parts = new ArrayList<>();
    private final Pattern expression;

    private NamePattern(String text) {
        this.text = text;
        StringBuilder regex = new StringBuilder();
        if (text.isEmpty() || text.length() > LONGEST) {
            throw new WrongUse("a name in an architecture has " + text.length() + " characters, expected 1 to "
                    + LONGEST + ".");
        }
        Matcher found = VARIABLE.matcher(text);
        int end = 0;
        while (found.find()) {
            addText(text.substring(end, found.start()), regex);
            int offset = found.group(2) == null ? 0 : Integer.parseInt(found.group(2) + found.group(3));
            parts.add(new Part("", found.group(1), offset));
            // Without going back: many variables in a row would take time exponential in their number.
            regex.append("((?>0|[1-9][0-9]{0,6}))");
            end = found.end();
            if (end < text.length() && text.substring(end).matches("(?s)(?:[0-9]|\\{[a-z_]).*")) {
                throw new WrongUse("the name " + Shown.name(text) + " in an architecture has digits or another "
                        + "variable directly behind a variable, so that nobody can tell where its number ends.");
            }
            if (parts.size() > 2 * MOST_VARIABLES) {
                throw new WrongUse("the name " + Shown.name(text) + " in an architecture has more than "
                        + MOST_VARIABLES + " variables.");
            }
        }
        addText(text.substring(end), regex);
        this.expression = Pattern.compile(regex.toString());
    }

    private void addText(String piece, StringBuilder regex) {
        if (piece.contains("{") || piece.contains("}") || piece.contains(" ")) {
            throw new WrongUse("the name " + Shown.name(text) + " in an architecture is malformed at "
                    + Shown.name(piece) + "; write variables as {layer}, {depth-1} or {depth+1} and no spaces.");
        }
        parts.add(new Part(piece, "", 0));
        regex.append(Pattern.quote(piece));
    }

    /**
     * Parses a name.
     *
     * @param text for example {@code h.{layer}.mlp.c_fc.weight}
     * @return the pattern
     * @throws WrongUse when a brace has no partner or the content is no variable
     */
    public static NamePattern parse(String text) {
        return new NamePattern(text);
    }

    /** The variables, in the order in which they occur first. */
    public Set<String> variables() {
        Set<String> result = new LinkedHashSet<>();
        parts.stream().filter(part -> !part.variable.isEmpty()).forEach(part -> result.add(part.variable));
        return result;
    }

    /** The numbers that make this pattern the given name, if there are such. */
    public Optional<Map<String, Integer>> match(String name) {
        if (!name.startsWith(parts.getFirst().text) || !name.endsWith(parts.getLast().text)) {
            return Optional.empty();
        }
        Matcher found = expression.matcher(name);
        if (!found.matches()) {
            return Optional.empty();
        }
        Map<String, Integer> values = new LinkedHashMap<>();
        int group = 0;
        for (Part part : parts) {
            if (!part.variable.isEmpty()) {
                group++;
                int value = Integer.parseInt(found.group(group)) - part.offset;
                Integer before = values.putIfAbsent(part.variable, value);
                if (before != null && before != value) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(values);
    }

    /** The name for given numbers; every variable has one. */
    public String expand(Map<String, Integer> values) {
        StringBuilder result = new StringBuilder();
        for (Part part : parts) {
            if (part.variable.isEmpty()) {
                result.append(part.text);
            } else {
                Integer value = values.get(part.variable);
                if (value == null) {
                    throw new IllegalArgumentException("no value for {" + part.variable + "} in '" + text + "'");
                }
                result.append(value + part.offset);
            }
        }
        return result.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NamePattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
