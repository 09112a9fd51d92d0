package org.thalweg.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;

/** Where the content of a {@link DurableFile} goes: a buffered stream that takes native memory without copying it. */
public final class FileOutput extends BufferedOutputStream {
    private static final long LARGEST_WRITE = 1 << 28;

    private final FileChannel channel;

    /**
     * Writes to a channel from where it stands.
     *
     * @param channel open for writing; the caller closes it
     */
    public FileOutput(FileChannel channel) {
        super(Channels.newOutputStream(channel), 1 << 16);
        this.channel = channel;
    }

    /**
     * Writes memory.
     *
     * @param bytes outside the heap, of any length; not changed
     * @throws IOException when the disk refuses
     */
    public void write(MemorySegment bytes) throws IOException {
        flush();
        for (long at = 0; at < bytes.byteSize(); at += LARGEST_WRITE) {
            ByteBuffer part = bytes.asSlice(at, Math.min(LARGEST_WRITE, bytes.byteSize() - at)).asByteBuffer();
            while (part.hasRemaining()) {
                channel.write(part);
            }
        }
    }
}
