package org.thalweg.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.thalweg.data.LabelledCorpus;
import org.thalweg.tensor.Scope;

class LabelledTextExamplesTest {
    @Test
    void theAnswerBehindTheLastTokenCountsAlone() {
        LabelledTextExamples examples = new LabelledTextExamples(new LabelledCorpus.Part(
                List.of(new int[] {5, 6, 7}, new int[] {8}), new int[] {1, 2}), 3, 4);
        assertThat(examples.size()).isEqualTo(2);
        assertThat(examples.classes()).isEqualTo(3);
        try (Scope scope = Scope.open()) {
            assertThat(examples.inputs(new int[] {1, 0}).shape()).containsExactly(2, 4);
            assertThat(examples.inputs(new int[] {1, 0}).toLongs()).containsExactly(8, 0, 0, 0, 5, 6, 7, 0);
            assertThat(examples.labels(new int[] {1, 0}).toLongs())
                    .containsExactly(2, -100, -100, -100, -100, -100, 1, -100);
        }
    }
}
