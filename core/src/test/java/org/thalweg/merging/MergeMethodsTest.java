package org.thalweg.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class MergeMethodsTest {
    static Stream<String> names() {
        return MergeMethods.all().stream().map(MergeMethod::name);
    }

    /** Values that drop something wherever a method can. */
    private static MergeValues values(MergeMethod method, int models) {
        Map<String, Double> shared = new HashMap<>();
        Map<String, Double> own = new HashMap<>();
        Map<String, Double> chosen =
                Map.of("weight", 0.5, "t", 0.3, "density", 0.6, "gamma", 0.2, "select_topk", 0.5);
        for (MergeParameter parameter : method.parameters()) {
            Optional.ofNullable(chosen.get(parameter.name())).ifPresent(value ->
                    (parameter.scope() == MergeParameter.Scope.SHARED ? shared : own).put(parameter.name(), value));
        }
        return Given.values(method, shared, IntStream.range(0, models).mapToObj(_ -> own).toList());
    }

    private static int count(MergeMethod method) {
        return Math.min(3, method.models().most());
    }

    /** Models that differ a little from a base, none of whose numbers is 0 and no two opposite. */
    private static ModelTensors tensors(MergeMethod method, long... shape) {
        Random random = Random.seeded(5);
        Tensor base = random.uniform(DType.FLOAT64, 1, 2, shape);
        List<Tensor> models = IntStream.range(0, count(method))
                .mapToObj(_ -> base.add(random.uniform(DType.FLOAT64, 0.1, 0.2, shape))).toList();
        return new ModelTensors("some.weight", models, Optional.of(base), 11);
    }

    @Test
    void theRegistryHasEachMethodOnce() {
        assertThat(names()).containsExactlyInAnyOrder(
                "linear", "slerp", "nuslerp", "multislerp", "karcher", "task_arithmetic", "ties", "dare_linear",
                "dare_ties", "della", "della_linear", "breadcrumbs", "breadcrumbs_ties", "model_stock", "sce",
                "nearswap", "arcee_fusion", "passthrough");
        assertThat(MergeMethods.all()).allSatisfy(
                method -> assertThat(MergeMethods.named(method.name())).isSameAs(method));
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> MergeMethods.named("dare-ties")).isInstanceOf(WrongUse.class)
                .hasMessage("there is no merge method 'dare-ties'; the nearest is 'dare_ties'.");
    }

    @ParameterizedTest
    @CsvSource({"linear, '0.5,0.5,0.5,0'", "ties, '0.5,0.5,0.5,0'", "model_stock, '1,1,1,0'", "nuslerp, '0.5,0.5,0'",
        "slerp, '0.3,0.7'", "nearswap, '1,1'", "karcher, '1,1,1,0'"})
    void modelsCountByWhatTheyAreMergedWith(String name, String expected) {
        MergeMethod method = MergeMethods.named(name);
        double[] shares = method.shares(values(method, count(method)), count(method));
        assertThat(shares).containsExactly(
                Arrays.stream(expected.split(",")).mapToDouble(Double::parseDouble).toArray(), within(1e-12));
    }

    @Test
    void modelsThatAreTakenAwayDoNotCount() {
        MergeMethod method = MergeMethods.named("linear");
        MergeValues values = Given.values(method, Map.of(), List.of(Map.of("weight", 1.5), Map.of("weight", -0.5)));
        assertThat(method.shares(values, 2)).containsExactly(1.5, 0, 0);
    }

    @Test
    void onlyKarcherRefusesAWeightWithAReason() {
        for (MergeMethod method : MergeMethods.all()) {
            assertThat(method.refusal("weight").isPresent()).isEqualTo(method.name().equals("karcher"));
            assertThat(method.parameters()).extracting(MergeParameter::name).doesNotHaveDuplicates();
        }
        assertThat(MergeMethods.named("karcher").refusal("weight").orElseThrow()).contains("multislerp");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void everyShapeIsMergedAndInputsStayAsTheyWere(String name) {
        MergeMethod method = MergeMethods.named(name);
        for (long[] shape : new long[][] {{}, {1}, {7}, {1, 5}, {5, 1}, {3, 4}, {2, 3, 4}, {0}, {3, 0}}) {
            try (Scope scope = Scope.open()) {
                ModelTensors given = tensors(method, shape);
                List<double[]> before = given.models().stream().map(Tensor::toDoubles).toList();
                double[] base = given.requireBase().toDoubles();
                Tensor merged = method.merge(given, values(method, count(method))).tensor();
                assertThat(merged.shape()).containsExactly(shape);
                assertThat(merged.dtype()).isEqualTo(DType.FLOAT64);
                assertThat(given.models().stream().map(Tensor::toDoubles).toList()).usingRecursiveComparison()
                        .isEqualTo(before);
                assertThat(given.requireBase().toDoubles()).containsExactly(base);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void whatIsEqualInAllStaysAsItIs(String name) {
        MergeMethod method = MergeMethods.named(name);
        try (Scope scope = Scope.open()) {
            Tensor base = Random.seeded(3).normal(DType.FLOAT64, 6, 5);
            Tensor merged = method.merge(
                    new ModelTensors("x", IntStream.range(0, count(method)).mapToObj(_ -> base).toList(),
                            Optional.of(base), 1),
                    values(method, count(method))).tensor();
            assertThat(merged.subtract(base).abs().max()).isLessThan(1e-14);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void blocksOfAnElementwiseMethodMakeTheWhole(String name) {
        MergeMethod method = MergeMethods.named(name);
        assertThat(method.isElementwise())
                .isEqualTo(List.of("linear", "task_arithmetic", "nearswap", "passthrough").contains(name));
        if (method.isElementwise()) {
            try (Scope scope = Scope.open()) {
                ModelTensors whole = tensors(method, 9);
                MergeValues values = values(method, count(method));
                Tensor parts = Tensor.concatenate(
                        List.of(method.merge(block(whole, 0, 4), values).tensor(),
                                method.merge(block(whole, 4, 5), values).tensor()), 0);
                assertThat(parts.toDoubles()).containsExactly(method.merge(whole, values).tensor().toDoubles());
            }
        }
    }

    private static ModelTensors block(ModelTensors whole, long start, long length) {
        return new ModelTensors(
                whole.name(),
                whole.models().stream().map(model -> model.narrow(0, start, length)).toList(),
                whole.base().map(base -> base.narrow(0, start, length)), whole.seed());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void viewsAreMergedAsTheirCopies(String name) {
        MergeMethod method = MergeMethods.named(name);
        try (Scope scope = Scope.open()) {
            ModelTensors rows = tensors(method, 4, 6);
            ModelTensors views = new ModelTensors(
                    "x", rows.models().stream().map(model -> model.transpose(0, 1)).toList(),
                    rows.base().map(base -> base.transpose(0, 1)), rows.seed());
            ModelTensors copies = new ModelTensors(
                    "x", views.models().stream().map(Tensor::contiguous).toList(),
                    views.base().map(Tensor::contiguous), rows.seed());
            MergeValues values = values(method, count(method));
            assertThat(method.merge(views, values).tensor().subtract(method.merge(copies, values).tensor()).abs().max())
                    .isLessThan(1e-14);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void aNumberThatIsNoneIsRefusedByName(String name) {
        MergeMethod method = MergeMethods.named(name);
        try (Scope scope = Scope.open()) {
            ModelTensors good = tensors(method, 3);
            for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
                List<Tensor> models = Stream.concat(
                        good.models().stream().skip(1), Stream.of(Given.vector(1, bad, 2))).toList();
                assertThatThrownBy(() -> method.merge(
                        new ModelTensors("some.weight", models, good.base(), 1), values(method, models.size())))
                        .isInstanceOf(WorkFailure.class)
                        .hasMessageStartingWith("tensor 'some.weight' of model " + models.size() + " has a NaN");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void tooFewAndTooManyModelsAreRefused(String name) {
        MergeMethod method = MergeMethods.named(name);
        try (Scope scope = Scope.open()) {
            Tensor tensor = Given.vector(1, 2);
            int least = method.models().least();
            assertThatThrownBy(() -> method.merge(
                    new ModelTensors("x", List.of(), Optional.of(tensor), 1), values(method, 0)))
                    .isInstanceOf(WrongUse.class)
                    .hasMessageContaining(" " + least + (least == 1 ? " model" : " models"))
                    .hasMessageEndingWith("not 0.");
            if (method.models().most() < 3) {
                assertThatThrownBy(() -> method.merge(
                        Given.overBase(tensor, tensor, tensor, tensor), values(method, 3)))
                        .isInstanceOf(WrongUse.class).hasMessageContaining("exactly").hasMessageEndingWith("not 3.");
            }
            if (method.base() == MergeMethod.Base.REQUIRED) {
                assertThatThrownBy(() -> method.merge(
                        new ModelTensors("x", List.of(tensor, tensor), Optional.empty(), 1), values(method, 2)))
                        .isInstanceOf(WrongUse.class).hasMessageContaining("base_model");
            }
        }
    }

    @Test
    void anOverflowIsRefusedInsteadOfWritten() {
        try (Scope scope = Scope.open()) {
            MergeMethod linear = MergeMethods.named("linear");
            assertThatThrownBy(() -> linear.merge(
                    Given.models(Given.vector(1e300)),
                    Given.values(linear, Map.of("normalize", false), Given.weights(1e300))))
                    .isInstanceOf(WorkFailure.class).hasMessageContaining("some.weight");
        }
    }

    @Test
    void aMergedTensorOutlivesTheMerge() {
        try (Scope scope = Scope.open()) {
            MergeMethod slerp = MergeMethods.named("slerp");
            Tensor merged = slerp.merge(
                    Given.overBase(Given.vector(1, 0), Given.vector(0, 1)),
                    Given.values(slerp, Map.of("t", 0.5), Given.nothing(1))).tensor();
            for (int i = 0; i < 100; i++) {
                Tensor.zeros(DType.FLOAT64, 2);
            }
            assertThat(merged.toDoubles()).containsExactly(
                    new double[] {Math.sqrt(0.5), Math.sqrt(0.5)}, within(1e-15));
        }
    }
}
