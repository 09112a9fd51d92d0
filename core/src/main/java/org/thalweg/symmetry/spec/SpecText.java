package org.thalweg.symmetry.spec;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.MalformedYaml;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentEndEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.events.StreamEndEvent;
import org.yaml.snakeyaml.events.StreamStartEvent;

/** A YAML text as a tree that knows the line of every value; nothing in it becomes an object of another kind. */
final class SpecText {
    private static final int DEEPEST = 12;
    private static final int LONGEST = 1000;

    private final String source;
    private final Iterator<Event> events;

    private SpecText(String source, Iterator<Event> events) {
        this.source = source;
        this.events = events;
    }

    /** The text's one document; nothing when there is none. */
    static Optional<SpecNode> read(String yaml, String source) {
        try {
            return new SpecText(source, new Yaml().parse(new StringReader(yaml)).iterator()).document();
        } catch (YAMLException refused) {
            MalformedYaml malformed = MalformedYaml.of(refused, yaml);
            if (malformed.line().isEmpty()) {
                throw new WrongUse(source + ": " + malformed.reason() + ".");
            }
            throw Place.of(source, malformed.line().getAsInt()).wrong(malformed.reason());
        }
    }

    private static Place placeOf(String source, Mark mark) {
        return Place.of(source, mark.getLine() + 1);
    }

    private Optional<SpecNode> document() {
        List<SpecNode> documents = new ArrayList<>();
        while (events.hasNext()) {
            switch (events.next()) {
                case StreamStartEvent _, StreamEndEvent _, DocumentEndEvent _ -> { }
                case DocumentStartEvent _ -> documents.add(node(events.next(), 0));
                case Event other -> throw placeOf(source, other.getStartMark()).wrong("the text is no YAML here");
            }
            if (documents.size() > 1) {
                throw documents.getLast().place().wrong("a second document begins, expected one specification a file");
            }
        }
        return documents.stream().findFirst();
    }

    private SpecNode node(Event event, int depth) {
        Place place = placeOf(source, event.getStartMark());
        if (depth > DEEPEST) {
            throw place.wrong("lists and sections are nested more than " + DEEPEST + " deep");
        }
        return switch (event) {
            case ScalarEvent scalar -> new SpecNode.Text(
                    place, bounded(place, scalar.getValue()), scalar.getScalarStyle() == ScalarStyle.PLAIN);
            case SequenceStartEvent _ -> items(place, depth);
            case MappingStartEvent _ -> section(place, depth);
            case AliasEvent alias -> throw place.wrong("*" + Shown.text(alias.getAnchor())
                    + " repeats another value, which a specification cannot do; write the value again, or put the "
                    + "text in quotes");
            case Event _ -> throw place.wrong("the text is no YAML here");
        };
    }

    private static String bounded(Place place, String text) {
        if (text.length() > LONGEST) {
            throw place.wrong("a text has " + text.length() + " characters, more than the " + LONGEST
                    + " that a specification needs");
        }
        return text;
    }

    private SpecNode items(Place place, int depth) {
        List<SpecNode> items = new ArrayList<>();
        Event event = events.next();
        while (!(event instanceof SequenceEndEvent)) {
            items.add(node(event, depth + 1));
            event = events.next();
        }
        return new SpecNode.Items(place, items);
    }

    private SpecNode section(Place place, int depth) {
        Map<String, SpecNode.Field> fields = new LinkedHashMap<>();
        Event event = events.next();
        while (!(event instanceof MappingEndEvent)) {
            Place keyPlace = placeOf(source, event.getStartMark());
            if (!(node(event, depth + 1) instanceof SpecNode.Text key)) {
                throw keyPlace.wrong("a key is a list or a section, expected a text");
            }
            SpecNode value = node(events.next(), depth + 1);
            if (fields.putIfAbsent(key.value(), new SpecNode.Field(keyPlace, value)) != null) {
                throw keyPlace.wrong("the key " + Shown.name(key.value()) + " is given twice");
            }
            event = events.next();
        }
        return new SpecNode.Section(place, fields);
    }
}
