package org.thalweg.merging.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.failure.Shown;

/** A value in a configuration, with the place at which it begins. */
sealed interface ConfigNode {
    /** Where the value begins. */
    Place place();

    /** A text, number, truth value or nothing. */
    record Text(Place place, String value, boolean isPlain) implements ConfigNode {
        boolean isAbsent() {
            return isPlain && (value.isEmpty() || value.equals("~") || value.equalsIgnoreCase("null"));
        }
    }

    /** A list. */
    record Items(Place place, List<ConfigNode> items) implements ConfigNode {
        /** Copies the list. */
        public Items {
            items = List.copyOf(items);
        }
    }

    /** Keys with their values, in the order of the text. */
    record Section(Place place, Map<String, Field> fields) implements ConfigNode {
        /** Copies the map, in its order. */
        public Section {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** A key's place and its value. */
    record Field(Place place, ConfigNode value) {}

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
