package org.thalweg.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.TensorReader;

/**
 * Where a model's tensors lie in its files: under their own name or another one, or as a slice of a stored tensor that
 * holds several, as files do that keep all experts of a layer in one tensor. Names of the model's tensors are called
 * canonical here; what works on models knows those alone, and files are written as they were read.
 *
 * @param places where each tensor lies, by canonical name
 * @param copies stored tensors that repeat another one, such as a tied head that is stored as well: stored name to
 *     canonical name
 */
public record StoredLayout(Map<String, Place> places, Map<String, String> copies) {
    /**
     * Where one tensor lies.
     *
     * @param stored name of the tensor in the file
     * @param slice which part of it; nothing when it is the whole
     */
    public record Place(String stored, Optional<Slice> slice) {
        /** The whole of a stored tensor. */
        public static Place whole(String stored) {
            return new Place(stored, Optional.empty());
        }

        /** A slice of a stored tensor. */
        public static Place of(String stored, Slice slice) {
            return new Place(stored, Optional.of(slice));
        }
    }

    /**
     * A part of a stored tensor: rows of its first axis ({@link #ofRows}); or one position of its first axis, of which
     * the other two axes may change places, and of that the rows {@code start}, {@code start + step}, and so on. Of
     * [experts 2·width residual] with the gate's rows first, expert 3's gate is {@code (3, false, 0, 1, width)}; of
     * [experts residual 2·width] with columns taking turns, {@code (3, true, 0, 2, width)}. A stored tensor of two axes
     * gives vectors.
     *
     * @param index position on the first axis; {@link #NONE} where the rows are those of the first axis
     * @param transposed whether the axes behind the first change places
     * @param start first row
     * @param step from one row to the next, at least 1
     * @param count how many rows
     */
    public record Slice(long index, boolean transposed, long start, long step, long count) {
        /** No position: the slice is of the whole stored tensor. */
        public static final long NONE = -1;

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException when a position or the count is negative or the step is not positive
         */
        public Slice {
            if (index < NONE || index == NONE && transposed || start < 0 || step < 1 || count < 0) {
                throw new IllegalArgumentException("no slice has index " + index + ", start " + start + ", step " + step
                        + " and count " + count);
            }
        }

        /** Rows of the first axis, one after the other, such as those of three maps in one tensor [out in]. */
        public static Slice ofRows(long start, long count) {
            return new Slice(NONE, false, start, 1, count);
        }

        /** The lengths of a stored tensor's axes, the first one running over positions: one where there are none. */
        long[] shapeOf(long[] stored) {
            return index == NONE ? LongStream.concat(LongStream.of(1), Arrays.stream(stored)).toArray() : stored;
        }

        /** Position on the first axis of {@link #shapeOf}. */
        long position() {
            return index == NONE ? 0 : index;
        }

        /** The rows, in order. */
        LongStream rows() {
            return LongStream.range(0, count).map(row -> start + row * step);
        }

        /** How many rows lie from the first to the last. */
        long span() {
            return count == 0 ? 0 : (count - 1) * step + 1;
        }
    }

    /**
     * Copies the maps.
     *
     * @throws IllegalArgumentException when a copy is of a tensor that is unknown or a slice, or is a place itself
     */
    public StoredLayout {
        places = Collections.unmodifiableMap(new LinkedHashMap<>(places));
        copies = Collections.unmodifiableMap(new LinkedHashMap<>(copies));
        for (Map.Entry<String, String> copy : copies.entrySet()) {
            Place original = places.get(copy.getValue());
            if (original == null || original.slice().isPresent() || original.stored().equals(copy.getKey())) {
                throw new IllegalArgumentException("the stored tensor '" + copy.getKey() + "' can repeat only a whole "
                        + "tensor stored elsewhere, not '" + copy.getValue() + "'");
            }
        }
    }

