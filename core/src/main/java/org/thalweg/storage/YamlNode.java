package org.thalweg.storage;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.failure.Shown;

/** A value in a YAML text, with the place at which it begins. */
public sealed interface YamlNode {
    /** Where the value begins. */
    YamlPlace place();

    /**
     * A text or number; what is plain may also be a truth value or nothing.
     *
     * @param place where it begins
     * @param value its characters
     * @param isPlain whether it stands without quotes
     */
    record Text(YamlPlace place, String value, boolean isPlain) implements YamlNode {
        /** Whether nothing is written here. */
        public boolean isAbsent() {
            return isPlain && (value.isEmpty() || value.equals("~") || value.equalsIgnoreCase("null"));
        }
    }

    /**
     * A list.
     *
     * @param place where it begins
     * @param items its values
     */
    record Items(YamlPlace place, List<YamlNode> items) implements YamlNode {
        /** Copies the list. */
        public Items {
            items = List.copyOf(items);
        }
    }

    /**
     * Keys with their values, in the order of the text.
     *
     * @param place where it begins
     * @param fields by key
     */
    record Section(YamlPlace place, Map<String, Field> fields) implements YamlNode {
        /** Copies the map, in its order. */
        public Section {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /**
     * What stands behind a key.
     *
     * @param place of the key
     * @param value behind it
     */
    record Field(YamlPlace place, YamlNode value) {}

    /** Whether nothing is written here. */
    default boolean isNothing() {
        return this instanceof Text text && text.isAbsent();
    }

    /** What the value is, in words. */
    default String kind() {
        return switch (this) {
            case Text text -> text.isAbsent() ? "nothing" : "the text '" + Shown.field(text.value()) + "'";
            case Items _ -> "a list";
            case Section _ -> "a section with keys";
        };
    }
}
