package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class SafetensorsFuzzProperties {
    private static final long SMALL_CONSTANT = 1 << 20;
    private static final byte[] VALID = RawFile.of(
                    "{\"__metadata__\":{\"format\":\"pt\"},"
                            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[8,12]},"
                            + "\"c\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[12,13]}}  ",
                    new byte[13])
            .bytes();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void flippedBytesAreRefusedOrRead(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int draw = 0; draw < 60; draw++) {
            byte[] damaged = VALID.clone();
            damage(damaged, random);
            isRefusedOrRead(damaged);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void replacedDigitsAndPunctuationAreRefusedOrRead(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] alphabet = "0123456789[]{},:\"-e".getBytes(StandardCharsets.US_ASCII);
        for (int draw = 0; draw < 60; draw++) {
            byte[] damaged = VALID.clone();
            random.ints(1 + draw % 4, 8, damaged.length - 13)
                    .forEach(place -> damaged[place] = alphabet[random.nextInt(alphabet.length)]);
            isRefusedOrRead(damaged);
        }
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        for (int length = 0; length < VALID.length; length++) {
            assertThat(isRefusedOrRead(Arrays.copyOf(VALID, length))).as("length %d", length).isFalse();
        }
        assertThat(isRefusedOrRead(VALID)).isTrue();
        assertThat(isRefusedOrRead(Arrays.copyOf(VALID, VALID.length + 1))).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void randomIndexesAndConfigurationsAreRefusedOrRead(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int draw = 0; draw < 30; draw++) {
            byte[] damaged = "{\"metadata\":{\"total_size\":4},\"weight_map\":{\"a\":\"model-1.safetensors\"}}"
                    .getBytes(StandardCharsets.UTF_8);
            damage(damaged, random);
            read(damaged, ShardIndex::read);
        }
    }

    /** Any value at one to six places. */
    private static void damage(byte[] bytes, SplittableRandom random) {
        random.ints(random.nextInt(1, 7), 0, bytes.length).forEach(place -> bytes[place] = (byte) random.nextInt());
    }

    private static boolean isRefusedOrRead(byte[] bytes) throws IOException {
        return read(bytes, path -> {
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                for (String name : file.tensors().keySet()) {
                    MemorySegment tensor = file.bytes(name);
                    assertThat(tensor.byteSize()).isLessThanOrEqualTo(bytes.length);
                    file.firstNonFinite(name);
                }
            }
        });
    }

    private static boolean read(byte[] bytes, Consumer<Path> reader) throws IOException {
        Path path = Files.createTempFile("fuzz", ".safetensors");
        try {
            Files.write(path, bytes);
            Reading reading = Reading.of(path, reader);
            if (reading.allocated() > 2L * bytes.length + SMALL_CONSTANT) {
                // The first use of a class loads it; what the input itself costs shows the second time.
                reading = Reading.of(path, reader);
            }
            assertThat(reading.allocated()).isLessThan(2L * bytes.length + SMALL_CONSTANT);
            return reading.done();
        } finally {
            Files.delete(path);
        }
    }

    private record Reading(boolean done, long allocated) {
        static Reading of(Path path, Consumer<Path> reader) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            boolean done = true;
            try {
                reader.accept(path);
            } catch (WorkFailure refused) {
                assertThat(refused.getMessage()).hasSizeLessThan(800).doesNotContain("\n");
                done = false;
            }
            return new Reading(done, threads.getCurrentThreadAllocatedBytes() - before);
        }
    }
}
