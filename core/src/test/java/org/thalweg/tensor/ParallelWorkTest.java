package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WorkFailure;

class ParallelWorkTest {
    private final int before = Engine.threadsPerOperation();

    @BeforeEach
    void takeTwoThreads() {
        Engine.useThreadsPerOperation(2);
    }

    @AfterEach
    void takeAsManyAsBefore() {
        Engine.useThreadsPerOperation(before);
    }

    @Test
    void resultsComeByNumberAndEachPieceIsDoneOnce() {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        List<Integer> squares = ParallelWork.map(100, piece -> {
            assertThat(seen.add(piece)).isTrue();
            return piece * piece;
        });
        assertThat(squares).isEqualTo(IntStream.range(0, 100).map(piece -> piece * piece).boxed().toList());
        assertThat(ParallelWork.map(0, piece -> piece)).isEmpty();
    }

    @Test
    void twoPiecesRunAtOnceAndTheirOperationsTakeOneThread() {
        CyclicBarrier both = new CyclicBarrier(2);
        List<Integer> threads = ParallelWork.map(2, _ -> {
            await(both);
            return Engine.threadsPerOperation();
        });
        assertThat(threads).containsExactly(1, 1);
        assertThat(Engine.threadsPerOperation()).isEqualTo(2);
    }

    @Test
    void withOneThreadTheCallerDoesAll() {
        Engine.useThreadsPerOperation(1);
        assertThat(ParallelWork.map(3, _ -> Thread.currentThread())).containsOnly(Thread.currentThread());
    }

    @Test
    void noPieceIsWorkedOnAnyMoreWhenAnotherHasFailed() {
        AtomicInteger underway = new AtomicInteger();
        CyclicBarrier both = new CyclicBarrier(2);
        assertThatThrownBy(() -> ParallelWork.forEach(2, piece -> {
            underway.incrementAndGet();
            await(both);
            if (piece == 0) {
                underway.decrementAndGet();
                throw new WorkFailure("stop.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            underway.decrementAndGet();
        })).isInstanceOf(WorkFailure.class).hasMessage("stop.");
        assertThat(underway).hasValue(0);
    }

    private static void await(CyclicBarrier both) {
        try {
            both.await(1, TimeUnit.MINUTES);
        } catch (Exception alone) {
            throw new IllegalStateException(alone);
        }
    }

    @Test
    void aFailureIsThrownWhenAllThreadsHaveEndedAndNoFurtherPieceBegins() {
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        assertThatThrownBy(() -> ParallelWork.map(1_000_000, piece -> {
            begun.add(piece);
            if (piece == 3) {
                throw new WorkFailure("stop.");
            }
            return piece;
        })).isInstanceOf(WorkFailure.class).hasMessage("stop.");
        assertThat(begun).hasSizeLessThan(1_000_000);
        assertThat(Engine.threadsPerOperation()).isEqualTo(2);
    }
}
