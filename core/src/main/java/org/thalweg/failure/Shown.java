package org.thalweg.failure;

import java.util.Collection;
import java.util.stream.Collectors;

/** Text from untrusted files as it may appear in a message: short, on one line, without control characters. */
public final class Shown {
    private static final int LONGEST = 160;
    private static final int FIELD = 60;
    private static final int MOST_NAMES = 5;
    private static final int LONGEST_SENTENCE = 4000;

    private Shown() {}

    /**
     * A name in quotes.
     *
     * @param untrusted the name
     * @return at most 160 characters of it, and an ellipsis where there are more
     */
    public static String name(String untrusted) {
        return "'" + text(untrusted) + "'";
    }

    /**
     * Names in quotes.
     *
     * @param untrusted the names, in order
     * @return the first five, and how many more there are
     */
    public static String names(Collection<String> untrusted) {
        String first = untrusted.stream().limit(MOST_NAMES).map(Shown::name).collect(Collectors.joining(", "));
        int more = untrusted.size() - MOST_NAMES;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    /**
     * Text without quotes.
     *
     * @param untrusted the text
     * @return at most 160 characters of it, and an ellipsis where there are more
     */
    public static String text(String untrusted) {
        return text(untrusted, LONGEST);
    }

    /**
     * A value of a table or of JSON, of which a glance is enough.
     *
     * @param untrusted the value as text
     * @return at most 60 characters of it, and an ellipsis where there are more
     */
    public static String field(String untrusted) {
        return text(untrusted, FIELD);
    }

    /**
     * A whole sentence, whatever it quotes: on one line, and not longer than a screen.
     *
     * @param untrusted the sentence
     * @return the first 4,000 characters of it with spaces for ends of lines, and an ellipsis where there are more
     */
    public static String sentence(String untrusted) {
        return text(untrusted.strip().replaceAll("\\s*\\R\\s*", " "), LONGEST_SENTENCE);
    }

    private static String text(String untrusted, int longest) {
        return line(untrusted.length() > longest ? untrusted.substring(0, longest) + "..." : untrusted);
    }

    /**
     * A line of any length in which nothing can move the cursor, change colours or hide or reorder other text.
     *
     * @param untrusted the line
     * @return the same with every character that is not for print, ends of lines included, as JSON writes it:
     *     {@code \}{@code u001b}
     */
    public static String line(String untrusted) {
        if (untrusted.codePoints().allMatch(Shown::isPrintable)) {
            return untrusted;
        }
        StringBuilder shown = new StringBuilder();
        untrusted.codePoints().forEach(point -> {
            if (isPrintable(point)) {
                shown.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    shown.append(String.format("\\u%04x", (int) unit));
                }
            }
        });
        return shown.toString();
    }

    /**
     * Whether a character is for print.
     *
     * @param point the character
     * @return false for controls, for marks of formatting and of direction, for ends of lines and for what Unicode
     *     gives no meaning
     */
    public static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED, Character.PRIVATE_USE -> false;
            default -> true;
        };
    }
}
