package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlocksTest {
    private final int before = Engine.threadsPerOperation();

    @AfterEach
    void takeAsManyThreadsAsBefore() {
        Engine.useThreadsPerOperation(before);
    }

    @Test
    void blocksCoverTheAxisOnceAndHoldAtMost65536NumbersOrOnePosition() {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Tensor.zeros(DType.FLOAT32, 1000, 300);
            List<Blocks.Block> blocks = Blocks.of(matrix).map(block -> block);
            long next = 0;
            for (Blocks.Block block : blocks) {
                assertThat(block.first()).isEqualTo(next);
                assertThat(block.of(matrix).size()).isBetween(1L, 65_536L);
                next += block.count();
            }
            assertThat(next).isEqualTo(1000);
            assertThat(Blocks.along(0, Tensor.zeros(DType.FLOAT32, 2, 100_000)).map(Blocks.Block::count))
                    .containsExactly(1L, 1L);
        }
    }

    @Test
    void theAxisThatIsCutLeavesBlocksSmallAndTogetherInMemory() {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Tensor.zeros(DType.FLOAT32, 1000, 300);
            assertThat(Blocks.of(matrix).axis()).isZero();
            assertThat(Blocks.of(matrix.transpose(0, 1)).axis()).isOne();
            assertThat(Blocks.of(Tensor.zeros(DType.FLOAT32, 1, 1000, 300)).axis()).isOne();
            assertThat(Blocks.of(Tensor.zeros(DType.FLOAT32, 2, 400, 300)).axis()).isOne();
            assertThat(Blocks.of(Tensor.zeros(DType.FLOAT32, 2, 100_000)).axis()).isOne();
        }
    }

    @Test
    void sumsAreTheSameToTheBitWithOneThreadAndWithTwo() {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Random.seeded(1).normal(DType.FLOAT64, 3000, 700);
            Engine.useThreadsPerOperation(1);
            double[] one = columnSums(matrix);
            double square = InnerProducts.squareOf(matrix);
            Engine.useThreadsPerOperation(2);
            assertThat(columnSums(matrix)).isEqualTo(one);
            assertThat(InnerProducts.squareOf(matrix)).isEqualTo(square);
            assertThat(Tensor.of(one, 700).subtract(matrix.sum(0, false)).abs().max()).isLessThan(1e-10);
        }
    }

    private static double[] columnSums(Tensor matrix) {
        return Blocks.of(matrix).sum(block -> block.of(matrix).sum(0, false).toDoubles());
    }

    @Test
    void whatIsWrittenToBlocksIsInTheTensor() {
        Engine.useThreadsPerOperation(2);
        try (Scope scope = Scope.open()) {
            Tensor matrix = Random.seeded(1).normal(DType.FLOAT32, 3000, 700);
            Tensor copy = Tensor.zeros(DType.FLOAT32, 3000, 700);
            Blocks.of(matrix).forEach(block -> block.of(copy).copyInPlace(block.of(matrix)));
            assertThat(copy.sameAs(matrix)).isTrue();
        }
    }
}
