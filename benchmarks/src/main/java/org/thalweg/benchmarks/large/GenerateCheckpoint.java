package org.thalweg.benchmarks.large;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.thalweg.benchmarks.Measured;
import org.thalweg.benchmarks.Options;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.checkpoint.TensorSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Random;

/**
 * Writes a language model of chance in the size of a published one, to measure commands on. Options
 * {@code shape=S out=DIR seed=1}, the shape as {@link ModelShape#of} reads it; or
 * {@code like=DIR noise=0.1 out=DIR seed=1} for a partner of a bfloat16 checkpoint that is there: the same weights
 * with Gaussian noise of the given part of each tensor's root mean square.
 *
 * <p>Weights are normal with variance 1/inputs, embeddings with variance 1, gains log-normal around 1 with deviation
 * 0.3. A number depends on the seed, its tensor's name and its place alone. Files hold at most 2 GB. Nothing but a
 * block of 32 MiB is in memory. Prints one JSON document.
 */
public final class GenerateCheckpoint {
    private static final long SHARD = 2_000_000_000L;
    private static final int BLOCK = 1 << 24;
    private static final int PART = 1 << 17;
    private static final double GAIN_DEVIATION = 0.3;
    private static final String EMBEDDING = "embed_tokens.weight";

    private GenerateCheckpoint() {}

