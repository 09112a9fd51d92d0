package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.YamlNode;
import org.thalweg.storage.YamlPlace;

/** The keys of one section, each read as what it should be; what stands there instead is refused with its line. */
final class SpecFields {
    private static final int LONGEST_LIST = 1000;

    private final YamlNode.Section section;

    private SpecFields(YamlNode.Section section) {
        this.section = section;
    }

    /** The keys of a section, none of them unknown. */
    static SpecFields of(YamlNode node, Set<String> known) {
        YamlNode.Section section = section(node, "here");
        section.fields().forEach((key, field) -> {
            if (!known.contains(key)) {
                throw field.place().wrong("unknown key " + Shown.name(key) + "; known here are "
                        + String.join(", ", new TreeSet<>(known)));
            }
        });
        return new SpecFields(section);
    }

    private static YamlNode.Section section(YamlNode node, String where) {
        if (node instanceof YamlNode.Section section) {
            return section;
        }
        throw expected(node, where, "a section with keys");
    }

    private static WrongUse expected(YamlNode node, String where, String expected) {
        return node.place().wrong((where.equals("here") ? "here" : "under '" + where + "'") + " stands " + node.kind()
                + ", expected " + expected);
    }

    YamlPlace place() {
        return section.place();
    }

    private Optional<YamlNode> value(String key) {
        return Optional.ofNullable(section.fields().get(key)).map(YamlNode.Field::value)
                .filter(value -> !(value instanceof YamlNode.Text text && text.isAbsent()));
    }

    /** A text that may be missing. */
    Optional<String> text(String key) {
        return value(key).map(value -> printable(value, key));
    }

    /** A text that may be missing and must be of a form. */
    Optional<String> text(String key, Form form) {
        return value(key).map(value -> form.checked(value.place(), printable(value, key)));
    }

    /** A text that may be missing, as what a function makes of it. */
    <T> Optional<T> parsed(String key, Function<String, T> parse) {
        return value(key).map(value -> Form.parsed(value.place(), printable(value, key), parse));
    }

    private static String printable(YamlNode node, String key) {
        if (!(node instanceof YamlNode.Text text) || text.isAbsent()) {
            throw expected(node, key, "a text");
        }
        if (!text.value().codePoints().allMatch(Shown::isPrintable)) {
            throw node.place().wrong("'" + key + "' holds a character that is not for print: "
                    + Shown.name(text.value()));
        }
        return text.value();
    }

    /** True or false; false when missing. */
    boolean flag(String key) {
        return value(key).map(value -> {
            if (value instanceof YamlNode.Text text && text.isPlain() && text.value().matches("(?i)true|false")) {
                return text.value().equalsIgnoreCase("true");
            }
            throw expected(value, key, "true or false");
        }).orElse(false);
    }

    /** The values of a list; none when it is missing. */
    List<YamlNode> items(String key, int most) {
        return value(key).map(value -> items(value, key, most)).orElse(List.of());
    }

    private static List<YamlNode> items(YamlNode node, String key, int most) {
        if (!(node instanceof YamlNode.Items list)) {
            throw expected(node, key, "a list");
        }
        if (list.items().size() > most) {
            throw node.place().wrong("'" + key + "' lists " + list.items().size() + " entries, more than the " + most
                    + " that an architecture needs");
        }
        return list.items();
    }

    /** A list of texts, each of a form. */
    List<String> texts(String key, Form form) {
        return value(key).map(value -> texts(value, key, form)).orElse(List.of());
    }

    private static List<String> texts(YamlNode list, String key, Form form) {
        return items(list, key, LONGEST_LIST).stream()
                .map(item -> form.checked(item.place(), printable(item, key)))
                .toList();
    }

    /** A list of lists of texts, each of a form. */
    List<List<String>> lists(String key, Form form) {
        List<List<String>> lists = new ArrayList<>();
        items(key, LONGEST_LIST).forEach(list -> lists.add(texts(list, key, form)));
        return lists;
    }

    /** Texts by keys, in their order, as what a function makes of each. */
    <T> Map<String, T> map(String key, Function<String, T> parse) {
        Map<String, T> result = new LinkedHashMap<>();
        value(key).ifPresent(value -> section(value, key).fields().forEach((name, field) -> {
            if (result.size() == LONGEST_LIST) {
                throw field.place().wrong("'" + key + "' has more than the " + LONGEST_LIST
                        + " keys that an architecture needs");
            }
            if (name.isEmpty() || !name.codePoints().allMatch(Shown::isPrintable)) {
                throw field.place().wrong("'" + key + "' has a key without characters, or with one that is not for "
                        + "print: " + Shown.name(name));
            }
            result.put(name, Form.parsed(field.value().place(), printable(field.value(), key), parse));
        }));
        return result;
    }

    /** Texts by keys, in their order, each of a form. */
    Map<String, String> map(String key, Form form) {
        return map(key, text -> {
            form.check(text);
            return text;
        });
    }
}
