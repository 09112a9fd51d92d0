package org.thalweg.study;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.Nearest;
import org.thalweg.failure.WrongUse;

/**
 * Checks the keys of a study file and the types of their values against the records they fill, before any record is
 * made: data binding would tell of a misspelt key only as of the missing one, without the line, and of a value of the
 * wrong type in words about the program instead of the file.
 *
 * @param parser at the start of the text
 * @param values reads single values as the binding will, and ignores what follows them
 * @param origin what to call the text in messages
 * @param laidOver whether profiles may stand in the text and complete it, so that no key is missing yet
 */
record StudyKeys(JsonParser parser, ObjectReader values, String origin, boolean laidOver) {
    private static final int SHOWN = 60;

    /** Of a text that must be whole. */
    StudyKeys(JsonParser parser, ObjectReader values, String origin) {
        this(parser, values, origin, false);
    }

    /**
     * Reads the text to the end of its first value.
     *
     * @param type the record that the value fills
     * @throws WrongUse at the first unknown key, naming the nearest known one, missing key, or value of
     *     another type than its key's, and when the text is empty or goes on after the value
     * @throws IOException when the text is malformed
     */
    void check(Class<?> type) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            throw new WrongUse(origin + " is empty, expected a study.");
        }
        value(type, "");
        if (parser.nextToken() != null) {
            throw new WrongUse(here() + "a second document begins, expected one study.");
        }
    }

    /**
     * What to call the values of a type in a message.
     *
     * @param type a record, a number, a boolean or a string, or anything else for a list
     * @return for example {@code a whole number}
     */
    static String expected(Class<?> type) {
        if (type.isRecord()) {
            return "keys with values";
        }
        return switch (type.getSimpleName()) {
            case "int", "Integer", "long", "Long" -> "a whole number";
            case "double", "Double" -> "a number";
            case "boolean", "Boolean" -> "true or false";
            case "String" -> "text";
            case "Map" -> "keys with numbers";
            default -> "a list";
        };
    }

    /**
     * A text of the file as messages quote it.
     *
     * @param text any text
     * @return its beginning, without line breaks
     */
    static String shown(String text) {
        String start = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
        return start.replaceAll("\\p{Cntrl}", "?");
    }

    private void value(Type type, String path) throws IOException {
        switch (type) {
            case ParameterizedType map when map.getRawType() == Map.class
                    && parser.currentToken() == JsonToken.START_OBJECT -> {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = shown(parser.currentName());
                    parser.nextToken();
                    value(map.getActualTypeArguments()[1], path + "." + name);
                }
            }
            case ParameterizedType map when map.getRawType() == Map.class -> single(Map.class, path);
            case ParameterizedType container -> {
                Type element = container.getActualTypeArguments()[0];
                if (container.getRawType() == Optional.class || parser.currentToken() != JsonToken.START_ARRAY) {
                    // What is optional reads as itself, and a list of one as its element.
                    value(element, path);
                } else {
                    elements(element, path);
                }
            }
            case Class<?> target when target.isRecord() && parser.currentToken() == JsonToken.START_OBJECT ->
                object(target, path.isEmpty() ? "" : path + ".");
            case Class<?> target -> single(target, path);
            default -> throw new IllegalStateException("a study's records hold no " + type);
        }
    }

    private void elements(Type element, String path) throws IOException {
        for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
            value(element, path + "[" + index + "]");
        }
    }

    private void single(Class<?> target, String path) throws IOException {
        String place = here();
        JsonToken token = parser.currentToken();
        String found = switch (token) {
            case START_OBJECT -> "a section of keys";
            case START_ARRAY -> "a list";
            case VALUE_NULL -> "null";
            default -> parser.getText().isEmpty() ? "empty" : "'" + shown(parser.getText()) + "'";
        };
        if (target.isRecord() || !token.isScalarValue() || !reads(target)) {
            boolean tooLong = token == JsonToken.VALUE_NUMBER_INT && expected(target).equals("a whole number");
            throw new WrongUse(place + (path.isEmpty() ? "the text" : path) + " is " + found + ", expected "
                    + (tooLong ? "a whole number of fewer digits" : expected(target)) + ".");
        }
    }

    private boolean reads(Class<?> target) throws IOException {
        try {
            return Optional.ofNullable(values.readValue(parser, target)).isPresent();
        } catch (JsonProcessingException otherType) {
            return false;
        }
    }

    private String here() {
        return origin + line(parser.currentTokenLocation().getLineNr()) + ": ";
    }

    /** Values that were laid over others stand in no line. */
    private static String line(int number) {
        return number < 1 ? "" : ", line " + number;
    }

    /** Profiles, each of which may hold any key of the study. */
    private void profiles(Class<?> target) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new WrongUse(here() + StudyProfiles.KEY + " is no section, expected profiles by name.");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String path = StudyProfiles.KEY + "." + shown(parser.currentName());
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new WrongUse(here() + path + " is no section, expected keys with values.");
            }
            object(target, path + ".");
        }
    }

    private void object(Class<?> target, String prefix) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        Set<String> given = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (laidOver && prefix.isEmpty() && key.equals(StudyProfiles.KEY)) {
                profiles(target);
                continue;
            }
            RecordComponent component = component(target, key).orElseThrow(() -> new WrongUse(
                    here() + "unknown key '" + prefix + shown(key)
                            + "'; the nearest known key is '" + nearest(key, target) + "'."));
            // A key with null counts as absent.
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                given.add(key);
                value(component.getGenericType(), prefix + key);
            }
        }
        for (RecordComponent component : target.getRecordComponents()) {
            String key = name(component);
            if (component.getType() != Optional.class && !given.contains(key) && !laidOver) {
                throw new WrongUse(origin + (prefix.isEmpty() ? "" : line(line)) + ": the key '" + prefix + key
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
        return Nearest.to(unknown, Arrays.stream(target.getRecordComponents()).map(StudyKeys::name).toList());
    }
}
