package org.thalweg.training;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.Stopped;
import org.thalweg.storage.Digest;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Examples as the first trained stage takes them. What the frozen stages in front of it make is computed once for all
 * epochs and kept, in memory or in a file: both give the same bits. Where examples are changed anew in every epoch, or
 * there is room nowhere, the frozen stages run whenever they are asked for; there batches are of other sizes, so that
 * last digits can differ.
 */
final class FrozenPrefix implements AutoCloseable {
    /** Examples run at once. */
    private static final int BLOCK = 512;

    /** Numbers that a block's results have at most: 64 MiB of float32. */
    private static final long LARGEST_BLOCK = 1L << 24;

    private final FrozenStages stages;
    private final Seen seen;
    private final Optional<Rows> rows;

    private FrozenPrefix(FrozenStages stages, Seen seen, Optional<Rows> rows) {
        this.stages = stages;
        this.seen = seen;
        this.rows = rows;
    }

    /**
     * Examples as epochs see them, which are counted from 0.
     *
     * @param byEpoch what an epoch sees
     * @param copies different ones that epochs take in turn; 0 for another one in every epoch
     * @param name tells those apart that a training has, and trainings whose changes of examples differ
     */
    record Seen(LongFunction<Examples> byEpoch, int copies, String name) {
        Examples at(long epoch) {
            return byEpoch.apply(epoch);
        }
    }

    /**
     * What is kept.
     *
     * @param kept example after example, of the first copy, then of the next
     * @param row of one example
     * @param size examples of a copy
     * @param copies that epochs take in turn
     */
    private record Rows(PrefixStore.Lease kept, FrozenStages.Row row, int size, int copies) {
        Tensor of(int[] indices, long epoch) {
            long bytes = row.bytes();
            long first = epoch % copies * size;
            return Tensor.filledBy(batch -> {
                for (int i = 0; i < indices.length; i++) {
                    MemorySegment.copy(kept.all(), (first + indices[i]) * bytes, batch, i * bytes, bytes);
                }
            }, row.dtype(), row.times(indices.length));
        }
    }

    /**
     * Runs the frozen stages, where there are any and what they make can be kept and is not there already.
     *
     * @param stages in front of the first trained one
     * @param seen the examples
     * @param room where to keep what they make
     * @param monitor told of where that is; may ask for an end
     * @return the examples; close them
     * @throws Stopped when the monitor asked for it
     */
    static FrozenPrefix of(FrozenStages stages, Seen seen, PrefixRoom room, Monitor monitor) {
        if (stages.to() == 0) {
            return new FrozenPrefix(stages, seen, Optional.empty());
        }
        String named = "the frozen stages in front of " + stages.network().stageName(stages.to());
        if (seen.copies == 0) {
            monitor.noted(named + " run in every step, since examples are changed anew in every epoch; with the key "
                    + "'copies' so many changed copies of each would be made once and kept.");
            return new FrozenPrefix(stages, seen, Optional.empty());
        }
        int size = seen.at(0).size();
        FrozenStages.Row row = stages.row(seen.at(0));
        long count = Math.multiplyExact((long) size, seen.copies);
        Digest key = Digest.ofText(String.join("\n",
                room.examples(), seen.name, size + " x " + seen.copies, row.words(), stages.digest().hex()));
        PrefixStore.Wanted wanted = new PrefixStore.Wanted(key, Math.multiplyExact(row.bytes(), count), named,
                String.format(Locale.ROOT, "%,d", count));
        int together = Math.clamp(LARGEST_BLOCK / row.elements(), 1, BLOCK);
        return new FrozenPrefix(stages, seen, room.store()
                .get(wanted, sink -> fill(stages, seen, together, new Outlet(sink, monitor)), monitor)
                .map(kept -> new Rows(kept, row, size, seen.copies)));
    }

    /** Where blocks go, and who may ask for an end. */
    private record Outlet(PrefixStore.Sink sink, Monitor monitor) {}

    private static void fill(FrozenStages stages, Seen seen, int together, Outlet outlet) throws IOException {
        for (int copy = 0; copy < seen.copies; copy++) {
            Examples examples = seen.at(copy);
            for (int first = 0; first < examples.size(); first += together) {
                if (outlet.monitor.stopRequested()) {
                    throw new Stopped();
                }
                try (Scope scope = Scope.open()) {
                    int[] block = IntStream.range(first, Math.min(examples.size(), first + together)).toArray();
                    outlet.sink.take(stages.run(examples, block).contiguousBytes());
                }
            }
        }
    }

    /**
     * Some examples as the first trained stage takes them.
     *
     * @param indices which, in order
     * @param epoch counted from 0
     * @return what that stage takes, in the current scope
     */
    Tensor of(int[] indices, long epoch) {
        return rows.map(kept -> kept.of(indices, epoch)).orElseGet(() -> stages.run(seen.at(epoch), indices));
    }

    /**
     * All examples as the first epoch sees them, for evaluation.
     *
     * @param batch examples of a batch
     * @return the set from the first trained stage on, in the current scope
     */
    EvaluationSet inOrder(int batch) {
        Examples examples = seen.at(0);
        List<EvaluationSet.Batch> batches = new ArrayList<>();
        for (int first = 0; first < examples.size(); first += batch) {
            int[] indices = IntStream.range(first, Math.min(examples.size(), first + batch)).toArray();
            batches.add(new EvaluationSet.Batch(of(indices, 0), examples.labels(indices)));
        }
        return new EvaluationSet(stages.to(), batches);
    }

    @Override
    public void close() {
        rows.ifPresent(kept -> kept.kept.close());
    }
}
