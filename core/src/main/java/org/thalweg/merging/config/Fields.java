package org.thalweg.merging.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.YamlNode;
import org.thalweg.storage.YamlPlace;

/**
 * The keys of one section, each read as what it should be. A key with nothing behind it counts as absent.
 *
 * @param section the section
 * @param where what the section is, for messages
 * @param reading the document's
 */
record Fields(YamlNode.Section section, String where, Reading reading) {
    /** Options of the command line of other programs and hints to their loaders, written into files; of no effect. */
    static final Set<String> WITHOUT_EFFECT = Set.of("int8_mask", "lazy_unpickle", "low_cpu_memory", "low_cpu_ram",
            "allow_crimes", "trust_remote_code", "clone_tensors", "copy_tokenizer", "write_model_card",
            "safe_serialization", "cuda", "read_to_gpu", "multi_gpu", "num_threads", "quiet");

    private static final int LONGEST_LIST = 10_000;

    static Fields of(YamlNode node, String where, Reading reading) {
        if (node instanceof YamlNode.Section section) {
            return new Fields(section, where, reading);
        }
        throw node.place().wrong("in " + where + " stands " + node.kind() + ", expected a section with keys");
    }

    YamlPlace place() {
        return section.place();
    }

    YamlPlace placeOf(String key) {
        return section.fields().get(key).place();
    }

    Optional<YamlNode> value(String key) {
        return Optional.ofNullable(section.fields().get(key)).map(YamlNode.Field::value)
                .filter(value -> !value.isNothing());
    }

    Optional<String> text(String key) {
        return value(key).map(value -> {
            if (value instanceof YamlNode.Text text && !text.value().isBlank()) {
                return text.value().strip();
            }
            throw expected(value, key, "a text");
        });
    }

    /** The entries of a list; none where it is missing. */
    List<YamlNode> items(String key) {
        return value(key).map(value -> {
            if (!(value instanceof YamlNode.Items list)) {
                throw expected(value, key, "a list, whose entries begin with '-'");
            }
            if (list.items().size() > LONGEST_LIST) {
                throw value.place().wrong("'" + key + "' lists " + list.items().size() + " entries, more than the "
                        + LONGEST_LIST + " that a merge needs");
            }
            return list.items();
        }).orElse(List.of());
    }

    WrongUse expected(YamlNode value, String key, String expected) {
        return value.place().wrong("under '" + key + "' of " + where + " stands " + value.kind() + ", expected "
                + expected);
    }

    /** Warns of keys that nobody reads, with what was probably meant. */
    void warnOfUnknown(Set<String> known) {
        List<String> unknown = new ArrayList<>(section.fields().keySet());
        unknown.removeAll(known);
        unknown.removeAll(WITHOUT_EFFECT);
        for (String key : unknown) {
            reading.warn(placeOf(key), "unknown key " + Shown.name(key) + " in " + where + ", which changes nothing; "
                    + meant(key, known));
        }
    }

    private String meant(String key, Set<String> known) {
        if (reading.parametersOfAll().contains(key) && known.contains("parameters")) {
            return "it is a parameter, so write it under 'parameters'";
        }
        if (key.equals("layer_range")) {
            return "it stands in the sources of 'slices'";
        }
        return "the nearest known key is " + Reading.nearest(key, new TreeSet<>(known));
    }
}
