package org.thalweg.model;

import java.util.Comparator;

/**
 * The layer that a tensor belongs to, or the part outside the layers, and its place in an account: what is in no layer
 * comes first, then layers by number.
 *
 * @param stem what stands in front of the number, or the name of the part
 * @param number of the layer; -1 for what is in none
 */
record LayerKey(String stem, int number) implements Comparable<LayerKey> {
    private static final Comparator<LayerKey> ORDER = Comparator.comparing((LayerKey key) -> key.number() >= 0)
            .thenComparing(LayerKey::stem).thenComparing(LayerKey::number);

    /** The layer of a tensor, by its name. */
    static LayerKey of(String tensor) {
        return LayerName.of(tensor)
                .map(layer -> new LayerKey(layer.stem(), layer.number()))
                .orElseGet(() -> outside(tensor.split("\\.")));
    }

    /** The first of three names is the model's own: model.norm.weight, vit.embeddings.cls_token. */
    private static LayerKey outside(String[] parts) {
        return new LayerKey(parts[parts.length > 2 ? 1 : 0], -1);
    }

    /** For example {@code layers.3}, or {@code embed_tokens}. */
    String label() {
        return number < 0 ? stem : stem + "." + number;
    }

    @Override
    public int compareTo(LayerKey other) {
        return ORDER.compare(this, other);
    }
}
