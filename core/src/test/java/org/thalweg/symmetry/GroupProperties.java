package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Example;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;

class GroupProperties {
    @Provide
    Arbitrary<Group> groups() {
        Arbitrary<Integer> sizes = Arbitraries.integers().between(0, 9);
        return Arbitraries.oneOf(
                sizes.map(Group.Permutations::new),
                sizes.map(Group.Translations::new),
                sizes.map(Group.PositiveScalings::new),
                sizes.map(Group.Trivial::new));
    }

    @Property(tries = 200)
    void groupLawsHold(@ForAll("groups") Group group, @ForAll long seed) {
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

    @Property(tries = 100)
    void permutationsComposeAsTheyAct(@ForAll long seed) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Group group = new Group.Permutations(6);
            Permutation a = (Permutation) group.random(random);
            Permutation b = (Permutation) group.random(random);
            Tensor x = random.normal(DType.FLOAT64, 3, 6);
            assertThat(a.compose(b) instanceof Permutation both ? both.applyTo(x, 1).toDoubles() : new double[0])
                    .containsExactly(a.applyTo(b.applyTo(x, 1), 1).toDoubles());
        }
    }

    @Example
    void ordersAndDimensionsAreThoseOfTheGroups() {
        assertThat(new Group.Permutations(5).log10Order()).isCloseTo(Math.log10(120), within(1e-12));
        assertThat(new Group.Translations(7).dimension()).isEqualTo(7);
        assertThat(new Group.PositiveScalings(3).dimension()).isEqualTo(3);
        assertThat(new Group.Trivial(3).log10Order()).isZero();
    }

    @Example
    void refusesWhatIsNoElement() {
        assertThatThrownBy(() -> new Permutation(new int[] {0, 2, 2}))
                .hasMessage("not a permutation of 0 to 2: index 2 is out of range or occurs twice");
        assertThatThrownBy(() -> new PositiveScaling(new double[] {-1}))
                .hasMessage("a positive scaling cannot have the coordinate -1.0");
        assertThatThrownBy(() -> new Translation(new double[] {Double.NaN}))
                .hasMessage("a translation cannot have the coordinate NaN");
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
            case PositiveScaling(double[] factors) ->
                assertThat(((PositiveScaling) actual).factors()).containsExactly(factors, within(1e-9));
        }
    }
}
