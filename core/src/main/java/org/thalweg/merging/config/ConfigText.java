package org.thalweg.merging.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.thalweg.failure.Shown;
import org.thalweg.storage.MalformedYaml;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A YAML text of one or several documents as trees that know the line of every value. Anchors and merge keys are
 * followed, and what they repeat counts against a bound on the number of values, so that a short text cannot become a
 * huge tree. Nothing in the text becomes an object of another kind, whatever its tags say.
 */
final class ConfigText {
    private static final int DEEPEST = 20;
    private static final int MOST_VALUES = 100_000;
    private static final String MERGE = "<<";

    private final IntFunction<Place> places;
    private final List<String> warnings;
    private int values;

    private ConfigText(IntFunction<Place> places, List<String> warnings) {
        this.places = places;
        this.warnings = warnings;
    }

    /**
     * The documents of a text that hold anything.
     *
     * @param places the place of a line, counted from 1; of line 0 the whole text
     * @param warnings sentences about what is read but doubtful are added here
     */
    static List<ConfigNode> read(String yaml, IntFunction<Place> places, List<String> warnings) {
        LoaderOptions limits = new LoaderOptions();
        // Deep and repeated values are refused below, with their lines; these bounds hold until then.
        limits.setNestingDepthLimit(5 * DEEPEST);
        limits.setMaxAliasesForCollections(MOST_VALUES);
        ConfigText text = new ConfigText(places, warnings);
        List<ConfigNode> documents = new ArrayList<>();
        try {
            for (Node root : new Yaml(limits).composeAll(new StringReader(yaml))) {
                ConfigNode document = text.node(root, 0);
                if (!document.isNothing()) {
                    documents.add(document);
                }
            }
        } catch (YAMLException refused) {
            MalformedYaml malformed = MalformedYaml.of(refused, yaml);
            throw places.apply(malformed.line().orElse(0)).wrong(malformed.reason());
        }
        return documents;
    }

    private ConfigNode node(Node yaml, int depth) {
        Place place = places.apply(yaml.getStartMark().getLine() + 1);
        if (depth > DEEPEST) {
            throw place.wrong(
                    "lists and sections are nested more than " + DEEPEST + " deep, or an anchor repeats itself");
        }
        values++;
        if (values > MOST_VALUES) {
            throw place.wrong("with what its anchors repeat the text has more than " + MOST_VALUES
                    + " values, more than a merge needs");
        }
        return switch (yaml) {
            case ScalarNode text ->
                new ConfigNode.Text(place, text.getValue(), text.getScalarStyle() == ScalarStyle.PLAIN);
            case SequenceNode list ->
                new ConfigNode.Items(place, list.getValue().stream().map(item -> node(item, depth + 1)).toList());
            case MappingNode section -> section(section, place, depth);
            case Node _ -> throw place.wrong("the text is no YAML here");
        };
    }

    private ConfigNode.Section section(MappingNode yaml, Place place, int depth) {
        Map<String, ConfigNode.Field> own = new LinkedHashMap<>();
        Map<String, ConfigNode.Field> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : yaml.getValue()) {
            Place keyPlace = places.apply(tuple.getKeyNode().getStartMark().getLine() + 1);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw keyPlace.wrong("a key is a list or a section, expected a text");
            }
            ConfigNode value = node(tuple.getValueNode(), depth + 1);
            if (key.getValue().equals(MERGE) && key.getScalarStyle() == ScalarStyle.PLAIN) {
                mergedSections(value).forEach(section -> section.fields().forEach(merged::putIfAbsent));
            } else if (own.put(key.getValue(), new ConfigNode.Field(keyPlace, value)) != null) {
                warnings.add(keyPlace.sentence("the key " + Shown.name(key.getValue())
                        + " is given twice in one section, and the later one counts"));
            }
        }
        merged.forEach(own::putIfAbsent);
        return new ConfigNode.Section(place, own);
    }

    private static List<ConfigNode.Section> mergedSections(ConfigNode value) {
        List<ConfigNode> sources = value instanceof ConfigNode.Items list ? list.items() : List.of(value);
        return sources.stream().map(source -> {
            if (source instanceof ConfigNode.Section section) {
                return section;
            }
            throw source.place().wrong("behind '<<' stands " + source.kind() + ", expected a section that is repeated");
        }).toList();
    }
}
