package org.thalweg.checkpoint;

import java.util.Collection;
import java.util.stream.Collectors;

/** Text from untrusted files as it may appear in a message: short, on one line, without control characters. */
final class Shown {
    private static final int LONGEST = 160;
    private static final int MOST_NAMES = 5;

    private Shown() {}

    static String name(String untrusted) {
        return "'" + text(untrusted) + "'";
    }

    static String names(Collection<String> untrusted) {
        String first = untrusted.stream().limit(MOST_NAMES).map(Shown::name).collect(Collectors.joining(", "));
        int more = untrusted.size() - MOST_NAMES;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    static String text(String untrusted) {
        String start = untrusted.length() > LONGEST ? untrusted.substring(0, LONGEST) + "..." : untrusted;
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
