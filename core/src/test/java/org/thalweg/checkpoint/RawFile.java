package org.thalweg.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors bytes laid out by hand, so that tests do not depend on the writer they test. */
record RawFile(byte[] bytes) {
    static RawFile of(String header, byte... data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return withLength(json.length, json, data);
    }

    static RawFile withLength(long stated, byte[] json, byte... data) {
        return new RawFile(ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(stated)
                .put(json)
                .put(data)
                .array());
    }

    Path in(Path directory) throws IOException {
        return Files.write(directory.resolve("raw.safetensors"), bytes);
    }
}
