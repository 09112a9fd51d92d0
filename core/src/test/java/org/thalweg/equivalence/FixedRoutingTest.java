package org.thalweg.equivalence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.thalweg.group.Permutation;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Probes;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Comparisons in which one model is held to the experts that the other chose. */
class FixedRoutingTest {
    private static final RoutedNetwork NETWORK = new RoutedNetwork(6, 5);
    private static final Permutation ORDER = new Permutation(new int[] {3, 0, 4, 1, 2});

    private static Parameters model() {
        return DeclaredTensor.draw(NETWORK.tensors().values(), Random.seeded(1)).to(DType.FLOAT64);
    }

    /** Experts in another order. */
    private static Parameters moved(Parameters model) {
        Map<String, Tensor> moved = new LinkedHashMap<>(model.asMap());
        moved.put("router.weight", ORDER.applyTo(model.get("router.weight"), 0));
        for (int place = 0; place < ORDER.size(); place++) {
            moved.put("expert." + place, model.get("expert." + ORDER.image(place)));
        }
        return Parameters.of(moved);
    }

    private static long[] places(String router) {
        assertThat(router).isEqualTo("router.weight");
        long[] places = new long[ORDER.size()];
        for (int place = 0; place < places.length; place++) {
            places[ORDER.image(place)] = place;
        }
        return places;
    }

    private static Comparison compare(Parameters one, Parameters other, double tolerance) {
        Probes inputs = NETWORK.inputs().random(4000, 3);
        return new BlockwiseComparison(
                new ComparedModel(NETWORK, one::get), new ComparedModel(NETWORK, other::get), tolerance)
                .of(inputs, FixedRoutingTest::places);
    }

    private static Parameters with(Parameters model, String name, Tensor tensor) {
        return model.with(Parameters.of(Map.of(name, tensor)));
    }

    @Test
    void whereChoicesAgreeThereIsNothingMoreToSay() {
        try (Scope scope = Scope.open()) {
            Parameters model = model();
            Comparison found = compare(model, moved(model), 1e-12);
            assertThat(found.verification().verified()).isTrue();
            assertThat(found.fixedRouting()).isEmpty();
        }
    }

    @Test
    void choicesThatRoundingFlippedAreToldFromAFault() {
        try (Scope scope = Scope.open()) {
            Parameters model = model();
            Parameters rounded = moved(model.to(DType.BFLOAT16)).to(DType.FLOAT64);
            Comparison found = compare(model, rounded, 1e-2);
            assertThat(found.verification().verified()).isFalse();
            FixedRouting fixed = found.fixedRouting().orElseThrow();
            assertThat(fixed.verification().verified()).isTrue();
            assertThat(fixed.choices()).isEqualTo(4000);
            assertThat(fixed.share()).isBetween(1e-4, 0.01);
        }
    }

    @Test
    void aFaultOfTheRouterIsNoFlippedChoice() {
        try (Scope scope = Scope.open()) {
            Parameters model = model();
            Tensor router = model.get("router.weight");
            Parameters unmoved = with(moved(model), "router.weight", router);
            FixedRouting fixed = compare(model, unmoved, 5e-2).fixedRouting().orElseThrow();
            assertThat(fixed.verification().verified()).isFalse();
            assertThat(fixed.share()).isGreaterThan(0.3);
        }
    }

    @Test
    void aFaultOfAnExpertIsSeenWhateverTheRouting() {
        try (Scope scope = Scope.open()) {
            Parameters model = model();
            Parameters wrong = with(moved(model), "expert.2", model.get("expert.2").multiply(1.5));
            Comparison found = compare(model, wrong, 1e-9);
            assertThat(found.verification().verified()).isFalse();
            assertThat(found.fixedRouting()).isEmpty();
        }
    }
}