    /**
     * The layout of files whose tensors have their canonical names.
     *
     * @param tensors their names
     * @return every tensor whole under its own name
     */
    public static StoredLayout plain(Set<String> tensors) {
        Map<String, Place> places = new LinkedHashMap<>();
        tensors.forEach(name -> places.put(name, Place.whole(name)));
        return new StoredLayout(places, Map.of());
    }

    /**
     * Where a tensor lies.
     *
     * @param name its canonical name
     * @return the place
     * @throws WorkFailure when there is no such tensor
     */
    public Place place(String name) {
        return Optional.ofNullable(places.get(name))
                .orElseThrow(() -> new WorkFailure("the model has no tensor " + Shown.name(name) + "."));
    }

    /**
     * Types and shapes of the canonical tensors. Every stored tensor is a copy, or covered exactly once.
     *
     * @param stored types and shapes in the files
     * @return by canonical name, in the order of the stored tensors, those of one stored tensor as in {@link #places}
     * @throws WorkFailure naming the first stored tensor that is missing, not covered, covered twice, or too small for
     *     its slices
     */
    public Map<String, TensorLayout> canonical(Map<String, TensorLayout> stored) {
        Map<String, List<String>> parts = byStored();
        parts.keySet().forEach(name -> requirePresent(name, stored));
        copies.forEach((copy, original) -> requireAlike(copy, place(original).stored(), stored));
        Map<String, TensorLayout> layouts = new LinkedHashMap<>();
        stored.forEach((name, layout) -> {
            if (copies.containsKey(name)) {
                return;
            }
            List<String> inside = parts.getOrDefault(name, List.of());
            if (inside.isEmpty()) {
                throw new WorkFailure("the stored tensor " + Shown.name(name) + " belongs to no tensor of the model; "
                        + "use the specification of this model's own family.");
            }
            if (inside.size() == 1 && place(inside.getFirst()).slice().isEmpty()) {
                layouts.put(inside.getFirst(), layout);
            } else {
                StoredSlices slices = StoredSlices.of(name, layout, places, inside);
                inside.forEach(each -> layouts.put(each, slices.layoutOf(each)));
            }
        });
        return layouts;
    }

    /**
     * Hands over the stored tensors of a model, for writing it as it was read. A stored tensor that holds several is
     * put together and handed over one position of its first axis at a time.
     *
     * @param stored types and shapes in the files, as {@link #canonical} checked them
     * @param tensors the model by canonical names, each in the type that it is stored in
     * @return a source by stored names
     */
    public TensorSource source(Map<String, TensorLayout> stored, TensorReader tensors) {
        Map<String, List<String>> parts = byStored();
        return (name, receiver) -> {
            List<String> inside = copies.containsKey(name) ? List.of(copies.get(name)) : parts.get(name);
            if (inside.size() == 1 && place(inside.getFirst()).slice().isEmpty()) {
                TensorSource.computing(tensors::read).give(inside.getFirst(), receiver);
            } else {
                StoredSlices.of(name, stored.get(name), places, inside).give(tensors, receiver);
            }
        };
    }

    private Map<String, List<String>> byStored() {
        Map<String, List<String>> parts = new LinkedHashMap<>();
        places.forEach((name, place) -> parts.computeIfAbsent(place.stored(), _ -> new ArrayList<>()).add(name));
        return parts;
    }

    private static void requirePresent(String name, Map<String, TensorLayout> stored) {
        if (!stored.containsKey(name)) {
            throw new WorkFailure(
                    "the stored tensor " + Shown.name(name) + " is missing; download the checkpoint again.");
        }
    }

    private static void requireAlike(String copy, String original, Map<String, TensorLayout> stored) {
        requirePresent(copy, stored);
        TensorLayout one = stored.get(copy);
        TensorLayout other = stored.get(original);
        if (!Arrays.equals(one.shape(), other.shape()) || one.type() != other.type()) {
            throw new WorkFailure("the stored tensor " + Shown.name(copy) + " is " + one + " but should repeat "
                    + Shown.name(original) + ", which is " + other + "; convert the checkpoint again.");
        }
    }
}
