package org.thalweg.paper;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.results.Setting;
import org.thalweg.results.Statistic;

/**
 * One row of a published table.
 *
 * @param keys what the row is about, by column, in the paper's words
 * @param numbers by the name of a quantity, the published mean and deviation
 */
public record PaperRow(Map<String, String> keys, Map<String, Statistic> numbers) {
    /** Depth of the networks whose layers Tables 7 and 8 name. */
    private static final int LAYERS_OF_TABLES_7_AND_8 = 12;

    /** Ours by the paper's; after pretraining on another set the depth tells rows apart. */
    private static final Map<String, String> DATASETS = Map.of(
            "MNIST", "mnist", "CIFAR-10", "cifar10", "CIFAR-100", "cifar100", "ImageNet-21k>CIFAR-10", "cifar10",
            "ImageNet-21k>CIFAR-100", "cifar100", "WikiText103", "wikitext-103", "OneBillionWord", "one-billion-word",
            "ImageNet-1k", "imagenet-1k");

    /** Copies the maps in their order. */
    public PaperRow {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    }

    /** The gate by the label that our results have. */
    String gate() {
        String variant = keys.get("variant");
        return switch (variant.replaceFirst("\\(.*", "")) {
            case "moe" -> "dense";
            case "smoe" -> "sparse(k=2)";
            case "deepseek" -> "deepseek(k=2,s=1)";
            default -> throw new IllegalStateException("a published table has the gate '" + variant + "'");
        };
    }

    /** The data set by the name that our results have; that of Tables 9 to 11 is named in no column. */
    String dataset() {
        String name = keys.getOrDefault("dataset", "CIFAR-10");
        return DATASETS.getOrDefault(name, name);
    }

    /**
     * How far one of our settings is from this row.
     *
     * @param ours a setting
     * @return 0 when it is the same kind of model, more when its depth differs where a row may stand for other depths;
     *     absent when it is another kind of model
     */
    OptionalDouble distance(Setting ours) {
        boolean same = gate().equals(ours.variant()) && dataset().equals(ours.dataset())
                && number("experts").orElse(ours.experts()) == ours.experts() && ours.moeLayer().matches("[0-9]+");
        if (!same) {
            return OptionalDouble.empty();
        }
        int moeLayer = Integer.parseInt(ours.moeLayer());
        if (keys.containsKey("moe_position")) {
            boolean first = keys.get("moe_position").equals("first");
            return moeLayer == (first ? 1 : ours.layers())
                    ? OptionalDouble.of(Math.abs(number("layers").orElseThrow() - ours.layers()))
                    : OptionalDouble.empty();
        }
        if (number("layers").isEmpty()) {
            return OptionalDouble.of(Math.abs(depth(number("moe_layer").orElseThrow(), LAYERS_OF_TABLES_7_AND_8)
                    - depth(moeLayer, ours.layers())));
        }
        return number("layers").get() == ours.layers() && number("moe_layer").orElseThrow() == moeLayer
                ? OptionalDouble.of(0) : OptionalDouble.empty();
    }

    /** How deep a layer stands, from 0 for the first to 1 for the last. */
    private static double depth(int layer, int layers) {
        return layers == 1 ? 0 : (layer - 1.0) / (layers - 1);
    }

    private Optional<Integer> number(String key) {
        return Optional.ofNullable(keys.get(key)).map(Integer::valueOf);
    }
}
