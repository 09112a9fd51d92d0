package org.thalweg.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * The slices that make up one stored tensor: at each position of its first axis rows that cover it exactly once.
 *
 * @param stored its name
 * @param layout its type and shape
 * @param shape its axes, the first of which runs over positions
 * @param slices by canonical name
 * @param positions for each position of the first axis the names of its slices
 */
record StoredSlices(
        String stored, TensorLayout layout, long[] shape, Map<String, StoredLayout.Slice> slices,
        List<List<String>> positions) {
    /**
     * Checks the slices.
     *
     * @throws WorkFailure when they do not cover the tensor exactly once
     */
    static StoredSlices of(
            String stored, TensorLayout layout, Map<String, StoredLayout.Place> places, List<String> names) {
        long[] shape = places.get(names.getFirst()).slice().map(slice -> slice.shapeOf(layout.shape()))
                .orElse(layout.shape());
        if (shape.length != 2 && shape.length != 3) {
            throw refused(stored, layout, "which has not the two or three axes of a tensor that holds several");
        }
        Map<String, StoredLayout.Slice> slices = new LinkedHashMap<>();
        List<List<String>> positions = new ArrayList<>();
        for (long position = 0; position < shape[0]; position++) {
            positions.add(new ArrayList<>());
        }
        for (String name : names) {
            Optional<StoredLayout.Slice> slice = places.get(name).slice();
            if (slice.isEmpty() || slice.get().position() >= positions.size()
                    || slice.get().shapeOf(layout.shape()).length != shape.length) {
                throw refused(stored, layout, "of which " + Shown.name(name) + " can be no slice beside others");
            }
            slices.put(name, slice.get());
            positions.get((int) slice.get().position()).add(name);
        }
        StoredSlices all = new StoredSlices(stored, layout, shape, slices, positions);
        for (List<String> inside : positions) {
            all.requireCovered(inside);
        }
        return all;
    }

    private void requireCovered(List<String> inside) {
        if (inside.stream().map(name -> slices.get(name).transposed()).distinct().count() != 1
                || shape.length == 2 && slices.get(inside.getFirst()).transposed()) {
            throw refused(stored, layout, "whose slices at one position are none, or differ in their axes");
        }
        long rows = rows(slices.get(inside.getFirst()).transposed());
        if (inside.stream().mapToLong(name -> slices.get(name).count()).sum() != rows) {
            throw refused(stored, layout,
                    "of which " + Shown.names(inside) + " do not take " + rows + " rows together");
        }
        boolean[] taken = new boolean[Math.toIntExact(rows)];
        for (String name : inside) {
            slices.get(name).rows().forEach(row -> {
                if (row >= rows || taken[(int) row]) {
                    throw refused(stored, layout, "of which " + Shown.name(name) + " takes row " + row
                            + ", which does not exist or is another tensor's");
                }
                taken[(int) row] = true;
            });
        }
    }

    private long rows(boolean transposed) {
        return shape[transposed ? 2 : 1];
    }

    /** Type and shape of a slice. */
    TensorLayout layoutOf(String name) {
        StoredLayout.Slice slice = slices.get(name);
        return new TensorLayout(layout.type(), shape.length == 2
                ? new long[] {slice.count()}
                : new long[] {slice.count(), shape[slice.transposed() ? 1 : 2]});
    }

    /** Puts the tensor together and hands it over, one position of the first axis at a time. */
    void give(TensorReader tensors, TensorSource.Receiver receiver) throws IOException {
        for (List<String> inside : positions) {
            try (Scope scope = Scope.open()) {
                receiver.accept(together(inside, tensors).contiguousBytes());
            }
        }
    }

    private Tensor together(List<String> inside, TensorReader tensors) {
        boolean transposed = slices.get(inside.getFirst()).transposed();
        long[] standsAt = new long[Math.toIntExact(rows(transposed))];
        int next = 0;
        for (String name : inside) {
            for (long row : slices.get(name).rows().toArray()) {
                standsAt[(int) row] = next++;
            }
        }
        Tensor rows = Tensor.concatenate(inside.stream().map(tensors::read).toList(), 0);
        Tensor ordered = isAscending(standsAt) ? rows : rows.indexSelect(0, Tensor.of(standsAt, standsAt.length));
        return transposed ? ordered.transpose(0, 1) : ordered;
    }

    private static boolean isAscending(long[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] != i) {
                return false;
            }
        }
        return true;
    }

    private static WorkFailure refused(String stored, TensorLayout layout, String why) {
        return new WorkFailure("the stored tensor " + Shown.name(stored) + " has the shape "
                + Arrays.toString(layout.shape()) + ", " + why + "; use the specification of this model's own family.");
    }
}
