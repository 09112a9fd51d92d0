package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClaimTest {
    @Test
    void aDirectionHoldsBeyondTwoStandardErrors() {
        assertThat(Claim.above("a", "b", new double[] {1, 2, 3}, 0).holds()).isEqualTo(Claim.Holds.YES);
        assertThat(Claim.above("a", "b", new double[] {-1, -2, -3}, 0).holds()).isEqualTo(Claim.Holds.NO);
        assertThat(Claim.above("a", "b", new double[] {-1, 2, 0}, 0).holds()).isEqualTo(Claim.Holds.NOT_SHOWN);
        assertThat(Claim.below("a", "b", new double[] {1, 2, 3}, 5).holds()).isEqualTo(Claim.Holds.YES);
        assertThat(Claim.below("a", "b", new double[] {1, 2, 3}, 1).holds()).isEqualTo(Claim.Holds.NOT_SHOWN);
        assertThat(Claim.below("a", "b", new double[] {1, 2, 3}, 0).holds()).isEqualTo(Claim.Holds.NO);
    }

    @Test
    void meanAndSampleDeviationAreOverSeeds() {
        Claim claim = Claim.above("a", "b", new double[] {1, 2, 3}, 0);
        assertThat(claim.ourValue()).isEqualTo(2);
        assertThat(claim.ourDeviation()).isEqualTo(1);
        assertThat(claim.seeds()).isEqualTo(3);
    }

    @Test
    void ofOneSeedNothingIsShown() {
        assertThat(Claim.above("a", "b", new double[] {7}, 0).holds()).isEqualTo(Claim.Holds.NOT_SHOWN);
    }
}
