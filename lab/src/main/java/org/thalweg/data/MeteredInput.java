package org.thalweg.data;

import java.io.IOException;
import java.io.InputStream;

/** A stream that breaks off once it has given more bytes than it may: the guard behind a decompressor. */
final class MeteredInput extends InputStream {
    /** Thrown at the limit, so that it can be told from damage. */
    static final class LimitReached extends IOException {
        private LimitReached(long limit) {
            super("more than " + limit + " bytes when unpacked");
        }
    }

    private final InputStream in;
    private final long limit;
    private long given;

    MeteredInput(InputStream in, long limit) {
        this.in = in;
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        int value = in.read();
        if (value >= 0) {
            count(1);
        }
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = in.read(target, offset, length);
        if (read > 0) {
            count(read);
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void count(int read) throws IOException {
        given += read;
        if (given > limit) {
            throw new LimitReached(limit);
        }
    }
}
