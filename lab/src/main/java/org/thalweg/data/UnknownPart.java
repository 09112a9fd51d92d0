package org.thalweg.data;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.thalweg.failure.Shown;

/**
 * The first part of a text for which a tokenizer has no token, and no token for what is unknown either.
 *
 * @param part a character, or a word of which no character is known alone
 * @param line in which it stands, from 1
 * @param column of its first character in that line, in characters, from 1
 * @param before what stands before it in the line, not all of it where that is long
 */
record UnknownPart(String part, int line, int column, String before) {
    private static final int SHOWN_BEFORE = 20;

    /**
     * Finds it by asking about every different word, and white space, of the text alone.
     *
     * @param text a text that is refused
     * @param isKnown whether a part alone is taken
     * @return nothing when every part alone is taken
     */
    static Optional<UnknownPart> in(String text, Predicate<String> isKnown) {
        Set<String> asked = new HashSet<>();
        for (int start = 0; start < text.length();) {
            int end = end(text, start);
            String word = text.substring(start, end);
            if (asked.add(word) && !isKnown.test(word)) {
                return Optional.of(inWord(text, start, end, isKnown));
            }
            start = end;
        }
        return Optional.empty();
    }

    /** Where the word ends that begins at a place; a character of white space is one alone. */
    private static int end(String text, int start) {
        int end = start + Character.charCount(text.codePointAt(start));
        if (Character.isWhitespace(text.codePointAt(start))) {
            return end;
        }
        while (end < text.length() && !Character.isWhitespace(text.codePointAt(end))) {
            end += Character.charCount(text.codePointAt(end));
        }
        return end;
    }

    /** Where some characters are known alone and some are not, the first of these; else the word. */
    private static UnknownPart inWord(String text, int start, int end, Predicate<String> isKnown) {
        String word = text.substring(start, end);
        int place = start;
        Optional<UnknownPart> first = Optional.empty();
        boolean isAnyKnown = false;
        for (int point : word.codePoints().toArray()) {
            String character = Character.toString(point);
            if (isKnown.test(character)) {
                isAnyKnown = true;
            } else if (first.isEmpty()) {
                first = Optional.of(at(text, place, character));
            }
            place += character.length();
        }
        return isAnyKnown ? first.orElseGet(() -> at(text, start, word)) : at(text, start, word);
    }

    private static UnknownPart at(String text, int place, String part) {
        int line = 1;
        int begin = 0;
        for (int end = text.indexOf('\n'); end >= 0 && end < place; end = text.indexOf('\n', end + 1)) {
            line++;
            begin = end + 1;
        }
        String before = text.substring(begin, place);
        int[] points = before.codePoints().toArray();
        int from = Math.max(0, points.length - SHOWN_BEFORE);
        return new UnknownPart(part, line, points.length + 1, new String(points, from, points.length - from));
    }

    /** For people: {@code the character 'é' (U+00E9) in line 3, column 17 of the text, behind 'the caf'}. */
    String describe() {
        String what = part.codePointCount(0, part.length()) == 1
                ? "the character " + Shown.name(part) + " (U+" + "%04X".formatted(part.codePointAt(0)) + ")"
                : "the word " + Shown.name(part);
        return what + " in line " + line + ", column " + column + " of the text"
                + (before.isEmpty() ? "" : ", behind " + Shown.name(before));
    }
}
