package org.thalweg.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * Compares the tensors of two models, one of each in memory at a time.
 *
 * @param a A
 * @param b B
 */
record TensorComparison(DiffedModel a, DiffedModel b) {
    /** Names, types and shapes are read from headers; then every tensor that both have once. */
    TensorDifference measure(WorkObserver observer) {
        Map<String, TensorLayout> first = a.tensors();
        Map<String, TensorLayout> second = b.tensors();
        Map<String, TensorLayout> both = new LinkedHashMap<>(first);
        both.keySet().retainAll(second.keySet());
        List<TensorDifference.Layouts> shapes = new ArrayList<>();
        List<TensorDifference.Layouts> types = new ArrayList<>();
        List<String> alike = new ArrayList<>();
        Set<String> buffers = new HashSet<>(a.buffers());
        buffers.addAll(b.buffers());
        both.forEach((name, layout) -> {
            TensorLayout other = second.get(name);
            boolean sameShape = Arrays.equals(layout.shape(), other.shape());
            if (!sameShape) {
                shapes.add(new TensorDifference.Layouts(name, layout, other));
            }
            if (layout.type() != other.type()) {
                types.add(new TensorDifference.Layouts(name, layout, other));
            }
            if (sameShape && !buffers.contains(name)) {
                alike.add(name);
            }
        });
        Measured measured = new Measured();
        observer.began("measuring", alike.size());
        try (CheckpointReader readerOfA = a.checkpoint().reader(a.layout());
                CheckpointReader readerOfB = b.checkpoint().reader(b.layout())) {
            for (int i = 0; i < alike.size(); i++) {
                String name = alike.get(i);
                if (first.get(name).type().dtype().isPresent() && second.get(name).type().dtype().isPresent()) {
                    measured.add(name, readerOfA, readerOfB);
                } else {
                    measured.left.add(notMeasured(name, first.get(name), second.get(name)));
                }
                observer.reached(i + 1L);
            }
        }
        return new TensorDifference(both.size(), without(first, second), without(second, first), shapes, types,
                measured.distances, measured.notFinite, measured.left);
    }

    private static List<String> without(Map<String, TensorLayout> these, Map<String, TensorLayout> those) {
        return these.keySet().stream().filter(name -> !those.containsKey(name)).toList();
    }

    private static final class Measured {
        private final List<WeightDistance> distances = new ArrayList<>();
        private final List<TensorDifference.NotFinite> notFinite = new ArrayList<>();
        private final List<TensorDifference.NotMeasured> left = new ArrayList<>();

        private void add(String name, CheckpointReader readerOfA, CheckpointReader readerOfB) {
            try (Scope scope = Scope.open()) {
                Tensor one = readerOfA.read(name);
                Tensor other = readerOfB.read(name);
                WeightDistance distance = WeightDistance.of(name, one, other);
                boolean inA = !distance.isFinite() && !one.isFinite();
                boolean inB = !distance.isFinite() && !other.isFinite();
                if (distance.isFinite()) {
                    distances.add(distance);
                } else if (inA || inB) {
                    notFinite.add(new TensorDifference.NotFinite(name, inA, inB));
                } else {
                    left.add(new TensorDifference.NotMeasured(name, "the squares of its numbers overflow", false));
                }
            }
        }
    }

    private TensorDifference.NotMeasured notMeasured(String name, TensorLayout one, TensorLayout other) {
        String type = (one.type().dtype().isEmpty() ? one : other).type().name();
        boolean equal = one.type() == other.type() && sameBytes(a.layout().place(name), b.layout().place(name));
        return new TensorDifference.NotMeasured(name, "elements of type " + type + " cannot be computed with", equal);
    }

    /** Slices of such types are not taken apart. */
    private boolean sameBytes(StoredLayout.Place one, StoredLayout.Place other) {
        if (one.slice().isPresent() || other.slice().isPresent()) {
            return false;
        }
        try (SafetensorsFile first = opened(a.checkpoint(), one.stored());
                SafetensorsFile second = opened(b.checkpoint(), other.stored())) {
            return first.bytes(one.stored()).mismatch(second.bytes(other.stored())) < 0;
        }
    }

    private static SafetensorsFile opened(Checkpoint checkpoint, String stored) {
        return SafetensorsFile.open(checkpoint.fileOf(stored));
    }
}
