package org.thalweg.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;
import org.thalweg.tensor.Parameters;

/**
 * Writes safetensors files that appear whole or not at all. Tensors are streamed, one in memory at a time; while one is
 * made, the one before is written. The same
 * input gives the same bytes: metadata are sorted by key; tensors keep the given order among those of equal element
 * size, larger elements first, so that every tensor is aligned to its elements (the header is padded to 8 bytes).
 */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private SafetensorsWriter() {}

    /**
     * Writes or replaces a file with tensors that are in memory.
     *
     * @param file the file
     * @param metadata strings for {@code __metadata__}; left out when empty
     * @param parameters the tensors, not changed; NaN and infinities are written as they are
     * @throws WorkFailure when the disk refuses
     */
    public static void write(Path file, Map<String, String> metadata, Parameters parameters) {
        write(file, metadata, layouts(parameters), TensorSource.of(parameters));
    }

    /**
     * Writes or replaces a file with tensors that are handed over one by one.
     *
     * @param file the file
     * @param metadata strings for {@code __metadata__}; left out when empty
     * @param tensors type and shape of each tensor by name
     * @param source asked once for each, in the order they are stored
     * @throws WorkFailure when the disk refuses
     * @throws IllegalArgumentException when the source gives more or fewer bytes than the layout takes, or a tensor has
     *     the reserved name {@code __metadata__}
     */
    public static void write(
            Path file, Map<String, String> metadata, Map<String, TensorLayout> tensors, TensorSource source) {
        if (tensors.containsKey("__metadata__")) {
            throw new IllegalArgumentException("no tensor can be named __metadata__ in a safetensors file");
        }
        List<Map.Entry<String, TensorLayout>> stored = storageOrder(tensors);
        DurableFile.write(file, out -> {
            byte[] header = header(metadata, stored);
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
            out.write(header);
            long bytes = stored.stream().mapToLong(tensor -> tensor.getValue().bytes()).sum();
            try (WriteBehind behind = new WriteBehind(out, bytes)) {
                for (Map.Entry<String, TensorLayout> tensor : stored) {
                    stream(tensor.getKey(), tensor.getValue().bytes(), source, behind);
                }
                behind.finish();
            }
        });
    }

    static Map<String, TensorLayout> layouts(Parameters parameters) {
        Map<String, TensorLayout> layouts = new LinkedHashMap<>();
        parameters.asMap().forEach((name, tensor) -> layouts.put(name, TensorLayout.of(tensor)));
        return layouts;
    }

    static List<Map.Entry<String, TensorLayout>> storageOrder(Map<String, TensorLayout> tensors) {
        return tensors.entrySet().stream()
                .sorted(Comparator.comparingInt(tensor -> -tensor.getValue().type().bits()))
                .toList();
    }

    private static byte[] header(Map<String, String> metadata, List<Map.Entry<String, TensorLayout>> tensors)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart("__metadata__");
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long begin = 0;
            for (Map.Entry<String, TensorLayout> tensor : tensors) {
                long end = Math.addExact(begin, tensor.getValue().bytes());
                json.writeObjectFieldStart(tensor.getKey());
                json.writeStringField("dtype", tensor.getValue().type().name());
                json.writeFieldName("shape");
                long[] shape = tensor.getValue().shape();
                json.writeArray(shape, 0, shape.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {begin, end}, 0, 2);
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        int written = bytes.size();
        byte[] padded = Arrays.copyOf(bytes.toByteArray(), (written + 7) / 8 * 8);
        Arrays.fill(padded, written, padded.length, (byte) ' ');
        return padded;
    }

    private static void stream(String name, long expected, TensorSource source, TensorSource.Receiver out)
            throws IOException {
        long[] given = new long[1];
        source.give(name, bytes -> {
            given[0] += bytes.byteSize();
            if (given[0] <= expected) {
                out.accept(bytes);
            }
        });
        if (given[0] != expected) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' takes " + expected + " bytes, but " + given[0] + " were given");
        }
    }
}
