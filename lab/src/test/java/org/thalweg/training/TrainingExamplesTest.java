package org.thalweg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Scope;

class TrainingExamplesTest {
    private static final Augmentation FLIPPED = new Augmentation(0, true, 0);
    private static final TextExamples TEXTS =
            new TextExamples(List.of(IntStream.range(0, 41).toArray()), 41, 4, 4);

    @Test
    void everyExampleIsInOneOfTheTwoPartsAndTheSeedDecidesInWhich() {
        TrainingExamples split = TrainingExamples.of(TEXTS, Augmentation.NONE, 0.3, 5);
        int[] heldOut = ((SomeExamples) split.heldOut().orElseThrow()).which();
        int[] train = ((SomeExamples) split.train()).which();
        assertThat(heldOut).hasSize(3);
        assertThat(IntStream.concat(Arrays.stream(heldOut), Arrays.stream(train)).sorted().toArray())
                .isEqualTo(IntStream.range(0, 10).toArray());
        TrainingExamples again = TrainingExamples.of(TEXTS, Augmentation.NONE, 0.3, 5);
        assertThat(((SomeExamples) again.train()).which()).isEqualTo(train);
        TrainingExamples other = TrainingExamples.of(TEXTS, Augmentation.NONE, 0.3, 6);
        assertThat(((SomeExamples) other.train()).which()).isNotEqualTo(train);
        assertThat(TrainingExamples.of(TEXTS, Augmentation.NONE, 0, 5).train()).isSameAs(TEXTS);
    }

    @Test
    void onlyThoseThatAreTrainedOnAreChanged() {
        ImageExamples images = ToyImages.examples(8);
        TrainingExamples split = TrainingExamples.of(images, FLIPPED, 0.5, 5);
        int[] all = IntStream.range(0, 16).toArray();
        try (Scope scope = Scope.open()) {
            assertThat(split.train().seenWith(1).inputs(all).sameAs(split.train().inputs(all))).isFalse();
            assertThat(split.heldOut().orElseThrow().seenWith(1)).isSameAs(split.heldOut().orElseThrow());
        }
    }

    @Test
    void textsCannotBeFlipped() {
        assertThatThrownBy(() -> TrainingExamples.of(TEXTS, FLIPPED, 0, 5)).isInstanceOf(WrongUse.class)
                .hasMessage("crop, flip and jitter change images as their data set has them, and these examples are "
                        + "others; remove the keys.");
    }
}
