package org.thalweg.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class GroupProperties {
    private static List<Group> groups(int size) {
        return Arrays.stream(GroupKind.values())
                .map(kind -> new Group(kind, kind.isRotary() ? 2 * size : size))
                .toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void groupLawsHold(long seed) {
        for (Group group : groups((int) (seed - 1) % 10)) {
            Random random = Random.seeded(seed);
            GroupElement a = group.random(random);
            GroupElement b = group.random(random);
            GroupElement c = group.random(random);
            assertThat(group.contains(a.compose(b))).isTrue();
            assertThat(group.contains(a.inverse())).isTrue();
            assertClose(a.compose(b).compose(c), a.compose(b.compose(c)));
            assertClose(a.compose(a.inverse()), group.identity());
            assertClose(a.inverse().compose(a), group.identity());
            assertThat(a.compose(group.identity())).isEqualTo(a);
            assertThat(group.identity().compose(a)).isEqualTo(a);
            assertThat(group.identity().isIdentity()).isTrue();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void permutationsComposeAsTheyAct(long seed) {
        for (long number = 5 * seed; number < 5 * seed + 5; number++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(number);
                Group group = new Group(GroupKind.PERMUTATION, 6);
                Permutation a = (Permutation) group.random(random);
                Permutation b = (Permutation) group.random(random);
                Tensor x = random.normal(DType.FLOAT64, 3, 6);
                assertThat(a.compose(b) instanceof Permutation both ? both.applyTo(x, 1).toDoubles() : new double[0])
                        .containsExactly(a.applyTo(b.applyTo(x, 1), 1).toDoubles());
            }
        }
    }

    private static List<Group> mapGroups(int size) {
        return groups(size).stream().filter(group -> group.identity() instanceof AxisMap).toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
    void mapsOfAnAxisActAsTheyCompose(long seed) {
        for (Group group : mapGroups((int) (seed - 1) % 9 + 1)) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                AxisMap a = (AxisMap) group.random(random);
                AxisMap b = (AxisMap) group.random(random);
                Tensor x = random.normal(DType.FLOAT64, 3, group.size(), 2);
                AxisMap both = (AxisMap) a.compose(b);
                assertThat(both.applyTo(x, 1).toDoubles())
                        .containsExactly(a.applyTo(b.applyTo(x, 1), 1).toDoubles(), within(1e-7));
                assertThat(both.dual().applyTo(x, 1).toDoubles())
                        .containsExactly(a.dual().applyTo(b.dual().applyTo(x, 1), 1).toDoubles(), within(1e-6));
                assertThat(((AxisMap) a.inverse()).applyTo(a.applyTo(x, 1), 1).toDoubles())
                        .containsExactly(x.toDoubles(), within(1e-6));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
    void aMapAndItsDualCancelWhereWriterAndReaderMeet(long seed) {
        for (Group group : mapGroups((int) (seed - 1) % 9 + 1)) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                AxisMap map = (AxisMap) group.random(random);
                Tensor writer = random.normal(DType.FLOAT64, group.size(), 4);
                Tensor reader = random.normal(DType.FLOAT64, 4, group.size());
                assertThat(map.dual().applyTo(reader, 1).matmul(map.applyTo(writer, 0)).toDoubles())
                        .containsExactly(reader.matmul(writer).toDoubles(), within(1e-6));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void splittingUnitsLeavesAReluNetworkEqual(long seed) {
        for (long number = 5 * seed; number < 5 * seed + 5; number++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(number);
                SemiPermutation wide = splitting(3, 5, random);
                SemiPermutation wider = splitting(5, 7, random);
                Tensor x = random.normal(DType.FLOAT64, 4, 6);
                Tensor writer = random.normal(DType.FLOAT64, 3, 4);
                Tensor reader = random.normal(DType.FLOAT64, 2, 3);
                double[] expected = reader.matmul(Functions.relu(writer.matmul(x))).toDoubles();
                for (SemiPermutation p : List.of(wide, wider.after(wide))) {
                    Tensor hidden = Functions.relu(p.applyToWriter(writer, 0).matmul(x));
                    assertThat(p.applyToReader(reader, 1).matmul(hidden).toDoubles())
                            .containsExactly(expected, within(1e-9));
                }
                assertThat(wider.after(wide).applyToWriter(writer, 0).toDoubles())
                        .containsExactly(
                                wider.applyToWriter(wide.applyToWriter(writer, 0), 0).toDoubles(), within(1e-12));
                assertThat(wider.after(wide).applyToReader(reader, 1).toDoubles())
                        .containsExactly(
                                wider.applyToReader(wide.applyToReader(reader, 1), 1).toDoubles(), within(1e-12));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void centredRotationsKeepMeansAndLengths(long seed) {
        for (int size = 1; size <= 9; size++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                LinearMap map = (LinearMap) new Group(GroupKind.CENTRED_ORTHOGONAL, size).random(random);
                Tensor x = random.normal(DType.FLOAT64, 5, size);
                Tensor turned = map.applyTo(x, 1);
                assertThat(turned.mean(1, false).toDoubles())
                        .containsExactly(x.mean(1, false).toDoubles(), within(1e-12));
                assertThat(turned.norm()).isCloseTo(x.norm(), within(1e-12));
                assertThat(size < 3 || turned.subtract(x).abs().max() > 1e-3).isTrue();
            }
        }
    }

    @Test
    void aRotationThatMovesTheOnesIsNoCentredOne() {
        LinearMap quarter = LinearMap.orthogonal(new double[] {0, -1, 1, 0});
        assertThat(new Group(GroupKind.CENTRED_ORTHOGONAL, 2).contains(quarter)).isFalse();
        assertThat(new Group(GroupKind.ORTHOGONAL, 2).contains(quarter)).isTrue();
        LinearMap exchange = LinearMap.orthogonal(new double[] {0, 1, 1, 0});
        assertThat(new Group(GroupKind.CENTRED_ORTHOGONAL, 2).contains(exchange)).isTrue();
    }

    @Test
    void onlyAGroupOfPositiveFactorsRefusesNegativeOnes() {
        Scaling mixed = new Scaling(new double[] {2, -1});
        assertThat(new Group(GroupKind.SIGNED_SCALING, 2).contains(mixed)).isTrue();
        assertThat(new Group(GroupKind.POSITIVE_SCALING, 2).contains(mixed)).isFalse();
        assertThat(new Group(GroupKind.POSITIVE_SCALING, 2).contains(mixed.compose(mixed))).isTrue();
    }

    @Test
    void anOrthogonalMapStaysOneUntilAnotherMapMeetsIt() {
        LinearMap quarter = LinearMap.orthogonal(new double[] {0, -1, 1, 0});
        LinearMap stretch = LinearMap.invertible(new double[] {2, 0, 0, 1});
        assertThat(quarter.dual()).isSameAs(quarter);
        assertThat(quarter.inverse()).isEqualTo(LinearMap.orthogonal(new double[] {0, 1, -1, 0}));
        assertThat(new Group(GroupKind.ORTHOGONAL, 2).contains(quarter.compose(quarter.inverse()))).isTrue();
        assertThat(new Group(GroupKind.ORTHOGONAL, 2).contains(quarter.compose(stretch))).isFalse();
        assertThat(new Group(GroupKind.INVERTIBLE, 2).contains(quarter.compose(stretch))).isTrue();
        assertThat(new Group(GroupKind.INVERTIBLE, 2).contains(quarter)).isTrue();
    }

    @Test
    void positionsMoveWhenTheirContentOrItsSignChanges() {
        Permutation order = new Permutation(new int[] {1, 0, 2, 3});
        assertThat(order.moved()).isEqualTo(2);
        assertThat(new SignedPermutation(order, new boolean[] {true, false, false, true}).moved()).isEqualTo(3);
        assertThat(new Scaling(new double[] {1, 2, 1}).moved()).isEqualTo(3);
        assertThat(LinearMap.identity(3).moved()).isZero();
    }

    @Test
    void familiesAreWhatCommandsTake() {
        assertThat(GroupKind.values()).extracting(GroupKind::family).containsExactly(
                "none", "permutation", "translation", "positive-scaling", "signed-permutation", "signed-scaling",
                "orthogonal", "orthogonal", "invertible", "rotary", "rotary");
    }

    /** The last unit is split, and one unit more does nothing. */
    private static SemiPermutation splitting(int columns, int rows, Random random) {
        int[] order = random.permutation(rows);
        double share = random.uniform(DType.FLOAT64, 0.1, 0.9, 1).item();
        int[] parents = new int[rows];
        double[] shares = new double[rows];
        for (int i = 0; i < rows; i++) {
            parents[order[i]] = i < columns ? i : i == columns ? columns - 1 : -1;
            shares[order[i]] = i < columns - 1 ? 1 : i == columns - 1 ? share : i == columns ? 1 - share : 0;
        }
        return new SemiPermutation(columns, parents, shares);
    }

    @Test
    void ordersAndDimensionsAreThoseOfTheGroups() {
        assertThat(new Group(GroupKind.PERMUTATION, 5).log10Order()).isCloseTo(Math.log10(120), within(1e-12));
        assertThat(new Group(GroupKind.TRANSLATION, 7).dimension()).isEqualTo(7);
        assertThat(new Group(GroupKind.POSITIVE_SCALING, 3).dimension()).isEqualTo(3);
        assertThat(new Group(GroupKind.NONE, 3).log10Order()).isZero();
        assertThat(new Group(GroupKind.SIGNED_PERMUTATION, 3).log10Order()).isCloseTo(Math.log10(48), within(1e-12));
        assertThat(new Group(GroupKind.ORTHOGONAL, 4).dimension()).isEqualTo(6);
        assertThat(new Group(GroupKind.CENTRED_ORTHOGONAL, 5).dimension()).isEqualTo(6);
        assertThat(new Group(GroupKind.CENTRED_ORTHOGONAL, 1).dimension()).isZero();
        assertThat(new Group(GroupKind.CENTRED_ORTHOGONAL, 1).log10Order()).isZero();
        assertThat(new Group(GroupKind.CENTRED_ORTHOGONAL, 2).log10Order()).isCloseTo(Math.log10(2), within(1e-12));
        assertThat(new Group(GroupKind.INVERTIBLE, 4).dimension()).isEqualTo(16);
        assertThat(new Group(GroupKind.ROTARY_HALVES, 8).dimension()).isEqualTo(8);
        assertThat(new Group(GroupKind.SIGNED_SCALING, 4).log10Order()).isCloseTo(Math.log10(16), within(1e-12));
    }

    @Test
    void refusesWhatIsNoElement() {
        assertThatThrownBy(() -> new Permutation(new int[] {0, 2, 2}))
                .hasMessage("not a permutation of 0 to 2: index 2 is out of range or occurs twice");
        assertThatThrownBy(() -> new Group(GroupKind.ROTARY_PAIRS, 3))
                .hasMessage("rotary pairs cannot fill 3 coordinates");
        assertThatThrownBy(() -> new Group(GroupKind.NONE, -1))
                .hasMessage("a group acts on 0 or more positions, not -1");
        assertThatThrownBy(() -> new Translation(new double[] {Double.NaN}))
                .hasMessage("a translation cannot have the coordinate NaN");
        assertThatThrownBy(() -> LinearMap.orthogonal(new double[] {1, 1, 0, 1}))
                .hasMessage("an orthogonal map needs orthonormal columns, but a product of two is off by 1.0");
        assertThatThrownBy(() -> LinearMap.invertible(new double[] {1, 2, 2, 4}))
                .hasMessage("a map with a singular matrix has no inverse");
        assertThatThrownBy(() -> new Scaling(new double[] {0}))
                .hasMessage("a scaling cannot have the coordinate 0.0");
        assertThatThrownBy(() -> new RotaryMap(new double[] {0, 0}, true))
                .hasMessage("a rotary pair cannot be multiplied by 0.0 + 0.0i");
        assertThatThrownBy(() -> new SemiPermutation(1, new int[] {0, 0}, new double[] {0.5, 0.6}))
                .hasMessage("the shares of unit 0 add up to 1.1, not to 1");
        assertThatThrownBy(() -> Permutation.identity(2).compose(Translation.identity(2)))
                .hasMessage("cannot compose a Permutation with a Translation");
        assertThatThrownBy(() -> Permutation.identity(2).compose(Permutation.identity(3)))
                .hasMessage("cannot compose elements of lengths 2 and 3");
    }

    static void assertClose(GroupElement actual, GroupElement expected) {
        switch (expected) {
            case Permutation permutation -> assertThat(actual).isEqualTo(permutation);
            case Translation(double[] offsets) ->
                assertThat(((Translation) actual).offsets()).containsExactly(offsets, within(1e-9));
            case Scaling scaling ->
                assertThat(((Scaling) actual).factors()).containsExactly(scaling.factors(), within(1e-9));
            case SignedPermutation signed -> assertThat(actual).isEqualTo(signed);
            case LinearMap map ->
                assertThat(((LinearMap) actual).entries())
                        .containsExactly(map.entries(), within(((LinearMap) actual).isOrthogonal() ? 1e-9 : 1e-6));
            case RotaryMap map ->
                assertThat(((RotaryMap) actual).numbers()).containsExactly(map.numbers(), within(1e-9));
        }
    }
}
