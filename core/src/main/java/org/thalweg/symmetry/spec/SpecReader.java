package org.thalweg.symmetry.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.GroupKind;
import org.thalweg.storage.YamlNode;
import org.thalweg.storage.YamlPlace;
import org.thalweg.storage.YamlText;

/** Makes a specification file of a YAML text; every mistake is refused with file, line and key. */
final class SpecReader {
    /** Built-in ones include at most a handful; each inclusion costs a fragment's checks. */
    private static final int MOST_INCLUSIONS = 64;
    private static final int MOST_ENTRIES = 20_000;

    private static final Set<String> FILE = Set.of("name", "about", "prefix", "flags", "ranges", "indices", "spaces",
            "tensors", "ignore", "aliases", "packed", "copies", "include");
    private static final Set<String> SPACE = Set.of(
            "name", "group", "instead", "over", "scale", "size", "when", "unless", "where");
    private static final Set<String> TENSOR = Set.of("name", "without prefix", "role", "in out", "axes", "shift",
            "scale", "part scale", "when", "unless", "where");
    private static final Set<String> PACKED = Set.of(
            "name", "holds", "transposed", "alternating", "stacked", "first as wide as");
    private static final Set<String> COPY = Set.of(
            "name", "of", "without prefix", "of without prefix", "when", "unless");
    private static final Set<String> INCLUSION = Set.of(
            "fragment", "tensors", "spaces", "flags", "when", "unless", "where");

    private static final YamlText.Rules RULES = new YamlText.Rules(
            "a specification", YamlText.Repeats.REFUSED, 12, 1_000_000, 1000);

    private SpecReader() {}

    /**
     * Reads a file's text.
     *
     * @throws WrongUse naming source, line and key, when the text has a mistake
     */
    static SpecFile read(String yaml, String source) {
        List<YamlNode> documents = YamlText.read(yaml, line -> YamlPlace.of(source, line), RULES, _ -> { });
        if (documents.size() > 1) {
            throw documents.get(1).place().wrong("a second document begins, expected one specification a file");
        }
        YamlNode root = documents.stream().findFirst().orElseThrow(() -> noArchitecture(source));
        SpecFields file = SpecFields.of(root, FILE);
        return new SpecFile(
                file.text("name").orElseThrow(() -> noArchitecture(source)),
                file.text("prefix", Form.PREFIX).orElse(""),
                file.texts("flags", Form.ANY),
                file.texts("ranges", Form.ANY),
                file.map("indices", Form.AXIS),
                file.items("spaces", MOST_ENTRIES).stream().map(SpecReader::space).toList(),
                file.items("tensors", MOST_ENTRIES).stream().map(SpecReader::tensor).toList(),
                file.texts("ignore", Form.BUFFER),
                file.map("aliases", Form.ANY),
                file.items("packed", MOST_ENTRIES).stream().map(SpecReader::packed).toList(),
                file.items("copies", MOST_ENTRIES).stream().map(SpecReader::copy).toList(),
                file.items("include", MOST_INCLUSIONS).stream().map(SpecReader::inclusion).toList());
    }

    private static WrongUse noArchitecture(String source) {
        return new WrongUse(source + " is no architecture: the key 'name' is missing.");
    }

    private static String required(SpecFields fields, String what, String key, Form form) {
        return fields.text(key, form)
                .orElseThrow(() -> fields.place().wrong(what + " has no '" + key + "'"));
    }

    private static GroupKind group(String label) {
        return Arrays.stream(GroupKind.values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new WrongUse("there is no group " + Shown.name(label) + "; known are "
                        + Arrays.stream(GroupKind.values()).map(GroupKind::label).collect(Collectors.joining(", "))
                        + "."));
    }

    private static SpecFile.When when(SpecFields fields) {
        return new SpecFile.When(
                fields.texts("when", Form.ANY), fields.texts("unless", Form.ANY), fields.map("where", Form.ANY));
    }

    private static SpecFile.SpaceEntry space(YamlNode node) {
        SpecFields fields = SpecFields.of(node, SPACE);
        return new SpecFile.SpaceEntry(
                fields.place(),
                required(fields, "a space", "name", Form.NAME),
                fields.parsed("group", SpecReader::group)
                        .orElseThrow(() -> fields.place().wrong("a space has no 'group'")),
                fields.map("instead", SpecReader::group),
                fields.text("over", Form.NAME),
                fields.texts("scale", Form.SCALE),
                fields.text("size"),
                when(fields));
    }

    private static SpecFile.TensorEntry tensor(YamlNode node) {
        SpecFields fields = SpecFields.of(node, TENSOR);
        return new SpecFile.TensorEntry(
                fields.place(),
                required(fields, "a tensor", "name", Form.NAME),
                fields.flag("without prefix"),
                fields.text("role"),
                fields.flag("in out"),
                fields.texts("axes", Form.AXIS),
                fields.text("shift", Form.NAME),
                fields.texts("scale", Form.SCALE),
                fields.lists("part scale", Form.SCALE),
                when(fields));
    }

    private static SpecFile.PackedEntry packed(YamlNode node) {
        SpecFields fields = SpecFields.of(node, PACKED);
        List<String> holds = fields.texts("holds", Form.NAME);
        if (holds.isEmpty()) {
            throw fields.place().wrong("an entry of 'packed' has no 'holds'");
        }
        return new SpecFile.PackedEntry(
                required(fields, "an entry of 'packed'", "name", Form.NAME), holds, fields.flag("transposed"),
                fields.flag("alternating"), fields.flag("stacked"), fields.text("first as wide as", Form.NAME));
    }

    private static SpecFile.CopyEntry copy(YamlNode node) {
        SpecFields fields = SpecFields.of(node, COPY);
        return new SpecFile.CopyEntry(
                required(fields, "an entry of 'copies'", "name", Form.ANY),
                required(fields, "an entry of 'copies'", "of", Form.ANY),
                fields.flag("without prefix"), fields.flag("of without prefix"),
                new SpecFile.When(fields.texts("when", Form.ANY), fields.texts("unless", Form.ANY), Map.of()));
    }

    private static SpecFile.Inclusion inclusion(YamlNode node) {
        SpecFields fields = SpecFields.of(node, INCLUSION);
        String tensors = fields.text("tensors", Form.NAME).orElse("");
        return new SpecFile.Inclusion(
                fields.place(),
                required(fields, "an entry of 'include'", "fragment", Form.ANY),
                // Names in the file itself have no dot behind the prefix.
                tensors.isEmpty() || tensors.endsWith(".") ? tensors : tensors + ".",
                fields.text("spaces", Form.NAME).orElse(""),
                fields.texts("flags", Form.ANY),
                when(fields));
    }
}
