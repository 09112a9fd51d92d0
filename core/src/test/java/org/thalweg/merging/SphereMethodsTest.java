package org.thalweg.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.thalweg.merging.Given.models;
import static org.thalweg.merging.Given.nothing;
import static org.thalweg.merging.Given.overBase;
import static org.thalweg.merging.Given.vector;
import static org.thalweg.merging.Given.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Interpolation by direction: slerp, nuslerp, multislerp, karcher and model_stock. */
class SphereMethodsTest {
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

    private static Merged slerp(double t, Tensor base, Tensor model) {
        return merge("slerp", overBase(base, model), Map.of("t", t), nothing(1));
    }

    private static void assertClose(Merged merged, double... expected) {
        assertThat(merged.tensor().toDoubles()).containsExactly(expected, within(1e-12));
    }

    private static Tensor[] random(long seed, int models, long... shape) {
        Random random = Random.seeded(seed);
        return IntStream.range(0, models).mapToObj(_ -> random.normal(DType.FLOAT64, shape)).toArray(Tensor[]::new);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void slerpRunsFromTheBaseToTheModelWithEvenAngles(long seed) {
        Tensor[] ends = random(seed, 2, 3, (int) seed);
        assertClose(slerp(0, ends[0], ends[1]), ends[0].toDoubles());
        assertClose(slerp(1, ends[0], ends[1]), ends[1].toDoubles());
        Tensor first = ends[0].multiply(1 / ends[0].norm());
        Tensor second = ends[1].multiply(1 / ends[1].norm());
        Tensor third = slerp(0.3, first, second).tensor();
        double whole = Math.acos(first.multiply(second).sum().item());
        assertThat(third.norm()).isCloseTo(1, within(1e-12));
        assertThat(Math.acos(first.multiply(third).sum().item())).isCloseTo(0.3 * whole, within(1e-7));
    }

    @Test
    void slerpIsStraightBetweenNearlyParallelTensors() {
        Merged merged = slerp(0.25, vector(1, 0), vector(3, 0.01));
        assertClose(merged, 1.5, 0.0025);
        assertThat(merged.notes()).isEmpty();
    }

    @Test
    void slerpIsStraightBetweenOppositeTensorsAndSaysSo() {
        Merged merged = slerp(0.25, vector(1, 0), vector(-1, 0.001));
        assertClose(merged, 0.5, 0.00025);
        assertThat(merged.notes()).singleElement().asString().contains("opposite", "straight");
    }

    @Test
    void slerpTakesATensorOfZerosAsOrthogonal() {
        assertClose(slerp(0.5, vector(0, 0), vector(3, 4)), 3 * Math.sqrt(0.5), 4 * Math.sqrt(0.5));
        assertClose(slerp(0.5, vector(0, 0), vector(0, 0)), 0, 0);
    }

    @Test
    void nuslerpIsSlerpByTheShareOfTheSecondWeight() {
        Tensor[] ends = random(1, 2, 4, 3);
        assertClose(
                merge("nuslerp", models(ends), Map.of(), weights(3, 1)),
                slerp(0.25, ends[0], ends[1]).tensor().toDoubles());
    }

    @Test
    void nuslerpWithWeightsThatCancelIsHalfWay() {
        Tensor[] ends = random(2, 2, 5);
        assertClose(
                merge("nuslerp", models(ends), Map.of(), weights(1, -1)),
                slerp(0.5, ends[0], ends[1]).tensor().toDoubles());
    }

    @Test
    void nuslerpOfColumnsIsThatOfRowsTransposed() {
        Tensor[] ends = random(3, 3, 4, 3);
        Tensor[] turned = IntStream.range(0, 3).mapToObj(i -> ends[i].transpose(0, 1)).toArray(Tensor[]::new);
        Merged columns = merge("nuslerp", overBase(ends[2], ends[0], ends[1]),
                Map.of("nuslerp_flatten", false, "nuslerp_row_wise", true), weights(1, 2));
        Merged rows = merge("nuslerp", overBase(turned[2], turned[0], turned[1]),
                Map.of("nuslerp_flatten", false), weights(1, 2));
        assertClose(columns, rows.tensor().transpose(0, 1).toDoubles());
        Merged firstRow = merge("nuslerp",
                overBase(turned[2].select(0, 0), turned[0].select(0, 0), turned[1].select(0, 0)),
                Map.of(), weights(1, 2));
        assertClose(firstRow, rows.tensor().select(0, 0).toDoubles());
    }

    @Test
    void nuslerpIsStraightWhereRowsAreParallelOrOppositeAndNamesTheLatter() {
        Merged merged = merge("nuslerp",
                models(
                        Tensor.of(new double[] {1, 1, 1, 0, 0, 0}, 3, 2),
                        Tensor.of(new double[] {2, 2, -3, 0, 0, 0}, 3, 2)),
                Map.of("nuslerp_flatten", false), weights(1, 1));
        assertClose(merged, 1.5, 1.5, -1, 0, 0, 0);
        assertThat(merged.notes()).singleElement().asString().contains("opposite");
    }

    /** As mergekit writes it down: a mean in the tangent space, and the exponential map back. */
    private static double[] multislerpWithTangents(Tensor[] models, double... weights) {
        Tensor mean = Tensor.zeros(DType.FLOAT64, models[0].shape());
        double length = 0;
        for (int i = 0; i < models.length; i++) {
            mean = mean.add(models[i].multiply(weights[i] / models[i].norm()));
            length += weights[i] * models[i].norm();
        }
        mean = mean.multiply(1 / mean.norm());
        Tensor tangent = Tensor.zeros(DType.FLOAT64, models[0].shape());
        for (int i = 0; i < models.length; i++) {
            Tensor unit = models[i].multiply(1 / models[i].norm());
            tangent = tangent.add(unit.subtract(mean.multiply(unit.multiply(mean).sum())).multiply(weights[i]));
        }
        double step = tangent.norm() + 1e-12;
        return mean.multiply(Math.cos(step)).add(tangent.multiply(Math.sin(step) / step)).multiply(length).toDoubles();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void multislerpNeedsNoTangents(long seed) {
        Tensor[] ends = random(seed, 3, 7);
        Merged merged = merge("multislerp", models(ends), Map.of("eps", 1e-15), weights(0.2, 0.5, 0.3));
        assertClose(merged, multislerpWithTangents(ends, 0.2, 0.5, 0.3));
    }

    @Test
    void multislerpGoesRoundTheBase() {
        Tensor[] ends = random(6, 3, 7);
        Merged over = merge("multislerp", overBase(ends[2], ends[0], ends[1]), Map.of(), weights(2, 1));
        Merged differences = merge("multislerp",
                models(ends[0].subtract(ends[2]), ends[1].subtract(ends[2])), Map.of(), weights(2, 1));
        assertClose(over, differences.tensor().add(ends[2]).toDoubles());
    }

    @Test
    void multislerpOfTwoOppositeTensorsIsLinearAndSaysSo() {
        Merged merged = merge("multislerp", models(vector(1, 2), vector(-1, -2)), Map.of(), weights(1, 1));
        assertClose(merged, 0, 0);
        assertThat(merged.notes()).singleElement().asString().contains("cancel");
    }

    @Test
    void multislerpOfThreeThatCancelHasNoAnswer() {
        Tensor[] star = {vector(1, 0), vector(-0.5, Math.sqrt(0.75)), vector(-0.5, -Math.sqrt(0.75))};
        assertThatThrownBy(() -> merge("multislerp", models(star), Map.of(), weights(1, 1, 1)))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("cancel in tensor 'some.weight'");
    }

    @Test
    void multislerpOfThreeThatAreTheBaseIsTheBase() {
        Tensor base = vector(1, 2);
        Merged merged = merge("multislerp", overBase(base, base, base, base), Map.of(), weights(1, 1, 1));
        assertClose(merged, 1, 2);
        assertThat(merged.notes()).isEmpty();
    }

    @Test
    void weightsThatCancelAreRefusedWhereTheyAreNormalised() {
        for (String name : List.of("multislerp", "linear")) {
            assertThatThrownBy(() -> merge(
                    name, models(vector(1), vector(2), vector(4)), Map.of(), weights(0.1, 0.2, -0.3)))
                    .isInstanceOf(WrongUse.class).hasMessageContaining("sum to 0");
        }
        assertClose(merge("linear", models(vector(1), vector(2), vector(4)),
                Map.of("normalize", false), weights(0.1, 0.2, -0.3)), -0.7);
    }

    @Test
    void karcherOfTwoOfOneLengthIsHalfWayOnTheArc() {
        Tensor[] ends = {vector(3, 4, 0), vector(0, 3, -4)};
        assertClose(merge("karcher", models(ends), Map.of(), nothing(2)),
                slerp(0.5, ends[0], ends[1]).tensor().toDoubles());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void atTheKarcherMeanLogarithmsCancel(long seed) {
        Tensor[] ends = random(seed, 3, 6);
        for (int i = 1; i < ends.length; i++) {
            ends[i] = ends[0].add(ends[i].multiply(0.8));
        }
        Tensor mean = merge("karcher", models(ends), Map.of("max_iter", 200, "tol", 1e-7), nothing(3)).tensor();
        double length = (ends[0].norm() + ends[1].norm() + ends[2].norm()) / 3;
        assertThat(mean.norm()).isCloseTo(length, within(1e-12));
        Tensor at = mean.multiply(1 / length);
        Tensor sum = Tensor.zeros(DType.FLOAT64, 6);
        for (Tensor end : ends) {
            Tensor unit = end.multiply(1 / end.norm());
            double cosine = unit.multiply(at).sum().item();
            double angle = Math.acos(cosine);
            sum = sum.add(unit.subtract(at.multiply(cosine)).multiply(angle / Math.sin(angle)));
        }
        assertThat(sum.norm()).isLessThan(1e-6);
    }

    @Test
    void karcherOfOneModelIsThatModel() {
        assertClose(merge("karcher", models(vector(3, -4)), Map.of(), nothing(1)), 3, -4);
    }

    @Test
    void karcherCountsATensorOfZerosInTheLengthAlone() {
        assertClose(merge("karcher", models(vector(3, 4), vector(0, 0)), Map.of(), nothing(2)), 1.5, 2);
        assertClose(merge("karcher", models(vector(0, 0), vector(0, 0)), Map.of(), nothing(2)), 0, 0);
    }

    @Test
    void karcherOfOppositeTensorsIsTheirPlainMeanAndSaysSo() {
        List<Tensor[]> cases = List.of(
                new Tensor[] {vector(1, 0), vector(-3, 0)},
                new Tensor[] {vector(1, 0), vector(1, 0), vector(1, 0.01), vector(-1, 0)},
                new Tensor[] {vector(1, 0), vector(-0.5, Math.sqrt(0.75)), vector(-0.5, -Math.sqrt(0.75))});
        for (Tensor[] opposite : cases) {
            Merged merged = merge("karcher", models(opposite), Map.of(), nothing(opposite.length));
            Merged mean = merge("linear", models(opposite), Map.of(),
                    weights(IntStream.range(0, opposite.length).mapToDouble(_ -> 1).toArray()));
            assertClose(merged, mean.tensor().toDoubles());
            assertThat(merged.notes()).singleElement().asString().contains("plain mean");
        }
    }

    @Test
    void modelStockTakesTheMeanOfParallelDifferencesAndTheBaseOfOrthogonalOnes() {
        Tensor base = vector(1, 1);
        assertClose(merge("model_stock", overBase(base, vector(2, 1), vector(4, 1)), Map.of(), nothing(2)), 3, 1);
        assertClose(merge("model_stock", overBase(base, vector(2, 1), vector(1, 4)), Map.of(), nothing(2)), 1, 1);
    }

    @Test
    void modelStockOfRowsGivesEachRowItsOwnShare() {
        Merged merged = merge("model_stock", new ModelTensors("x", List.of(
                Tensor.of(new double[] {1, 0, 1, 0}, 2, 2), Tensor.of(new double[] {3, 0, 0, 1}, 2, 2)),
                Optional.of(Tensor.zeros(DType.FLOAT64, 2, 2)), 1), Map.of("filter_wise", true), nothing(2));
        assertClose(merged, 2, 0, 0, 0);
    }

    @Test
    void modelStockSaysWhenItGoesBeyondTheBaseAndRefusesDifferencesThatCancel() {
        Tensor base = vector(0, 0);
        Merged apart = merge("model_stock", overBase(base, vector(1, 0), vector(-1, 2)), Map.of(), nothing(2));
        assertThat(apart.notes()).singleElement().asString().contains("beyond the base");
        assertThat(apart.tensor().toDoubles()[1]).isNegative();
        assertThatThrownBy(() -> merge(
                "model_stock", overBase(base, vector(1, 2), vector(-2, -4)), Map.of(), nothing(2)))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("'some.weight'");
    }
}