    /**
     * Runs the program.
     *
     * @param arguments options as above
     */
    public static void main(String[] arguments) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("shape", "S");
        defaults.put("like", "");
        defaults.put("noise", "0.1");
        defaults.put("out", "");
        defaults.put("seed", 1);
        Options options = Options.of(arguments, defaults);
        if (options.text("out").isEmpty()) {
            throw new WrongUse("say where the checkpoint is to stand: out=DIR.");
        }
        Path out = Path.of(options.text("out"));
        long start = System.nanoTime();
        long bytes = options.text("like").isEmpty()
                ? write(ModelShape.of(options.text("shape")), options.get("seed"), out)
                : writePartner(Path.of(options.text("like")), noise(options.text("noise")), options.get("seed"), out);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.println(Measured.json(Map.of(
                "out", out.toString(), "bytes", bytes, "seconds", seconds, "mb_per_second", bytes / 1e6 / seconds)));
    }

    private static double noise(String text) {
        if (!text.matches("\\d{1,2}(\\.\\d{1,9})?")) {
            throw new WrongUse("noise is '" + text + "', expected a number such as 0.1.");
        }
        return Double.parseDouble(text);
    }

    /**
     * Writes a new model.
     *
     * @param shape its sizes
     * @param seed of all weights
     * @param out where it is to stand; must not be there
     * @return bytes of its tensors
     * @throws WorkFailure when something is there or the disk refuses
     */
    static long write(ModelShape shape, long seed, Path out) {
        Map<String, TensorLayout> tensors = shape.tensors();
        return write(out, shape.config(), tensors, (name, receiver) -> {
            TensorLayout layout = tensors.get(name);
            long key = key(seed, name);
            short[] table = NormalNumbers.stored(distribution(name, layout.shape()));
            give(numbers(layout), receiver, (block, first) -> draw(block, first, key, table));
        });
    }

    /**
     * Writes a partner of a checkpoint.
     *
     * @param like a checkpoint whose tensors are all bfloat16; not changed
     * @param noise deviation of the noise in units of each tensor's root mean square
     * @param seed of the noise
     * @param out where it is to stand; must not be there
     * @return bytes of its tensors
     * @throws WorkFailure when tensors are of another type, something is there already, or the disk refuses
     */
    static long writePartner(Path like, double noise, long seed, Path out) {
        Checkpoint source = Checkpoint.open(like);
        source.tensors().forEach((name, layout) -> {
            if (layout.type() != ElementType.BF16) {
                throw new WorkFailure(like + " has tensor '" + name + "' of type " + layout.type()
                        + ", expected BF16; give a checkpoint that this program wrote.");
            }
        });
        return write(out, source.config(), source.tensors(), (name, receiver) -> {
            try (SafetensorsFile file = SafetensorsFile.open(source.fileOf(name))) {
                MemorySegment bytes = file.bytes(name);
                long count = bytes.byteSize() / Short.BYTES;
                float deviation = (float) (noise * rootMeanSquare(bytes));
                long key = key(seed, "noise." + name);
                give(count, receiver, (block, first) -> {
                    MemorySegment.copy(bytes, ValueLayout.JAVA_SHORT_UNALIGNED, first * Short.BYTES,
                            block, 0, block.length);
                    disturb(block, first, key, deviation);
                });
            }
        });
    }

    private static long write(Path out, ObjectNode config, Map<String, TensorLayout> tensors, TensorSource source) {
        CheckpointWriter.write(out, new CheckpointContent(config, Map.of(), tensors, source),
                CheckpointOptions.defaults().with(new Sharding.UpTo(SHARD)));
        return tensors.values().stream().mapToLong(TensorLayout::bytes).sum();
    }

    private static long key(long seed, String name) {
        return Random.childSeed(seed, name) * 0x9E3779B97F4A7C15L;
    }

    private static long numbers(TensorLayout layout) {
        return layout.bytes() / Short.BYTES;
    }

    private static NormalNumbers.FloatFunction distribution(String name, long[] shape) {
        if (shape.length == 1) {
            return number -> (float) Math.exp(GAIN_DEVIATION * number);
        }
        float deviation = name.endsWith(EMBEDDING) ? 1 : (float) (1 / Math.sqrt(shape[1]));
        return number -> deviation * number;
    }

    /** Makes the numbers of a tensor from a place on. */
    @FunctionalInterface
    private interface Maker {
        void fill(short[] block, long first);
    }

    private static void give(long count, TensorSource.Receiver receiver, Maker maker) throws IOException {
        for (long first = 0; first < count; first += BLOCK) {
            short[] block = new short[(int) Math.min(BLOCK, count - first)];
            maker.fill(block, first);
            receiver.accept(MemorySegment.ofArray(block));
        }
    }

    private static void inParts(int length, IntConsumer part) {
        IntStream.range(0, Math.ceilDiv(length, PART)).parallel().map(index -> index * PART).forEach(part);
    }

    private static void draw(short[] block, long first, long key, short[] table) {
        inParts(block.length, start -> {
            int end = Math.min(block.length, start + PART);
            int i = start;
            for (; i + 4 <= end; i += 4) {
                long bits = NormalNumbers.bits(key, (first + i) >>> 2);
                block[i] = table[(int) bits & 0xffff];
                block[i + 1] = table[(int) (bits >>> 16) & 0xffff];
                block[i + 2] = table[(int) (bits >>> 32) & 0xffff];
                block[i + 3] = table[(int) (bits >>> 48)];
            }
            for (int last = 0; i < end; i++, last++) {
                block[i] = table[(int) (NormalNumbers.bits(key, (first + i) >>> 2) >>> (16 * last)) & 0xffff];
            }
        });
    }

    private static void disturb(short[] block, long first, long key, float deviation) {
        inParts(block.length, start -> {
            int end = Math.min(block.length, start + PART);
            long bits = 0;
            for (int i = start; i < end; i++) {
                bits = (i & 3) == 0 ? NormalNumbers.bits(key, (first + i) >>> 2) : bits >>> 16;
                float noise = deviation * NormalNumbers.quantile((int) bits & 0xffff);
                block[i] = NormalNumbers.bfloat16(NormalNumbers.number(block[i]) + noise);
            }
        });
    }

    /** Summed part by part in the order of the parts, so that it does not depend on the number of threads. */
    private static double rootMeanSquare(MemorySegment bytes) {
        long count = bytes.byteSize() / Short.BYTES;
        double sum = 0;
        for (long first = 0; first < count; first += BLOCK) {
            short[] block = new short[(int) Math.min(BLOCK, count - first)];
            MemorySegment.copy(bytes, ValueLayout.JAVA_SHORT_UNALIGNED, first * Short.BYTES, block, 0, block.length);
            double[] parts = new double[Math.ceilDiv(block.length, PART)];
            inParts(block.length, start -> parts[start / PART] = squares(block, start));
            for (double part : parts) {
                sum += part;
            }
        }
        return Math.sqrt(sum / count);
    }

    private static double squares(short[] block, int start) {
        int end = Math.min(block.length, start + PART);
        double even = 0;
        double odd = 0;
        for (int i = start; i + 1 < end; i += 2) {
            double one = NormalNumbers.number(block[i]);
            double next = NormalNumbers.number(block[i + 1]);
            even += one * one;
            odd += next * next;
        }
        double last = (end - start) % 2 == 0 ? 0 : NormalNumbers.number(block[end - 1]);
        return even + odd + last * last;
    }
}
