package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.thalweg.failure.WorkFailure;

class MemoryPlanTest {
    @Test
    void theBoundIsTwoMatricesOfTheLargestSpaceAndSixTensors() {
        MemoryPlan plan = new MemoryPlan(14336, 32000L * 4096 * 2, 0);
        assertThat(plan.bytes()).isEqualTo((2L << 30) + 8L * 14336 * 14336 + 6L * 32000 * 4096 * 2);
        assertThat(plan.isLarge()).isTrue();
        assertThat(plan.describe()).startsWith("5.00 GiB (2 GiB, two matrices of 14,336 x 14,336");
    }

    @Test
    void workThatWouldNotFitIsRefusedInASentence() {
        MemoryPlan plan = new MemoryPlan(100, 1000, 0);
        plan.require(3L << 30);
        assertThat(plan.isLarge()).isFalse();
        assertThatThrownBy(() -> plan.require(1L << 30)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("may take 2.00 GiB").hasMessageContaining("and 1.00 GiB is allowed; raise");
    }

    @Test
    void anAssignmentProblemLargerThanTheHeapIsRefusedWithTheOptionThatHelps() {
        assertThatThrownBy(() -> new MemoryPlan(400_000, 1000, 0).require(Long.MAX_VALUE))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("400,000 positions").hasMessageContaining("THALWEG_JAVA_OPTIONS=-Xmx597g");
    }

    @Test
    void methodsThatRunModelsCountThem() {
        MemoryPlan plan = new MemoryPlan(100, 1000, 3L << 30);
        assertThat(plan.bytes()).isEqualTo(new MemoryPlan(100, 1000, 0).bytes() + (3L << 30));
        assertThat(plan.describe()).contains("3.00 GiB to run the models");
    }
}
