package org.thalweg.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.thalweg.merging.Given.nothing;
import static org.thalweg.merging.Given.overBase;
import static org.thalweg.merging.Given.vector;
import static org.thalweg.merging.Given.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** What is made of differences from a base, where nothing is drawn at random. */
class TaskVectorMethodsTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void free() {
        scope.close();
    }

    private static Merged merge(
            String name, ModelTensors tensors, Map<String, ?> shared, List<? extends Map<String, ?>> own) {
        MergeMethod method = MergeMethods.named(name);
        return method.merge(tensors, Given.values(method, shared, own));
    }

    private static void assertClose(Merged merged, double... expected) {
        assertThat(merged.tensor().toDoubles()).containsExactly(expected, within(1e-12));
    }

    private static Tensor zeros(int size) {
        return Tensor.zeros(DType.FLOAT64, size);
    }

    @Test
    void taskArithmeticDividesByTheSumOfWeightsUnlessItIsZeroAndSaysSo() {
        ModelTensors tensors = overBase(vector(1, 1), vector(2, 1), vector(1, 5));
        assertClose(merge("task_arithmetic", tensors, Map.of("lambda", 2), weights(1, 3)), 3, 25);
        Merged divided = merge("task_arithmetic", tensors, Map.of("normalize", true), weights(1, 3));
        assertClose(divided, 1.25, 4);
        assertThat(divided.notes()).isEmpty();
        Merged cancelled = merge("task_arithmetic", tensors, Map.of("normalize", true), weights(1, -1));
        assertClose(cancelled, 2, -3);
        assertThat(cancelled.notes()).singleElement().asString().contains("sum to 0");
    }

    @Test
    void tiesKeepsTheLargestMagnitudesAndOfEqualOnesTheFirst() {
        Tensor model = vector(1, -3, 2, 2, 2, -0.5);
        for (int kept = 1; kept <= 3; kept++) {
            Merged merged = merge("ties", overBase(zeros(6), model), Map.of(),
                    List.of(Map.of("weight", 0.7, "density", kept / 6.0 + 0.01)));
            assertClose(merged, 0, -3, kept > 1 ? 2 : 0, kept > 2 ? 2 : 0, 0, 0);
        }
    }

    @Test
    void tiesKeepsOneNumberAtLeastUnlessTheDensityIsZero() {
        ModelTensors tensors = overBase(zeros(3), vector(1, -3, 2));
        assertClose(merge("ties", tensors, Map.of(), List.of(Map.of("weight", 1, "density", 1e-9))), 0, -3, 0);
        assertClose(merge("ties", tensors, Map.of(), List.of(Map.of("weight", 1, "density", 0))), 0, 0, 0);
    }

    @Test
    void tiesSumsWhatAgreesWithTheElectedSignAndAZeroAgreesWithNothing() {
        ModelTensors tensors = overBase(zeros(3), vector(4, -1, 0), vector(-1, -3, 2), vector(2, 9, -2));
        assertClose(merge("ties", tensors, Map.of(), weights(1, 1, 1)), 3, 9, 2);
        assertClose(merge("ties", tensors, Map.of("normalize", false), weights(1, 1, 1)), 6, 9, 2);
        assertClose(merge("ties", tensors, Map.of("lambda", 0.5), weights(2, 1, 0)), 2, -5 / 6.0, 1);
    }

    @Test
    void tiesDoesNotDivideWhereAgreeingWeightsSumToZero() {
        ModelTensors tensors = overBase(zeros(1), vector(2), vector(-2));
        assertClose(merge("ties", tensors, Map.of(), weights(1, -1)), 4);
    }

    @Test
    void rescalingKeepsTheSumOfMagnitudes() {
        ModelTensors tensors = overBase(zeros(4), vector(1, -2, 3, -4));
        assertClose(merge("ties", tensors, Map.of("rescale", true), List.of(Map.of("weight", 1, "density", 0.5))),
                0, 0, 30 / 7.0, -40 / 7.0);
        assertClose(merge("ties", tensors, Map.of("rescale", "l1"), List.of(Map.of("weight", 1, "density", 0.5))),
                0, 0, 30 / 7.0, -40 / 7.0);
    }

    @Test
    void inverseDensityIsRefusedWhereNoTwoNumbersHaveOneProbability() {
        for (String name : List.of("ties", "breadcrumbs", "breadcrumbs_ties", "della", "della_linear")) {
            assertThatThrownBy(() -> merge(name, overBase(zeros(1), vector(1)),
                    Map.of("rescale", "inverse-density"), weights(1)))
                    .isInstanceOf(WrongUse.class).hasMessageContaining("inverse-density");
        }
        assertThatThrownBy(() -> merge(
                "dare_ties", overBase(zeros(1), vector(1)), Map.of("rescale", "l2"), weights(1)))
                .isInstanceOf(WrongUse.class).hasMessageContaining("'l2'");
    }

    @Test
    void breadcrumbsDropsTheLargestAndTheSmallest() {
        ModelTensors tensors = overBase(zeros(5), vector(5, -1, 4, -2, 3));
        for (String name : List.of("breadcrumbs", "breadcrumbs_ties")) {
            assertClose(merge(name, tensors, Map.of(),
                    List.of(Map.of("weight", 2, "density", 0.6, "gamma", 0.2))), 0, 0, 8, -4, 6);
            assertClose(merge(name, tensors, Map.of(),
                    List.of(Map.of("weight", 2, "density", 0.4, "gamma", 0.2))), 0, 0, 8, 0, 6);
        }
    }

    @Test
    void breadcrumbsDropsNoneOfTheLargestWhereTheirShareIsLessThanOne() {
        ModelTensors tensors = overBase(zeros(5), vector(5, -1, 4, -2, 3));
        assertClose(merge("breadcrumbs", tensors, Map.of(),
                List.of(Map.of("weight", 1, "density", 0.6, "gamma", 0.1))), 5, 0, 4, 0, 3);
    }

    @Test
    void breadcrumbsDropsFewerOfTheLargestWhereTheDensityAsksForThem() {
        ModelTensors tensors = overBase(zeros(5), vector(5, -1, 4, -2, 3));
        assertClose(merge("breadcrumbs", tensors, Map.of(),
                List.of(Map.of("weight", 1, "density", 0.8, "gamma", 0.6))), 0, -1, 4, -2, 3);
    }

    @Test
    void sharesOutsideOfZeroToOneAreRefused() {
        ModelTensors tensors = overBase(zeros(1), vector(1));
        for (double density : new double[] {-0.1, 1.1}) {
            assertThatThrownBy(() -> merge(
                    "ties", tensors, Map.of(), List.of(Map.of("weight", 1, "density", density))))
                    .isInstanceOf(WrongUse.class).hasMessageContaining("'density' is " + density);
        }
        assertThatThrownBy(() -> merge(
                "della", tensors, Map.of(), List.of(Map.of("weight", 1, "density", 0.9, "epsilon", 0.15))))
                .isInstanceOf(WrongUse.class).hasMessageContaining("epsilon");
        assertClose(merge("della", tensors, Map.of(),
                List.of(Map.of("weight", 1, "density", 1, "epsilon", 0.15))), 1);
    }

    @Test
    void sceKeepsThePlacesThatVaryMost() {
        // Variances 1, 0, 4 and 0.25: half of the three that are not 0 is one.
        ModelTensors tensors = overBase(zeros(4), vector(1, 5, 3, 1), vector(-1, 5, -1, 2));
        assertClose(merge("sce", tensors, Map.of("select_topk", 0.5), nothing(2)), 0, 0, 3, 0);
    }

    @Test
    void sceWeighsModelsByTheirSquaresAndAveragesWhatAgrees() {
        ModelTensors tensors = overBase(zeros(2), vector(2, 2), vector(1, -1));
        assertClose(merge("sce", tensors, Map.of(), nothing(2)), 1.8, 2);
    }

    @Test
    void sceOfOneModelKeepsAllOfItOrNothing() {
        ModelTensors tensors = overBase(vector(1, 1), vector(2, 0));
        assertClose(merge("sce", tensors, Map.of(), nothing(1)), 2, 0);
        assertClose(merge("sce", tensors, Map.of("select_topk", 0.9), nothing(1)), 1, 1);
    }

    @Test
    void nearswapTakesWhatIsNearAndMovesTowardsWhatIsFar() {
        ModelTensors tensors = overBase(vector(1, 1, 1, 1), vector(1.05, 3, -1, 1));
        Merged merged = merge("nearswap", tensors, Map.of("t", 0.1), nothing(1));
        assertClose(merged, 1.05, 1.1, 0.9, 1);
        assertThat(merged.tensor().toDoubles()[0]).isEqualTo(1.05);
        assertThatThrownBy(() -> merge("nearswap", tensors, Map.of("t", -1), nothing(1)))
                .isInstanceOf(WrongUse.class).hasMessageContaining("'t' is -1.0");
    }

    @Test
    void arceeFusionKeepsWhatStandsOut() {
        // One row, so that all differences have the same factor; quartiles are 0.03, 0.05 and 0.07.
        double[] numbers = {0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 1};
        double[] only = new double[9];
        only[8] = 1;
        assertClose(merge("arcee_fusion", overBase(zeros(9), vector(numbers)), Map.of(), nothing(1)), only);
    }

    @Test
    void arceeFusionMattersMoreInARowThatChangesMore() {
        Tensor base = Tensor.zeros(DType.FLOAT64, 4, 2);
        // A row that is shifted almost as a whole has almost the softmax that it had.
        Tensor model = Tensor.of(new double[] {1, 0.99, 1, 0.99, 1, -1, 1, 0.99}, 4, 2);
        assertClose(merge("arcee_fusion", new ModelTensors("x", List.of(model), Optional.of(base), 1),
                Map.of(), nothing(1)), 0, 0, 0, 0, 1, -1, 0, 0);
    }

    @Test
    void passthroughScales() {
        MergeMethod passthrough = MergeMethods.named("passthrough");
        assertClose(passthrough.merge(Given.models(vector(1, -2)),
                Given.values(passthrough, Map.of(), List.of(Map.of("scale", -0.5)))), -0.5, 1);
    }
}
