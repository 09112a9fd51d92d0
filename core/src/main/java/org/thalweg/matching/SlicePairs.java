package org.thalweg.matching;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.thalweg.tensor.ReadAhead;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Slices of both models that belong together, read when asked for, a few tensors at a time. */
final class SlicePairs {
    private final List<Source> sources = new ArrayList<>();

    /**
     * Some slices that are read together.
     *
     * @param tensors of A that they are cut from
     * @param isLarge whether they are read ahead
     * @param pairs reads them, in the scope that is open
     */
    record Source(Set<String> tensors, boolean isLarge, Supplier<List<SlicePair>> pairs) {
        /** Copies the set. */
        Source {
            tensors = new LinkedHashSet<>(tensors);
        }
    }

    void add(Source source) {
        sources.add(source);
    }

    /** All of them, in the scope that is open. */
    List<SlicePair> read() {
        return sources.stream().flatMap(source -> source.pairs().get().stream()).toList();
    }

    /** Whether some of the tensors have so many numbers that reading them takes time. */
    boolean areLarge() {
        return sources.stream().anyMatch(Source::isLarge);
    }

    /** Reads one source after the other, large ones while the one before is worked on, and frees each after. */
    void forEach(Predicate<Source> wanted, BiConsumer<Source, SlicePair> work) {
        List<Supplier<Read>> readings = new ArrayList<>();
        sources.stream().filter(wanted)
                .forEach(source -> readings.add(() -> new Read(source, source.pairs().get())));
        if (areLarge()) {
            new ReadAhead<>(Read::tensors).forEach(readings, read -> read.give(work));
            return;
        }
        for (Supplier<Read> reading : readings) {
            try (Scope scope = Scope.open()) {
                reading.get().give(work);
            }
        }
    }

    /** A source that was read. */
    private record Read(Source source, List<SlicePair> pairs) {
        List<Tensor> tensors() {
            return pairs.stream().flatMap(pair -> Stream.of(pair.reference().values(), pair.model().values())).toList();
        }

        void give(BiConsumer<Source, SlicePair> work) {
            try (Scope scope = Scope.open()) {
                pairs.forEach(pair -> work.accept(source, pair));
            }
        }
    }
}
