package org.thalweg.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A safetensors file of any size, mapped into memory for reading. The whole header is checked on opening: every
 * tensor's type, shape and place, no overlaps, no holes, and the file's length. Opening takes time and memory in
 * proportion to the header; data are touched only when asked for. May be read by several threads; closing unmaps the
 * file.
 *
 * <p>Format: 8 bytes little-endian length of the header, the header in JSON, the data (huggingface/safetensors).
 */
public final class SafetensorsFile implements AutoCloseable, TensorSource {
    private static final long LONGEST_HEADER = 100_000_000;
    private static final long LARGEST_READ = 1 << 28;
    /** Bytes that are scanned at a time: a multiple of every element's size, and what caches hold. */
    private static final long SCANNED = 1 << 19;
    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final byte[] LFS_POINTER = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    private final Path file;
    private final Arena arena;
    private final FileChannel channel;
    private final long start;
    private final MemorySegment data;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path file, Arena arena, FileChannel channel) throws IOException {
        this.file = file;
        this.arena = arena;
        this.channel = channel;
        MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        long headerBytes = headerBytes(file, whole);
        this.start = 8 + headerBytes;
        this.data = whole.asSlice(start);
        this.header = SafetensorsHeader.parse(
                file, whole.asSlice(8, headerBytes).toArray(ValueLayout.JAVA_BYTE), data.byteSize());
    }

    /**
     * Maps a file and checks its header.
     *
     * @param file the file
     * @return the open file; close it
     * @throws WorkFailure when it cannot be read or is not as the format says, naming the tensor concerned
     */
    public static SafetensorsFile open(Path file) {
        try {
            return opened(file, InputFile.channel(file));
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        } catch (InternalError fault) {
            throw cutWhileRead(file, fault);
        }
    }

    private static SafetensorsFile opened(Path file, FileChannel channel) throws IOException {
        Arena arena = Arena.ofShared();
        Optional<SafetensorsFile> opened = Optional.empty();
        try {
            opened = Optional.of(new SafetensorsFile(file, arena, channel));
            return opened.get();
        } finally {
            if (opened.isEmpty()) {
                arena.close();
                channel.close();
            }
        }
    }

    /** Which file this is. */
    public Path path() {
        return file;
    }

    /** The strings under {@code __metadata__}, in the file's order; empty when there are none. Cannot be changed. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** Every tensor's type, shape and place by name, in the header's order. Cannot be changed. */
    public Map<String, TensorEntry> tensors() {
        return header.tensors();
    }

    /**
     * A tensor's bytes in the mapped file, little-endian and row-major, without a copy and without libtorch.
     *
     * @param name the tensor's name
     * @return a read-only view, valid until this file is closed
     * @throws WorkFailure when the file has no such tensor
     */
    public MemorySegment bytes(String name) {
        TensorEntry entry = entry(name);
        return data.asSlice(entry.begin(), entry.end() - entry.begin());
    }

    /**
     * Copies a tensor into native memory, in the type it is stored in.
     *
     * @param name the tensor's name
     * @return a tensor of its own, independent of the file
     * @throws WorkFailure when the file has no such tensor, or one of a type that cannot be computed with
     */
    public Tensor read(String name) {
        TensorEntry entry = entry(name);
        return read(name, entry.begin(), entry.layout());
    }

    /**
     * Copies a slice of a tensor into native memory, in the type it is stored in. Of a slice whose axes stay, only the
     * bytes from its first to its last row are read; else those of its position on the first axis.
     *
     * @param name the tensor's name; it has two or three axes, one fewer where the slice is of rows alone
     * @param slice which part
     * @return [rows] or [rows columns], a tensor of its own
     * @throws WorkFailure when the file has no such tensor, or one of a type that cannot be computed with
     */
    public Tensor read(String name, StoredLayout.Slice slice) {
        TensorEntry entry = entry(name);
        long[] shape = slice.shapeOf(entry.shape());
        long columns = shape.length == 3 ? shape[2] : 1;
        boolean rowsAlone = !slice.transposed();
        long first = slice.position() * shape[1] + (rowsAlone ? slice.start() : 0);
        long rows = rowsAlone ? slice.span() : shape[1];
        TensorLayout part = new TensorLayout(
                entry.type(), shape.length == 3 ? new long[] {rows, columns} : new long[] {rows});
        try (Scope scope = Scope.open()) {
            Tensor read = read(name, entry.begin() + first * columns * entry.type().bits() / Byte.SIZE, part);
            Tensor turned = rowsAlone ? read : read.transpose(0, 1);
            long start = rowsAlone ? 0 : slice.start();
            Tensor chosen = slice.step() == 1
                    ? turned.narrow(0, start, slice.count())
                    : turned.indexSelect(0, Tensor.of(
                            LongStream.range(0, slice.count()).map(row -> start + row * slice.step()).toArray(),
                            slice.count()));
            return scope.keep(chosen.contiguous());
        }
    }

    private Tensor read(String name, long begin, TensorLayout layout) {
        DType dtype = layout.type().dtype().orElseThrow(() -> new WorkFailure(
                "tensor " + Shown.name(name) + " in " + file + " has element type " + layout.type()
                        + ", which cannot be computed with; convert the model to one of "
                        + ElementType.computable() + "."));
        try {
            return Tensor.filledBy(memory -> fill(memory, begin), dtype, layout.shape());
        } catch (WorkFailure cut) {
            throw cut;
        } catch (RuntimeException | OutOfMemoryError refused) {
            throw new WorkFailure("cannot hold tensor " + Shown.name(name) + " of " + layout + " from "
                    + file + " in memory, " + layout.bytes()
                    + " bytes; free memory or load fewer tensors at once.", refused);
        }
    }

    /** Reads into memory rather than mapping: pages of the file do not count as this process's. */
    private void fill(MemorySegment memory, long begin) {
        try {
            for (long at = 0; at < memory.byteSize();) {
                long length = Math.min(LARGEST_READ, memory.byteSize() - at);
                int read = channel.read(memory.asSlice(at, length).asByteBuffer(), start + begin + at);
                if (read <= 0) {
                    throw new EOFException(file + " ended");
                }
                at += read;
            }
        } catch (IOException cut) {
            throw cutWhileRead(file, cut);
        }
    }

    /**
     * Hands over a tensor's bytes in the mapped file, so that tensors can be copied to another file unchanged.
     *
     * @throws WorkFailure when the file has no such tensor or is cut while it is read
     */
    @Override
    public void give(String name, Receiver receiver) throws IOException {
        TensorEntry entry = entry(name);
        try (Arena passing = Arena.ofConfined()) {
            receiver.accept(map(entry.begin(), entry.end(), passing));
        } catch (InternalError fault) {
            throw cutWhileRead(file, fault);
        }
    }

    /**
     * The first element of a tensor that is NaN or infinite, without libtorch.
     *
     * @param name the tensor's name
     * @return its index in row-major order, or nothing when all are finite or the type has no such values
     * @throws WorkFailure when the file has no such tensor or is cut while it is read
     */
    public OptionalLong firstNonFinite(String name) {
        TensorEntry entry = entry(name);
        long length = entry.end() - entry.begin();
        try (Arena passing = Arena.ofConfined()) {
            MemorySegment block = passing.allocate(Math.min(SCANNED, length), Long.BYTES);
            for (long at = 0; at < length; at += block.byteSize()) {
                MemorySegment part = block.asSlice(0, Math.min(block.byteSize(), length - at));
                fill(part, entry.begin() + at);
                OptionalLong found = StoredNumbers.firstNonFinite(entry.type(), part);
                if (found.isPresent()) {
                    return OptionalLong.of(at * Byte.SIZE / entry.type().bits() + found.getAsLong());
                }
            }
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
        } catch (IOException refused) {
            throw new WorkFailure("cannot close " + file + ": " + refused.getMessage() + ".", refused);
        }
    }

    /** One tensor mapped by itself: pages that were read leave memory with the arena, not when the file is closed. */
    private MemorySegment map(long begin, long end, Arena passing) {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY,
                    start + begin, end - begin, passing);
        } catch (IOException refused) {
            throw cutWhileRead(file, refused);
        }
    }

    private TensorEntry entry(String name) {
        return Optional.ofNullable(tensors().get(name)).orElseThrow(() -> new WorkFailure(
                file + " has no tensor " + Shown.name(name) + "; it has " + Shown.names(tensors().keySet()) + "."));
    }

    private static long headerBytes(Path file, MemorySegment whole) {
        if (startsWith(whole, LFS_POINTER)) {
            throw new WorkFailure(
                    file + " is a Git LFS pointer, not the model itself; run 'git lfs pull' where it came from.");
        }
        if (whole.byteSize() < 8) {
            throw SafetensorsHeader.invalid(
                    file,
                    "it has " + whole.byteSize() + " bytes, fewer than the 8 before the header",
                    Optional.empty());
        }
        long stated = whole.get(LENGTH, 0);
        if (stated < 0 || stated > whole.byteSize() - 8 || stated > LONGEST_HEADER) {
            throw SafetensorsHeader.invalid(file, "its first 8 bytes announce a header of "
                    + Long.toUnsignedString(stated) + " bytes, but the file has " + whole.byteSize()
                    + " and a header at most " + LONGEST_HEADER, Optional.empty());
        }
        return stated;
    }

    private static boolean startsWith(MemorySegment whole, byte[] prefix) {
        return whole.byteSize() >= prefix.length
                && whole.asSlice(0, prefix.length).mismatch(MemorySegment.ofArray(prefix)) < 0;
    }

    private static WorkFailure cutWhileRead(Path file, Throwable fault) {
        return new WorkFailure(
                file + " became shorter or unreadable while it was being read; make sure nothing writes to it.", fault);
    }
}
