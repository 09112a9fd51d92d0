package org.thalweg.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.NetworkOrReason;
import org.thalweg.model.SpaceFamily;

/**
 * What {@code inspect} prints of a model.
 *
 * @param model the model
 * @param known its network, when one is built in and understands the configuration, or why there is none
 */
record ModelAccount(ModelDirectory model, NetworkOrReason known) {
    static ModelAccount of(ModelDirectory model) {
        // The symmetries are known without the network; that it cannot run is one of the things to tell.
        return new ModelAccount(model, NetworkOrReason.of(model));
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("directory", model.checkpoint().directory().toString());
        document.put("family", model.family());
        document.put("architecture", model.architecture().name());
        document.put("parameters", parameters());
        document.put("bytes", layouts().values().stream().mapToLong(TensorLayout::bytes).sum());
        document.put("tensors", layouts().size());
        document.put("types", types());
        document.put("sizes", sizes());
        document.put("log10_order", model.architecture().log10Order());
        document.put("dimension", model.architecture().dimension());
        document.put("spaces", SpaceFamily.of(model.architecture()).stream().map(ModelAccount::space).toList());
        document.put("tied", tied());
        document.put("ignored", List.copyOf(model.architecture().ignored()));
        document.put("network", known.network().isPresent());
        if (known.network().isEmpty()) {
            document.put("no_network", known.reason());
        }
        return document;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(model.checkpoint().directory() + ": " + model.family() + ", architecture "
                + model.architecture().name());
        lines.add(String.format(Locale.ROOT, "  %-11s %,d in %,d tensors %s", "parameters", parameters(),
                layouts().size(), types()));
        sizes().forEach((name, size) -> lines.add("  " + name + " " + size));
        lines.add(String.format(Locale.ROOT, "  %-11s order 10^%.1f, dimension %,d", "group",
                model.architecture().log10Order(), model.architecture().dimension()));
        for (SpaceFamily family : SpaceFamily.of(model.architecture())) {
            lines.add(String.format(Locale.ROOT, "  %6d x %-20s of %6d  %s", family.count(),
                    family.group().kind().family(), family.group().size(), family.pattern()));
        }
        tied().forEach(tied -> lines.add("  tied        " + tied + " is the embedding and the head"));
        model.architecture().ignored().forEach(buffer -> lines.add("  ignored     " + buffer));
        lines.add("  unknown     no tensor; every one is covered by the architecture");
        lines.add("  network     "
                + (known.network().isPresent() ? "built in, so verify can compare" : known.reason()));
        return lines;
    }

    private static Map<String, Object> space(SpaceFamily family) {
        Map<String, Object> space = new LinkedHashMap<>();
        space.put("pattern", family.pattern());
        space.put("group", family.group().kind().family());
        space.put("size", family.group().size());
        space.put("count", family.count());
        space.put("log10_order", family.count() * family.group().log10Order());
        space.put("dimension", (long) family.count() * family.group().dimension());
        return space;
    }

    private Map<String, TensorLayout> layouts() {
        return model.tensors();
    }

    private long parameters() {
        return layouts().entrySet().stream()
                .filter(entry -> !model.architecture().ignored().contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue().elements())
                .sum();
    }

    private Map<String, Integer> types() {
        Map<String, Integer> types = new TreeMap<>();
        layouts().values().forEach(layout -> types.merge(layout.type().name(), 1, Integer::sum));
        return types;
    }

    /** Whole numbers of config.json that are sizes, under their own names. */
    private Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : checkpoint().config().properties()) {
            boolean size = field.getKey().matches(".*(size|num_|n_|_dim|_rank|patch).*|.*experts.*")
                    && !field.getKey().endsWith("_id");
            if (size && field.getValue().isInt()) {
                sizes.put(field.getKey(), field.getValue().intValue());
            }
        }
        return sizes;
    }

    private Checkpoint checkpoint() {
        return model.checkpoint();
    }

    private List<String> tied() {
        return known.network().isPresent() ? model.tied() : List.of();
    }
}
