package org.thalweg.symmetry;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.SafetensorsWriter;
import org.thalweg.checkpoint.TensorEntry;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.group.GroupElement;
import org.thalweg.group.LinearMap;
import org.thalweg.storage.InputFile;

/**
 * The large matrices of an alignment, one float64 tensor [size size] for each space, in a safetensors file beside the
 * JSON. Written and read without libtorch; one matrix is held at a time beside the alignment itself.
 */
final class AlignmentTensors implements AutoCloseable {
    private static final long MOST_IN_JSON = 4096;
    private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8;
    private static final ValueLayout.OfDouble STORED =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Optional<Path> file;
    private Optional<SafetensorsFile> opened = Optional.empty();

    private AlignmentTensors(Optional<Path> file) {
        this.file = file;
    }

    /** Those of a JSON file; the file beside it is opened when a tensor is asked for. */
    static AlignmentTensors beside(Path json) {
        return new AlignmentTensors(Optional.of(place(json)));
    }

    /** None: text that stands alone. */
    static AlignmentTensors none() {
        return new AlignmentTensors(Optional.empty());
    }

    /** {@code alignment.json} has {@code alignment.safetensors} beside it. */
    private static Path place(Path json) {
        String name = json.getFileName().toString();
        String stem = name.endsWith(".json") ? name.substring(0, name.length() - ".json".length()) : name;
        return json.resolveSibling(stem + ".safetensors");
    }

    /** Whether an element's numbers are kept apart. */
    static boolean holds(GroupElement element) {
        return element instanceof LinearMap && (long) element.size() * element.size() > MOST_IN_JSON;
    }

    /** Writes or replaces the file beside the JSON, when the alignment has large matrices. */
    static void write(Alignment alignment, Path json) {
        Map<String, TensorLayout> layouts = new LinkedHashMap<>();
        alignment.elements().forEach((space, element) -> {
            if (holds(element)) {
                layouts.put(space, layout(element.size()));
            }
        });
        if (layouts.isEmpty()) {
            return;
        }
        String name = json.getFileName().toString();
        if (!name.endsWith(".json") || name.startsWith("model")) {
            throw new IllegalArgumentException("an alignment with large maps needs a file name that ends in .json and "
                    + "does not begin with 'model', which is for weights; '" + name + "' is none");
        }
        SafetensorsWriter.write(place(json), Map.of(), layouts, (space, receiver) ->
                receiver.accept(MemorySegment.ofArray(((LinearMap) alignment.element(space)).entries())));
    }

    private static TensorLayout layout(int size) {
        return new TensorLayout(ElementType.F64, new long[] {size, size});
    }

    /**
     * The entries of a matrix.
     *
     * @throws IllegalArgumentException when the file, the tensor, its type or its shape is not as it should be
     */
    double[] entries(String name, int size) {
        Path place = file.orElseThrow(() ->
                new IllegalArgumentException("it names a tensor, but this is text without a file of tensors"));
        if (opened.isEmpty() && !Files.isRegularFile(place)) {
            throw new IllegalArgumentException("it names a tensor, but there is no " + place + "; copy that file too");
        }
        SafetensorsFile tensors = opened.orElseGet(() -> SafetensorsFile.open(place));
        opened = Optional.of(tensors);
        TensorLayout found = Optional.ofNullable(tensors.tensors().get(name))
                .map(TensorEntry::layout)
                .orElseThrow(() -> new IllegalArgumentException(place + " does not have the tensor that it names"));
        if (!found.equals(layout(size))) {
            throw new IllegalArgumentException("its tensor in " + place + " is " + found.type()
                    + Arrays.toString(found.shape()) + ", expected " + layout(size));
        }
        if ((long) size * size > LARGEST_ARRAY) {
            throw new IllegalArgumentException("a matrix of " + size + " rows is too large");
        }
        double[] entries = new double[size * size];
        try {
            tensors.give(name, bytes -> MemorySegment.copy(bytes, STORED, 0, entries, 0, entries.length));
        } catch (IOException refused) {
            throw new IllegalArgumentException("cannot read " + place + ": " + InputFile.reason(refused), refused);
        }
        return entries;
    }

    @Override
    public void close() {
        opened.ifPresent(SafetensorsFile::close);
    }
}
