package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.FileOutput;

/** Bytes that are written on another thread. */
class WriteBehindTest {
    @TempDir
    private Path directory;

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("thalweg-files")).count();
    }

    private FileChannel channel() throws IOException {
        return FileChannel.open(directory.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** A thread whose work has ended is counted for a moment more. */
    private static void requireThreads(long expected) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (threads() != expected && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(threads()).isEqualTo(expected);
    }

    @Test
    void allBytesArriveInOrderWhateverTheirPortions() throws IOException {
        byte[] expected = new byte[(5 << 23) + 12_345];
        new Random(1).nextBytes(expected);
        long before = threads();
        try (FileChannel channel = channel(); FileOutput out = new FileOutput(channel)) {
            out.write(expected, 0, 3);
            try (WriteBehind behind = new WriteBehind(out, expected.length)) {
                int portion = 1;
                for (int at = 3; at < expected.length; at += portion, portion = Math.min(portion * 3, 20_000_001)) {
                    int length = Math.min(portion, expected.length - at);
                    behind.accept(MemorySegment.ofArray(expected).asSlice(at, length));
                    portion = length;
                }
                behind.finish();
            }
        }
        assertThat(Files.readAllBytes(directory.resolve("f"))).isEqualTo(expected);
        requireThreads(before);
    }

    @Test
    void aDiskThatRefusesEndsTheWork() throws IOException {
        long before = threads();
        try (FileChannel channel = channel(); FileOutput out = new FileOutput(channel)) {
            channel.close();
            assertThatThrownBy(() -> {
                try (WriteBehind behind = new WriteBehind(out, 1L << 40)) {
                    while (true) {
                        behind.accept(MemorySegment.ofArray(new byte[1 << 20]));
                    }
                }
            }).isInstanceOf(ClosedChannelException.class);
        }
        requireThreads(before);
    }

    @Test
    void aTensorThatCannotBeMadeLeavesNoFileAndNoThread() throws IOException {
        Path path = directory.resolve("m.safetensors");
        TensorLayout layout = new TensorLayout(ElementType.U8, new long[] {20_000_000});
        long before = threads();
        assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of(), Map.of("a", layout, "b", layout),
                (name, receiver) -> {
                    receiver.accept(MemorySegment.ofArray(new byte[20_000_000]));
                    if (name.equals("b")) {
                        throw new WorkFailure("tensor 'b' cannot be made; choose another.");
                    }
                })).isInstanceOf(WorkFailure.class).hasMessageContaining("'b'");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
        requireThreads(before);
    }
}
