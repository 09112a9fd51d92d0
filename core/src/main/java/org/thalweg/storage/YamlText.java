package org.thalweg.storage;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * A YAML text of one or several documents as trees that know the line of every value. Nothing in it becomes an object
 * of another kind, whatever its tags say, and what anchors repeat counts against a bound, so that a short text cannot
 * become a huge tree.
 */
public final class YamlText {
    private static final String MERGE = "<<";

    private final IntFunction<YamlPlace> places;
    private final Rules rules;
    private final Consumer<String> doubts;
    private final Iterator<Event> events;
    private final Map<String, YamlNode> anchors = new HashMap<>();
    private int values;

    private YamlText(IntFunction<YamlPlace> places, Rules rules, Consumer<String> doubts, Iterator<Event> events) {
        this.places = places;
        this.rules = rules;
        this.doubts = doubts;
        this.events = events;
    }

    /**
     * What a text may hold.
     *
     * @param what it is, for messages, such as {@code a specification}
     * @param repeats what is done about what stands twice
     * @param deepest lists and sections within each other
     * @param most values, with those that anchors repeat
     * @param longest characters of a text
     */
    public record Rules(String what, Repeats repeats, int deepest, int most, int longest) {}

    /** What is done about what stands twice. */
    public enum Repeats {
        /** Values that an anchor repeats, and keys that are given twice, are refused. */
        REFUSED,
        /** Anchors and merge keys are followed, and of a key that is given twice the later one counts. */
        FOLLOWED
    }

    /**
     * The documents of a text.
     *
     * @param yaml the text
     * @param places the place of a line, counted from 1; of line 0 the whole text
     * @param rules what it may hold
     * @param doubts takes sentences about what is read but doubtful
     * @return their values, in order
     * @throws WrongUse naming place and reason, when the text is no YAML or breaks a rule
     */
    public static List<YamlNode> read(
            String yaml, IntFunction<YamlPlace> places, Rules rules, Consumer<String> doubts) {
        List<YamlNode> documents = new ArrayList<>();
        try {
            Iterator<Event> events = new Yaml().parse(new StringReader(yaml)).iterator();
            while (events.hasNext()) {
                if (events.next() instanceof DocumentStartEvent) {
                    YamlText text = new YamlText(places, rules, doubts, events);
                    documents.add(text.node(events.next(), 0));
                }
            }
        } catch (YAMLException refused) {
            MalformedYaml malformed = MalformedYaml.of(refused, yaml);
            throw places.apply(malformed.line().orElse(0)).wrong(malformed.reason());
        }
        return documents;
    }

    private YamlPlace placeOf(Event event) {
        return places.apply(event.getStartMark().getLine() + 1);
    }

    private YamlNode node(Event event, int depth) {
        YamlPlace place = placeOf(event);
        requireShallow(place, depth);
        count(place, 1);
        YamlNode node = switch (event) {
            case ScalarEvent scalar -> new YamlNode.Text(
                    place, bounded(place, scalar.getValue()), scalar.getScalarStyle() == ScalarStyle.PLAIN);
            case SequenceStartEvent _ -> items(place, depth);
            case MappingStartEvent _ -> section(place, depth);
            case AliasEvent alias -> repeated(alias.getAnchor(), place, depth);
            case Event _ -> throw place.wrong("the text is no YAML here");
        };
        if (event instanceof NodeEvent named && !(event instanceof AliasEvent)) {
            Optional.ofNullable(named.getAnchor()).ifPresent(anchor -> anchors.put(anchor, node));
        }
        return node;
    }

    private void requireShallow(YamlPlace place, int depth) {
        if (depth > rules.deepest()) {
            throw place.wrong("lists and sections are nested more than " + rules.deepest() + " deep");
        }
    }

    private void count(YamlPlace place, int more) {
        values += more;
        if (values > rules.most()) {
            throw place.wrong("the text has more than " + rules.most() + " values, with what its anchors repeat, more "
                    + "than " + rules.what() + " needs");
        }
    }

    private String bounded(YamlPlace place, String text) {
        if (text.length() > rules.longest()) {
            throw place.wrong("a text has " + text.length() + " characters, more than the " + rules.longest() + " that "
                    + rules.what() + " needs");
        }
        return text;
    }

    private YamlNode repeated(String anchor, YamlPlace place, int depth) {
        if (rules.repeats() == Repeats.REFUSED) {
            throw place.wrong("*" + Shown.text(anchor) + " repeats another value, which " + rules.what()
                    + " cannot do; write the value again, or put the text in quotes");
        }
        YamlNode node = Optional.ofNullable(anchors.get(anchor)).orElseThrow(() -> place.wrong("*" + Shown.text(anchor)
                + " repeats a value that does not end before it: no such anchor is there, or an anchor repeats "
                + "itself"));
        countAll(node, place, depth);
        return node;
    }

    /** Everything that is repeated counts again, and stands as deep as it would if it were written there. */
    private void countAll(YamlNode node, YamlPlace place, int depth) {
        requireShallow(place, depth);
        count(place, 1);
        switch (node) {
            case YamlNode.Text _ -> { }
            case YamlNode.Items list -> list.items().forEach(item -> countAll(item, place, depth + 1));
            case YamlNode.Section section ->
                section.fields().values().forEach(field -> countAll(field.value(), place, depth + 1));
        }
    }

    private YamlNode items(YamlPlace place, int depth) {
        List<YamlNode> items = new ArrayList<>();
        for (Event event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
            items.add(node(event, depth + 1));
        }
        return new YamlNode.Items(place, items);
    }

    private YamlNode section(YamlPlace place, int depth) {
        Map<String, YamlNode.Field> own = new LinkedHashMap<>();
        Map<String, YamlNode.Field> merged = new LinkedHashMap<>();
        for (Event event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
            YamlPlace keyPlace = placeOf(event);
            if (!(node(event, depth + 1) instanceof YamlNode.Text key)) {
                throw keyPlace.wrong("a key is a list or a section, expected a text");
            }
            YamlNode value = node(events.next(), depth + 1);
            if (rules.repeats() == Repeats.FOLLOWED && key.value().equals(MERGE) && key.isPlain()) {
                mergedSections(value).forEach(section -> section.fields().forEach(merged::putIfAbsent));
            } else if (own.put(key.value(), new YamlNode.Field(keyPlace, value)) != null) {
                twice(key, keyPlace);
            }
        }
        merged.forEach(own::putIfAbsent);
        return new YamlNode.Section(place, own);
    }

    private void twice(YamlNode.Text key, YamlPlace place) {
        String found = "the key " + Shown.name(key.value()) + " is given twice";
        switch (rules.repeats()) {
            case REFUSED -> throw place.wrong(found);
            case FOLLOWED -> doubts.accept(place.sentence(found + " in one section, and the later one counts"));
        }
    }

    private static List<YamlNode.Section> mergedSections(YamlNode value) {
        List<YamlNode> sources = value instanceof YamlNode.Items list ? list.items() : List.of(value);
        return sources.stream().map(source -> {
            if (source instanceof YamlNode.Section section) {
                return section;
            }
            throw source.place().wrong("behind '<<' stands " + source.kind() + ", expected a section that is repeated");
        }).toList();
    }
}
