package org.thalweg.merging.config;

/**
 * Where a tensor stands along the layers of a slice, which is what gradients go by.
 *
 * @param along 0 at the first layer and at tensors outside all layers, 1 at the last layer
 */
public record LayerPosition(double along) {
    /** Refuses what is no share of a way. */
    public LayerPosition {
        if (!(along >= 0 && along <= 1)) {
            throw new IllegalArgumentException("a position of " + along + " lies outside the layers");
        }
    }

    /**
     * A tensor of a layer.
     *
     * @param index of the layer within its slice, from 0
     * @param layers of the slice
     * @return index / (layers − 1); the end where the slice has one layer
     */
    public static LayerPosition layer(int index, int layers) {
        return new LayerPosition(layers == 1 ? 1 : (double) index / (layers - 1));
    }

    /**
     * Embeddings, the final normalisation, the head: they take the first value of a gradient.
     *
     * @return the beginning
     */
    public static LayerPosition outsideLayers() {
        return new LayerPosition(0);
    }
}
