package org.thalweg.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Words between white space, as the texts of WikiText and One Billion Word have them; every end of a line is a word
 * {@code <eos>} too. Numbers are given out in the order in which words occur first.
 */
final class WordTokenizer implements Tokenizer {
    /** What stands for words that are not known. */
    static final String UNKNOWN = "<unk>";

    /** The end of a line. */
    static final String LINE_END = "<eos>";

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> words = new ArrayList<>();

    @Override
    public int[] encode(String text) {
        int[] found = new int[text.length() / 4 + 16];
        int count = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean end = i == text.length();
            if (end || isSpace(text.charAt(i))) {
                if (count + 2 > found.length) {
                    found = Arrays.copyOf(found, 2 * found.length);
                }
                if (i > start) {
                    found[count++] = number(text.substring(start, i));
                }
                if (!end && text.charAt(i) == '\n') {
                    found[count++] = number(LINE_END);
                }
                start = i + 1;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Unicode's property White_Space. */
    private static boolean isSpace(char unit) {
        return unit >= '\t' && unit <= '\r' || unit == '\u0085' || Character.isSpaceChar(unit);
    }

    /** The number of a word, a new one where it has none. */
    int number(String word) {
        Integer known = numbers.get(word);
        if (known == null) {
            known = words.size();
            numbers.put(word, known);
            words.add(word);
        }
        return known;
    }

    /** The number of the word for unknown ones, where it occurred. */
    OptionalInt unknown() {
        return numbers.containsKey(UNKNOWN) ? OptionalInt.of(numbers.get(UNKNOWN)) : OptionalInt.empty();
    }

    /** The word of a number. */
    String word(int number) {
        return words.get(number);
    }

    @Override
    public void close() {
        // Nothing is held outside Java's heap.
    }
}
