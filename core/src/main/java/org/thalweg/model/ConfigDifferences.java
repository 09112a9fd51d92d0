package org.thalweg.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;

/**
 * Where two configurations differ and which of it changes the function. The family's reader decides: a difference
 * changes nothing when the network that is read from A's configuration with B's value is equal to A's.
 */
final class ConfigDifferences {
    /** What stock classes write down and never compute with; asked where no network is built in. */
    private static final Set<String> RECORDS = Set.of("_name_or_path", "_commit_hash", "transformers_version",
            "torch_dtype", "dtype", "use_cache", "architectures", "output_attentions", "output_hidden_states",
            "return_dict", "use_return_dict", "initializer_range");

    private final Side a;
    private final Side b;
    private final Map<String, List<String>> fields = new TreeMap<>();

    private ConfigDifferences(Side a, Side b) {
        this.a = a;
        this.b = b;
        addFields(List.of(), a.config(), b.config());
    }

    /**
     * One of the two models.
     *
     * @param config its configuration; not changed
     * @param tensors canonical names of its tensors
     * @param network that is read from both, if one is built in
     */
    record Side(ObjectNode config, Set<String> tensors, Optional<Network> network) {
        static Side of(ModelDirectory model) {
            return new Side(model.checkpoint().config(), model.stored().places().keySet(),
                    NetworkOrReason.of(model).network());
        }
    }

    /**
     * Compares two configurations.
     *
     * @param a of A
     * @param b of B
     * @return the fields that differ, by name
     */
    static List<ConfigDifference> between(Side a, Side b) {
        ConfigDifferences differences = new ConfigDifferences(a, b);
        Map<String, ConfigDifference.Effect> effects = differences.effects();
        List<ConfigDifference> all = new ArrayList<>();
        differences.fields.forEach((field, path) -> all.add(new ConfigDifference(
                field, value(a.config(), path), value(b.config(), path), effects.get(field))));
        return all;
    }

    /**
     * The fields in which two JSON objects differ.
     *
     * @return their names, within objects with dots, sorted
     */
    static List<String> fields(ObjectNode one, ObjectNode other) {
        Side first = new Side(one, Set.of(), Optional.empty());
        return List.copyOf(new ConfigDifferences(first, new Side(other, Set.of(), Optional.empty())).fields.keySet());
    }

    private void addFields(List<String> path, JsonNode one, JsonNode other) {
        if (one.equals(other)) {
            return;
        }
        if (one instanceof ObjectNode first && other instanceof ObjectNode second) {
            Set<String> names = new TreeSet<>();
            first.fieldNames().forEachRemaining(names::add);
            second.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                List<String> inside = new ArrayList<>(path);
                inside.add(name);
                addFields(List.copyOf(inside), first.path(name), second.path(name));
            }
        } else {
            fields.put(String.join(".", path), path);
        }
    }

    private static Optional<JsonNode> value(ObjectNode config, List<String> path) {
        JsonNode node = config;
        for (String name : path) {
            node = node.path(name);
        }
        return Optional.of(node).filter(found -> !found.isMissingNode());
    }

    private Map<String, ConfigDifference.Effect> effects() {
        Map<String, ConfigDifference.Effect> effects = new LinkedHashMap<>();
        Optional<Object> one = a.network().map(Network::configuration);
        Optional<Object> other = b.network().map(Network::configuration);
        if (one.isEmpty() || other.isEmpty()) {
            fields.forEach((field, path) -> effects.put(field, RECORDS.contains(path.getLast())
                    ? ConfigDifference.Effect.SAME_FUNCTION : ConfigDifference.Effect.UNKNOWN));
            return effects;
        }
        boolean equal = one.equals(other);
        fields.forEach((field, path) -> effects.put(field, equal || one.equals(configuration(List.of(path)))
                ? ConfigDifference.Effect.SAME_FUNCTION : ConfigDifference.Effect.CHANGES_FUNCTION));
        if (!equal) {
            doubtTogether(effects, one);
        }
        return effects;
    }

    /** Where only several together change the network, nobody knows which of them matters. */
    private void doubtTogether(Map<String, ConfigDifference.Effect> effects, Optional<Object> one) {
        List<String> harmless = effects.entrySet().stream()
                .filter(entry -> entry.getValue() == ConfigDifference.Effect.SAME_FUNCTION)
                .map(Map.Entry::getKey)
                .toList();
        if (!one.equals(configuration(harmless.stream().map(fields::get).toList()))) {
            harmless.forEach(field -> effects.put(field, ConfigDifference.Effect.UNKNOWN));
        }
    }

    /** Of the network of A's configuration with B's values of some fields; nothing when there is none. */
    private Optional<Object> configuration(List<List<String>> paths) {
        ObjectNode changed = a.config().deepCopy();
        paths.forEach(path -> exchange(changed, path));
        try {
            return ModelDirectory.network(changed, a.tensors()).map(Network::configuration);
        } catch (WorkFailure | WrongUse impossible) {
            // No network at all with that value: it matters.
            return Optional.empty();
        }
    }

    private void exchange(ObjectNode changed, List<String> path) {
        ObjectNode inside = changed;
        for (String name : path.subList(0, path.size() - 1)) {
            // Both have objects on the way, or the path would end there.
            inside = (ObjectNode) inside.get(name);
        }
        String last = path.getLast();
        Optional<JsonNode> value = value(b.config(), path);
        if (value.isPresent()) {
            inside.set(last, value.get());
        } else {
            inside.remove(last);
        }
    }
}
