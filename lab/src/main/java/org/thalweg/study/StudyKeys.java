package org.thalweg.study;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.WrongUse;

/**
 * Checks the keys of a study file against the records they fill, before any record is made: data binding would tell of
 * a misspelt key only as of the missing one, and without the line.
 *
 * @param parser at the start of the text
 * @param origin what to call the text in messages
 */
record StudyKeys(JsonParser parser, String origin) {
    private static final int SHOWN = 60;

    /**
     * Reads the text to the end of its first value.
     *
     * @param type the record that the value fills
     * @throws WrongUse at the first unknown key, naming the nearest known one, or missing key
     * @throws IOException when the text is malformed
     */
    void check(Class<?> type) throws IOException {
        parser.nextToken();
        value(type, "");
    }

    private void value(Type type, String path) throws IOException {
        if (type instanceof ParameterizedType container && parser.currentToken() == JsonToken.START_ARRAY) {
            Type element = element(container);
            for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
                value(element, path + "[" + index + "]");
            }
        } else if (type instanceof ParameterizedType container) {
            value(element(container), path);
        } else if (type instanceof Class<?> target && target.isRecord()
                && parser.currentToken() == JsonToken.START_OBJECT) {
            object(target, path.isEmpty() ? "" : path + ".");
        } else {
            parser.skipChildren();
        }
    }

    private static Type element(ParameterizedType container) {
        Type element = container.getActualTypeArguments()[0];
        // An optional list reads as the list.
        return element instanceof ParameterizedType nested ? element(nested) : element;
    }

    private void object(Class<?> target, String prefix) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        Set<String> given = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            RecordComponent component = component(target, key).orElseThrow(() -> new WrongUse(
                    origin + ", line " + parser.currentTokenLocation().getLineNr() + ": unknown key '" + prefix
                            + (key.length() <= SHOWN ? key : key.substring(0, SHOWN) + "…")
                            + "'; the nearest known key is '" + nearest(key, target) + "'."));
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                given.add(key);
            }
            value(component.getGenericType(), prefix + key);
        }
        for (RecordComponent component : target.getRecordComponents()) {
            String key = name(component);
            if (component.getType() != Optional.class && !given.contains(key)) {
                throw new WrongUse(origin + (prefix.isEmpty() ? "" : ", line " + line) + ": the key '" + prefix + key
                        + "' is missing.");
            }
        }
    }

    private static Optional<RecordComponent> component(Class<?> target, String key) {
        return Arrays.stream(target.getRecordComponents())
                .filter(component -> name(component).equals(key)).findFirst();
    }

    private static String name(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static String nearest(String unknown, Class<?> target) {
        String start = unknown.substring(0, Math.min(SHOWN, unknown.length()));
        List<String> known = Arrays.stream(target.getRecordComponents()).map(StudyKeys::name).toList();
        return known.stream()
                .min(Comparator.comparingInt((String key) -> editDistance(start, key)).thenComparing(key -> key))
                .orElseThrow();
    }

    private static int editDistance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
