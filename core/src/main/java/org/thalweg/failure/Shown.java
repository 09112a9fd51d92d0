package org.thalweg.failure;

import java.util.Collection;
import java.util.stream.Collectors;

/** Text from untrusted files as it may appear in a message: short, on one line, without control characters. */
public final class Shown {
    private static final int LONGEST = 160;
    private static final int FIELD = 60;
    private static final int MOST_NAMES = 5;

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

    private static String text(String untrusted, int longest) {
        String start = untrusted.length() > longest ? untrusted.substring(0, longest) + "..." : untrusted;
        return start.codePoints()
                .mapToObj(point -> isPrintable(point) ? Character.toString(point) : String.format("\\u%04x", point))
                .collect(Collectors.joining());
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED, Character.PRIVATE_USE -> false;
            default -> true;
        };
    }
}
