package org.thalweg.symmetry.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value in a YAML text, with the place at which it begins. */
sealed interface SpecNode {
    /** Where the value begins. */
    Place place();

    /** A text or number; what is plain may also be a truth value or nothing. */
    record Text(Place place, String value, boolean isPlain) implements SpecNode {
        boolean isAbsent() {
            return value.isEmpty() || isPlain && (value.equals("~") || value.equalsIgnoreCase("null"));
        }
    }

    /** A list. */
    record Items(Place place, List<SpecNode> items) implements SpecNode {
        /** Copies the list. */
        public Items {
            items = List.copyOf(items);
        }
    }

    /** Keys with their values, in the order of the text. */
    record Section(Place place, Map<String, Field> fields) implements SpecNode {
        /** Copies the map, in its order. */
        public Section {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** A key's place and its value. */
    record Field(Place place, SpecNode value) {}

    /** What the value is, in words. */
    default String kind() {
        return switch (this) {
            case Text text -> text.isAbsent() ? "nothing" : "a text";
            case Items _ -> "a list";
            case Section _ -> "a section with keys";
        };
    }
}
