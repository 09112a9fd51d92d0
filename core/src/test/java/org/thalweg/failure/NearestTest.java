package org.thalweg.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void aSlipOfTheKeyIsNearestToWhatWasMeant() {
        List<String> known = List.of("normalize", "density", "weight", "lambda");
        assertThat(Nearest.to("nomalize", known)).isEqualTo("normalize");
        assertThat(Nearest.to("wieght", known)).isEqualTo("weight");
        assertThat(Nearest.to("densities", known)).isEqualTo("density");
    }

    @Test
    void ofSeveralAsNearTheFirstInTheAlphabetIsTaken() {
        assertThat(Nearest.to("b", List.of("c", "a"))).isEqualTo("a");
    }

    @Test
    void aNameOfManyMegabytesTakesNoTime() {
        assertThat(Nearest.to("x".repeat(10_000_000), List.of("a", "x"))).isEqualTo("x");
    }
}
