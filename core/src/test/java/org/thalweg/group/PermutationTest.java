package org.thalweg.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PermutationTest {
    @Test
    void ordersAreListedLexicographically() {
        assertThat(Permutation.all(3)).extracting(Permutation::toString).containsExactly(
                "Permutation[0, 1, 2]", "Permutation[0, 2, 1]", "Permutation[1, 0, 2]",
                "Permutation[1, 2, 0]", "Permutation[2, 0, 1]", "Permutation[2, 1, 0]");
        assertThat(Permutation.all(0)).hasSize(1);
        assertThatThrownBy(() -> Permutation.all(9)).hasMessage("all orders are listed for 0 to 8 positions, not 9");
    }
}
