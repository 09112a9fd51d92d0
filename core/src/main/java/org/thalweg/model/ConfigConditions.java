package org.thalweg.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.Families;
import org.thalweg.symmetry.spec.Conditions;

/** What a user's own specification may ask of {@code config.json}. */
final class ConfigConditions {
    /** More numbers than tensors of any model have indices; keeps a damaged file from filling the memory. */
    private static final int LONGEST_RANGE = 1 << 16;

    /** More experts than models have that use none of them. */
    private static final int MOST_UNUSED_EXPERTS = 512;

    private ConfigConditions() {}

    /** Fields of the configuration, and whatever a built-in specification of its family would be told. */
    static Conditions of(ObjectNode config, Set<String> tensors) {
        Set<String> flags = new HashSet<>();
        Map<String, Set<Integer>> ranges = new HashMap<>();
        Map<String, Integer> sizes = new HashMap<>();
        config.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isBoolean() && value.booleanValue()) {
                flags.add(field.getKey());
            } else if (value.isInt() && value.intValue() > 0) {
                sizes.put(field.getKey(), value.intValue());
                if (value.intValue() <= LONGEST_RANGE) {
                    ranges.put(field.getKey(),
                            new TreeSet<>(IntStream.range(0, value.intValue()).boxed().toList()));
                }
            } else if (value.isArray() && value.size() <= LONGEST_RANGE) {
                wholeNumbers(value, ranges, field.getKey());
            }
        });
        Conditions known = ofFamily(config, tensors);
        flags.addAll(known.flags());
        ranges.putAll(known.ranges());
        sizes.putAll(known.sizes());
        return new Conditions(flags, ranges, sizes);
    }

    private static void wholeNumbers(JsonNode array, Map<String, Set<Integer>> ranges, String name) {
        Set<Integer> numbers = new TreeSet<>();
        for (JsonNode element : array) {
            if (!element.isInt() || element.intValue() < 0) {
                return;
            }
            numbers.add(element.intValue());
        }
        ranges.put(name, numbers);
    }

    private static Conditions ofFamily(ObjectNode config, Set<String> tensors) {
        Conditions none = new Conditions(Set.of(), Map.of(), Map.of());
        try {
            return Families.named(config.path("model_type").asText(""))
                    .map(family -> family.read(config, tensors).conditions())
                    .orElse(none);
        } catch (WorkFailure | WrongUse unknown) {
            // A family of the user's own needs nothing but its fields; what is lacking is named when it is bound.
            return none;
        }
    }

    /**
     * Every expert has a tensor once packed ones are unpacked, and a configuration may count experts that no layer has.
     */
    static void requireFewExperts(ObjectNode config, int tensors) {
        for (String field : List.of("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")) {
            for (String object : List.of("", "/moe", "/text_config")) {
                JsonNode value = config.at(object + "/" + field);
                if (value.isIntegralNumber()
                        && (!value.canConvertToInt() || value.intValue() > Math.max(tensors, MOST_UNUSED_EXPERTS))) {
                    throw new WorkFailure("config.json has " + value + " as '" + field + "' but there are only "
                            + tensors + " tensors; configuration and weights are not of the same model.");
                }
            }
        }
    }

    /** Every layer has a tensor, so no honest number of layers is larger; a made-up one would fill the memory. */
    static void requireFewLayers(ObjectNode config, int tensors) {
        for (String field : List.of("num_hidden_layers", "n_layer", "num_layers", "num_decoder_layers")) {
            JsonNode value = config.path(field);
            if (value.isIntegralNumber() && (!value.canConvertToInt() || value.intValue() > tensors)) {
                throw new WorkFailure("config.json has " + value + " as '" + field + "' but there are only " + tensors
                        + " tensors; configuration and weights are not of the same model.");
            }
        }
    }
}
