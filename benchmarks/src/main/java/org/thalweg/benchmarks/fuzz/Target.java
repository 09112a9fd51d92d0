package org.thalweg.benchmarks.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A reader under test.
 *
 * @param name what it reads, one word
 * @param seeds contents that it accepts
 * @param reading the reader
 */
record Target(String name, List<Seed> seeds, Reading reading) {
    /** Puts a content where a reader looks for it, and reads it. */
    @FunctionalInterface
    interface Reading {
        /**
         * Reads once.
         *
         * @param variant of the seed that the content comes from
         * @param content the bytes
         * @param folder of this target alone, kept from case to case
         * @throws IOException when the folder cannot be written
         */
        void read(String variant, byte[] content, Path folder) throws IOException;
    }

    Target {
        seeds = List.copyOf(seeds);
    }
}
