package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SequencedSet;
import org.junit.jupiter.api.Test;
import org.thalweg.group.Permutation;

class OrderSampleTest {
    @Test
    void allOrdersOfFewExpertsAreMeasured() {
        OrderSample sample = new OrderSample(4, 1, 4, 0);
        assertThat(sample.size()).isEqualTo(24);
        assertThat(sample.orders(List.of(new Permutation(new int[] {3, 2, 1, 0})), 1))
                .containsExactlyInAnyOrderElementsOf(Permutation.all(4));
    }

    @Test
    void ordersOfMoreExpertsAreDrawnWithTheChosenOnesAmongThem() {
        OrderSample sample = new OrderSample(16, 1, 4, 24);
        Permutation chosen = new Permutation(new int[] {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
        SequencedSet<Permutation> orders = sample.orders(List.of(chosen), 1);
        assertThat(orders).hasSize(24).startsWith(chosen);
        assertThat(sample.size()).isEqualTo(24);
        assertThat(sample.orders(List.of(chosen), 1)).isEqualTo(orders);
        assertThat(sample.orders(List.of(chosen), 2)).isNotEqualTo(orders);
    }

    @Test
    void noMoreAreDrawnThanThereAre() {
        OrderSample sample = new OrderSample(3, 1, 2, 100);
        assertThat(sample.size()).isEqualTo(6);
        assertThat(sample.orders(List.of(), 1)).containsExactlyInAnyOrderElementsOf(Permutation.all(3));
    }

    @Test
    void ordersKeepGroupsTogether() {
        OrderSample all = new OrderSample(6, 3, 6, 0);
        assertThat(all.possible()).isEqualTo(48);
        assertThat(all.size()).isEqualTo(48);
        assertThat(all.orders(List.of(), 1)).hasSize(48)
                .contains(new Permutation(new int[] {4, 5, 1, 0, 2, 3}))
                .doesNotContain(new Permutation(new int[] {1, 2, 0, 3, 4, 5}));
        OrderSample drawn = new OrderSample(16, 4, 4, 24);
        assertThat(drawn.possible()).isEqualTo(24 * Math.pow(24, 4));
        assertThat(drawn.orders(List.of(), 1)).hasSize(24).allSatisfy(order -> {
            for (int place = 0; place < 16; place++) {
                assertThat(order.image(place) / 4).isEqualTo(order.image(place / 4 * 4) / 4);
            }
        });
        assertThat(new OrderSample(3, 3, 2, 100).size()).isEqualTo(6);
    }

    @Test
    void withoutASampleMoreExpertsAreNotRanked() {
        OrderSample sample = new OrderSample(5, 1, 4, 0);
        assertThat(sample.size()).isZero();
        assertThat(sample.orders(List.of(Permutation.identity(5)), 1)).isEmpty();
    }
}
