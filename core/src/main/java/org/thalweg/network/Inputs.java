package org.thalweg.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** What a network takes, and how inputs for a comparison are made: at random, or from data. */
public sealed interface Inputs {
    /** Outputs held for one batch: 32 MiB in float64 for each model. */
    long BATCH_OUTPUTS = 1L << 22;
    /** Tokens of a random text: enough for windows and chunks of small models, few enough for large ones. */
    int RANDOM_LENGTH = 24;
    /** Tokens of a window of real text. */
    int LONGEST = 128;

    /**
     * Sequences of tokens.
     *
     * @param vocabulary number of tokens there are
     * @param longest tokens of the longest text that is compared
     */
    record Texts(int vocabulary, int longest) implements Inputs {
        @Override
        public Probes random(int count, long seed) {
            int length = Math.min(RANDOM_LENGTH, longest);
            return drawn(count, (long) vocabulary * length, (start, size) -> source(seed, start)
                    .uniform(DType.FLOAT64, 0, vocabulary, size, length).to(DType.INT64));
        }

        /**
         * Texts from data, cut into windows of at most {@link #longest} tokens.
         *
         * @param texts token ids; not changed
         * @param most how many windows to take, from the first on
         * @param origin where they come from, for failures
         * @return the windows, neighbours of one length in one batch
         * @throws WorkFailure when there are no tokens, or one is not in the vocabulary
         */
        public Probes given(List<int[]> texts, int most, String origin) {
            List<long[]> windows = new ArrayList<>();
            for (int text = 0; text < texts.size() && windows.size() < most; text++) {
                int[] tokens = texts.get(text);
                for (int start = 0; start < tokens.length && windows.size() < most; start += longest) {
                    windows.add(checked(Arrays.copyOfRange(tokens, start,
                            Math.min(tokens.length, start + longest)), text, origin));
                }
            }
            if (windows.isEmpty()) {
                throw new WorkFailure(origin + " has no tokens; give a file with text.");
            }
            List<Supplier<Tensor>> batches = new ArrayList<>();
            for (int start = 0; start < windows.size();) {
                int length = windows.get(start).length;
                int end = start + 1;
                while (end < windows.size() && windows.get(end).length == length
                        && end - start < batch((long) vocabulary * length)) {
                    end++;
                }
                List<long[]> together = List.copyOf(windows.subList(start, end));
                batches.add(() -> Tensor.of(
                        together.stream().flatMapToLong(Arrays::stream).toArray(), together.size(), length));
                start = end;
            }
            return new Probes(windows.size(), batches);
        }

        private long[] checked(int[] window, int text, String origin) {
            for (int token : window) {
                require(token, text, origin);
            }
            return Arrays.stream(window).asLongStream().toArray();
        }

        /**
         * Refuses what is no token of the vocabulary.
         *
         * @param token its number
         * @param text number of the text in which it stands, for the failure
         * @param origin where that comes from, for the failure
         * @throws WorkFailure when there is no such token
         */
        public void require(int token, int text, String origin) {
            if (token < 0 || token >= vocabulary) {
                throw new WorkFailure(origin + " has token " + token + " in text " + text + " but the model's "
                        + "vocabulary has " + vocabulary + " tokens; use the tokenizer that belongs to the model.");
            }
        }

        @Override
        public String toString() {
            return "texts of up to " + longest + " of " + vocabulary + " tokens";
        }
    }

    /**
     * Images.
     *
     * @param image their shape
     * @param classes number of classes
     */
    record Images(ImageSize image, int classes) implements Inputs {
        @Override
        public Probes random(int count, long seed) {
            return drawn(count, classes, (start, size) -> source(seed, start)
                    .normal(DType.FLOAT64, size, image.channels(), image.height(), image.width()));
        }

        /**
         * Images from data.
         *
         * @param count how many
         * @param pixels of one image, [channels height width] as the network takes them
         * @return the images in their order
         */
        public Probes given(int count, IntFunction<float[]> pixels) {
            return drawn(count, classes, (start, size) -> {
                int each = image.channels() * image.height() * image.width();
                float[] values = new float[size * each];
                for (int i = 0; i < size; i++) {
                    System.arraycopy(pixels.apply(start + i), 0, values, i * each, each);
                }
                return Tensor.of(values, size, image.channels(), image.height(), image.width()).to(DType.FLOAT64);
            });
        }

        @Override
        public String toString() {
            return "images of " + image.channels() + " x " + image.height() + " x " + image.width() + " in " + classes
                    + " classes";
        }
    }

    /**
     * Pairs of texts, for an encoder and its decoder: [batch 2 tokens].
     *
     * @param vocabulary number of tokens there are
     */
    record Pairs(int vocabulary) implements Inputs {
        @Override
        public Probes random(int count, long seed) {
            return drawn(count, (long) vocabulary * RANDOM_LENGTH, (start, size) -> source(seed, start)
                    .uniform(DType.FLOAT64, 0, vocabulary, size, 2, RANDOM_LENGTH).to(DType.INT64));
        }

        @Override
        public String toString() {
            return "pairs of texts of " + vocabulary + " tokens";
        }
    }

    /**
     * Vectors of numbers.
     *
     * @param inputs how many numbers
     * @param classes number of outputs
     */
    record Vectors(int inputs, int classes) implements Inputs {
        @Override
        public Probes random(int count, long seed) {
            return drawn(count, classes, (start, size) -> source(seed, start).normal(DType.FLOAT64, size, inputs));
        }

        @Override
        public String toString() {
            return "vectors of " + inputs + " numbers in " + classes + " classes";
        }
    }

    /** Makes inputs number {@code start} and after. */
    @FunctionalInterface
    interface Draw {
        /**
         * Makes a batch.
         *
         * @param start number of the first input
         * @param size how many inputs
         * @return the batch, in the current scope
         */
        Tensor batch(int start, int size);
    }

    /**
     * Random inputs: uniformly random tokens, standard normal pixels and numbers.
     *
     * @param count how many
     * @param seed the same seed gives the same inputs
     * @return the inputs
     */
    Probes random(int count, long seed);

    private static Probes drawn(int count, long outputs, Draw draw) {
        List<Supplier<Tensor>> batches = new ArrayList<>();
        int batch = batch(outputs);
        for (int done = 0; done < count; done += batch) {
            int start = done;
            batches.add(() -> draw.batch(start, Math.min(batch, count - start)));
        }
        return new Probes(count, batches);
    }

    private static int batch(long outputs) {
        return Math.clamp(BATCH_OUTPUTS / outputs, 1, Integer.MAX_VALUE);
    }

    private static Random source(long seed, int start) {
        return Random.seeded(Random.childSeed(seed, "probes." + start));
    }
}
