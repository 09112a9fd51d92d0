package org.thalweg.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.thalweg.network.Network;
import org.thalweg.network.Probes;

/** What a comparison of functions passes over, for people: tensors that no network reads, rows that no input meets. */
public final class NotCompared {
    private NotCompared() {}

    /**
     * What a comparison of two models passes over.
     *
     * @param first a model with a network
     * @param second another
     * @param inputs on which both run
     * @return names or phrases; empty when every number counts
     */
    public static List<String> between(ModelDirectory first, ModelDirectory second, Probes inputs) {
        Set<String> all = new LinkedHashSet<>(tensors(first));
        all.addAll(tensors(second));
        all.addAll(TokenRows.of(first).unmet(inputs));
        return List.copyOf(all);
    }

    /**
     * Tensors of a model that its network does not read, such as buffers and a vision tower. Numbers in names are
     * {@code *}; where nothing of a part is read, the part is named alone.
     *
     * @param model any model
     * @return patterns of their names; empty when all are read, and when there is no network
     */
    public static List<String> tensors(ModelDirectory model) {
        return NetworkOrReason.of(model).network().map(network -> tensors(model, network)).orElse(List.of());
    }

    private static List<String> tensors(ModelDirectory model, Network network) {
        Set<String> read = network.tensors().keySet();
        List<String> unread =
                model.stored().places().keySet().stream().filter(name -> !read.contains(name)).toList();
        Set<String> partsRead = new HashSet<>();
        read.forEach(name -> partsRead.addAll(parts(name)));
        Map<String, List<String>> unreadOfPart = new LinkedHashMap<>();
        unread.forEach(name -> unreadOfPart.computeIfAbsent(parts(name).stream()
                .filter(part -> !partsRead.contains(part)).findFirst().orElse(name), _ -> new ArrayList<>()).add(name));
        Set<String> patterns = new LinkedHashSet<>();
        unreadOfPart.forEach((part, names) -> patterns.add(
                names.size() > 1 ? part + ".*" : SpaceFamily.pattern(names.getFirst())));
        return List.copyOf(patterns);
    }

    /** The beginnings of a name that end in front of a dot, from the shortest, and the name. */
    private static List<String> parts(String name) {
        List<String> parts = new ArrayList<>();
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            parts.add(name.substring(0, dot));
        }
        parts.add(name);
        return parts;
    }
}
