package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** The order of items in groups against all that the groups allow. */
class ItemOrderProperties {
    private static final String TWO_GROUPS_OF_THREE = """
            name: grouped
            indices: {group: groups}
            spaces:
              - {name: groups, group: permutation, size: groups}
              - {name: 'groups.{group}.members', group: permutation}
              - {name: out, group: none}
            tensors:
              - {name: weight, axes: ['(groups groups.{group}.members)', out]}
            """;

    private static Architecture grouped() {
        return ArchitectureSpec.parse(TWO_GROUPS_OF_THREE, "test")
                .bind(Map.of("weight", new long[] {6, 2}), new Conditions(Set.of(), Map.of(), Map.of("groups", 2)));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void noOrderThatKeepsGroupsIsCheaper(long seed) {
        SpaceTree tree = new SpaceTree(grouped());
        List<List<Place>> items = List.of(0, 1, 2, 3, 4, 5).stream()
                .map(i -> List.of(new Place("groups", i / 3), new Place("groups." + i / 3 + ".members", i % 3)))
                .toList();
        SplittableRandom random = new SplittableRandom(seed);
        for (int draw = 0; draw < 3; draw++) {
            double[] numbers = random.doubles(36).toArray();
            double[][] costs = new double[6][];
            Arrays.setAll(costs, i -> Arrays.copyOfRange(numbers, 6 * i, 6 * i + 6));
            ItemOrder found = ItemOrder.cheapest(tree, items, costs, "test");
            double cheapest = Permutation.all(6).stream()
                    .filter(order -> order.image(0) / 3 == order.image(1) / 3
                            && order.image(1) / 3 == order.image(2) / 3)
                    .mapToDouble(order -> sum(costs, order.image()))
                    .min().orElseThrow();
            assertThat(sum(costs, found.sources())).isCloseTo(cheapest, within(1e-6));
            Permutation groups = (Permutation) found.elements(tree, items).get("groups");
            Permutation first = (Permutation) found.elements(tree, items).get("groups.0.members");
            assertThat(found.sources()[1]).isEqualTo(3 * groups.image(0) + first.image(1));
        }
    }

    private static double sum(double[][] costs, int[] order) {
        double sum = 0;
        for (int i = 0; i < order.length; i++) {
            sum += costs[i][order[i]];
        }
        return sum;
    }
}
