package org.thalweg.checkpoint;

/** How a checkpoint's tensors are divided among files. */
public sealed interface Sharding {
    /** All in {@code model.safetensors}. */
    record OneFile() implements Sharding {}

    /**
     * Files of limited size, filled in order, with an index; one file and no index when all fits.
     *
     * @param bytes most bytes of tensor data a file may hold; a larger tensor has a file of its own
     */
    record UpTo(long bytes) implements Sharding {
        /**
         * Checks the limit.
         *
         * @throws IllegalArgumentException when it is not positive
         */
        public UpTo {
            if (bytes <= 0) {
                throw new IllegalArgumentException("a shard must hold at least 1 byte, not " + bytes);
            }
        }
    }

    /**
     * As another checkpoint was divided.
     *
     * @param index file name by tensor name; must name every tensor that is written
     */
    record As(ShardIndex index) implements Sharding {}
}
