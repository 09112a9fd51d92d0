package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.group.AxisMap;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.RotaryMap;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Slice;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Least squares over the map of one basis that a weight and a bias write and another weight reads. */
class InnerMapsTest {
    private static final int SIZE = 4;

    private static Architecture architecture(GroupKind kind, Parameters model) {
        return ArchitectureSpec.parse("""
                name: basis
                about: One basis.
                spaces:
                  - {name: inputs, group: none}
                  - {name: outputs, group: none}
                  - {name: basis, group: %s}
                tensors:
                  - {name: in.weight, axes: [basis, inputs]}
                  - {name: in.bias, axes: [basis]}
                  - {name: out.weight, axes: [outputs, ~basis]}
                """.formatted(kind.label()), "test").bind(model, new Conditions(Set.of(), Map.of(), Map.of()));
    }

    private static Parameters random(Random random) {
        return Parameters.of(Map.of(
                "in.weight", random.normal(DType.FLOAT64, SIZE, 7),
                "in.bias", random.normal(DType.FLOAT64, SIZE),
                "out.weight", random.normal(DType.FLOAT64, 5, SIZE)));
    }

    private static Map<String, GroupElement> closer(Architecture architecture, Parameters a, Parameters b) {
        List<SlicePair> pairs = a.names().stream()
                .flatMap(name -> SlicePair.of(
                        Slice.parts(architecture.tensors().get(name), a.get(name)),
                        Slice.parts(architecture.tensors().get(name), b.get(name))).stream())
                .toList();
        return InnerMaps.closer(
                new Leaf("basis", architecture.space("basis").group(), Optional.empty()), pairs, true);
    }

    private static double squaredDistance(Architecture architecture, Parameters a, Parameters b, GroupElement map) {
        Parameters moved = new Alignment(architecture, Map.of("basis", map)).apply(b);
        return a.names().stream()
                .mapToDouble(name -> Math.pow(a.get(name).subtract(moved.get(name)).norm(), 2)).sum();
    }

    @ParameterizedTest
    @EnumSource(value = GroupKind.class, names = {"INVERTIBLE", "ROTARY_HALVES", "ROTARY_PAIRS"})
    void aPlantedMapIsUndone(GroupKind kind) {
        for (long seed = 1; seed <= 10; seed++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                Parameters a = random(random);
                Architecture architecture = architecture(kind, a);
                GroupElement planted = new Group(kind, SIZE).random(random);
                Parameters b = new Alignment(architecture, Map.of("basis", planted)).apply(a);
                GroupElement found = closer(architecture, a, b).get("basis");
                assertThat(squaredDistance(architecture, a, b, found)).describedAs("seed " + seed).isLessThan(1e-4);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = GroupKind.class, names = {"INVERTIBLE", "ROTARY_HALVES", "ROTARY_PAIRS"})
    void nothingNearIsCloserAndNoRotationEither(GroupKind kind) {
        for (long seed = 1; seed <= 5; seed++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                Parameters a = random(random);
                Parameters b = random(random);
                Architecture architecture = architecture(kind, a);
                GroupElement found = closer(architecture, a, b).get("basis");
                double distance = squaredDistance(architecture, a, b, found);
                Group group = new Group(kind, SIZE);
                for (int other = 0; other < 50; other++) {
                    assertThat(squaredDistance(architecture, a, b, near(group, found, random)))
                            .isGreaterThan(distance - 1e-5);
                }
                if (kind == GroupKind.INVERTIBLE) {
                    assertThat(distance).isLessThan(squaredDistance(architecture, a, b, procrustes(a, b)));
                }
            }
        }
    }

    private static GroupElement near(Group group, GroupElement found, Random random) {
        double[] step = random.normal(DType.FLOAT64, SIZE, SIZE).multiply(1e-3).toDoubles();
        for (int i = 0; i < SIZE; i++) {
            step[i * (SIZE + 1)] += 1;
        }
        return group.kind() == GroupKind.INVERTIBLE
                ? LinearMap.invertible(step).after((LinearMap) found)
                : turned(found, step);
    }

    private static GroupElement turned(GroupElement found, double[] step) {
        RotaryMap map = (RotaryMap) found;
        double[] numbers = map.numbers();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] += step[4 * (i % 2) + 3 - i];
        }
        return new RotaryMap(numbers, map.interleaved());
    }

    private static AxisMap procrustes(Parameters a, Parameters b) {
        Tensor sum = a.get("in.weight").matmul(b.get("in.weight").transpose(0, 1))
                .add(a.get("out.weight").transpose(0, 1).matmul(b.get("out.weight")))
                .add(a.get("in.bias").unsqueeze(1).matmul(b.get("in.bias").unsqueeze(0)));
        LinearAlgebra.Svd svd = LinearAlgebra.svd(sum);
        return LinearMap.orthogonal(svd.u().matmul(svd.v().transpose(0, 1)).contiguous().toDoubles());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void theDistanceOfGramMatricesIsThatOfTheWeights(long seed) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Parameters a = random(random);
            Parameters b = random(random);
            Architecture architecture = architecture(GroupKind.INVERTIBLE, a);
            LinearMap map = (LinearMap) new Group(GroupKind.INVERTIBLE, SIZE).random(random);
            List<SlicePair> pairs = a.names().stream()
                    .flatMap(name -> SlicePair.of(
                            Slice.parts(architecture.tensors().get(name), a.get(name)),
                            Slice.parts(architecture.tensors().get(name), b.get(name))).stream())
                    .toList();
            Leaf leaf = new Leaf("basis", new Group(GroupKind.INVERTIBLE, SIZE), Optional.empty());
            assertThat(InnerMaps.Grams.of(leaf, pairs).moved(map).distance())
                    .isCloseTo(squaredDistance(architecture, a, b, map), within(1e-9));
        }
    }
}
