package org.thalweg.matching;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkingType;

/** Slices of both models that belong together, read when asked for, a few tensors at a time. */
final class SlicePairs {
    private final List<Source> sources = new ArrayList<>();

    /**
     * Some slices that are read together.
     *
     * @param tensors of A that they are cut from
     * @param pairs reads them, in the scope that is open
     */
    record Source(Set<String> tensors, Supplier<List<SlicePair>> pairs) {
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

    /** The type in which large tensors are compared, see {@link WorkingType}; float64 where there is none. */
    DType type(SpaceTree tree) {
        try (Scope scope = Scope.open()) {
            return sources.stream()
                    .filter(source -> source.tensors().stream().anyMatch(tree::isLarge))
                    .limit(1)
                    .flatMap(source -> source.pairs().get().stream())
                    .map(pair -> pair.reference().values().dtype())
                    .findFirst()
                    .orElse(DType.FLOAT64);
        }
    }

    /** Reads one source after the other, and frees each before the next. */
    void forEach(Predicate<Source> wanted, BiConsumer<Source, SlicePair> work) {
        for (Source source : sources) {
            if (wanted.test(source)) {
                try (Scope scope = Scope.open()) {
                    source.pairs().get().forEach(pair -> work.accept(source, pair));
                }
            }
        }
    }
}
