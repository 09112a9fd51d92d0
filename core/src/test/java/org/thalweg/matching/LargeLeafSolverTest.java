package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** A leaf of many positions, whose matrix is held once, is matched as one of few. */
class LargeLeafSolverTest {
    private static final Set<GroupKind> ORDERS = Set.of(GroupKind.PERMUTATION, GroupKind.SIGNED_PERMUTATION);

    static Stream<PlantedModel.Case> cases() {
        return PlantedModel.cases();
    }

    static Stream<PlantedModel.Case> casesWithOrdersOfTheStream() {
        return cases().filter(family -> {
            try (Scope scope = Scope.open()) {
                SpaceTree tree = new SpaceTree(PlantedModel.of(family).architecture());
                return ORDERS.contains(tree.group(ResidualStream.SPACE).kind());
            }
        });
    }

    private static SlicePairs.Source source(SpaceTree tree, String tensor, AlignedPair models) {
        return new SlicePairs.Source(Set.of(tensor), tree.isLarge(tensor), () -> models.slices(tensor));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void bothSolversFindTheSameOrderSignsAndSimilarity(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(family);
            SpaceTree tree = new SpaceTree(planted.architecture());
            Parameters other = planted.noisy(2, 5);
            AlignedPair models = new AlignedPair(
                    AlignedModel.of(planted.architecture(), planted.model()::get, MatchingGauge.AS_TRAINED),
                    AlignedModel.of(planted.architecture(), other::get, MatchingGauge.AS_TRAINED));
            List<Leaf> leaves = tree.roots().stream()
                    .filter(root -> !root.equals(ResidualStream.SPACE) && !tree.isIndexing(root) && tree.isOpen(root))
                    .map(root -> Leaf.of(tree, root))
                    .filter(leaf -> ORDERS.contains(leaf.group().kind()))
                    .toList();
            for (Leaf leaf : leaves) {
                Predicate<Optional<String>> settled = space -> space.filter(leaf.space()::equals).isEmpty();
                SlicePairs pairs = new SlicePairs();
                tree.tensors(leaf.space()).forEach(tensor ->
                        pairs.add(source(tree, tensor, models)));
                LeafMatch expected = new LeafSolver(List.of(leaf), pairs.read(), Search.of(settled)).solve();
                AssignmentQueue queue = new AssignmentQueue();
                queue.foundFar();
                LeafMatch found = new LargeLeafSolver(tree, leaf, pairs, settled).begin(queue).get();
                assertThat(found.elements()).describedAs(leaf.space()).isEqualTo(expected.elements());
                assertThat(found.similarity()).isCloseTo(expected.similarity(), within(1e-9));
                assertThat(found.findings().get(leaf.space()).cosine())
                        .isCloseTo(expected.findings().get(leaf.space()).cosine(), within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.3})
    void aPartOfTheProductsDecidesWhereModelsAreCloseAndTheOrderIsTheSame(double noise) {
        ObjectNode config = SmallConfigs.of("llama");
        config.put("hidden_size", 512).put("intermediate_size", 40);
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(config);
            SpaceTree tree = new SpaceTree(planted.architecture());
            Leaf leaf = Leaf.of(tree, "layers.0.mlp.hidden");
            // Units of very different lengths: the longest is not the closest.
            Alignment lengths = planted.architecture().random(Random.seeded(2), List.of("layers.0.mlp.unit_scale"));
            Parameters stretched = lengths.apply(planted.noisy(noise, 5));
            Parameters other = planted.architecture().random(Random.seeded(1), List.of(leaf.space())).apply(stretched);
            Parameters reference = lengths.apply(planted.model());
            AlignedPair models = new AlignedPair(
                    AlignedModel.of(planted.architecture(), reference::get, MatchingGauge.AS_TRAINED),
                    AlignedModel.of(planted.architecture(), other::get, MatchingGauge.AS_TRAINED));
            SlicePairs pairs = new SlicePairs();
            tree.tensors(leaf.space()).forEach(tensor ->
                    pairs.add(source(tree, tensor, models)));
            Predicate<Optional<String>> settled = space -> space.filter(leaf.space()::equals).isEmpty();
            AssignmentQueue queue = new AssignmentQueue();
            LeafMatch found = new LargeLeafSolver(tree, leaf, pairs, settled).begin(queue).get();
            LeafMatch expected = new LeafSolver(List.of(leaf), pairs.read(), Search.of(settled)).solve();
            assertThat(queue.areClose()).isTrue();
            assertThat(found.elements()).isEqualTo(expected.elements());
            assertThat(found.similarity()).isCloseTo(expected.similarity(), within(1e-9));
        }
    }

    @ParameterizedTest
    @MethodSource("casesWithOrdersOfTheStream")
    void theStreamIsDecidedAsByAllProductsAndTheIdentityHasTheSameShareOfIt(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(family);
            SpaceTree tree = new SpaceTree(planted.architecture());
            Leaf leaf = new Leaf(ResidualStream.SPACE, tree.group(ResidualStream.SPACE), Optional.empty());
            Parameters other = planted.architecture().random(Random.seeded(1), List.of(leaf.space()))
                    .apply(planted.noisy(0.1, 5));
            Predicate<Optional<String>> settled = space -> space.filter(leaf.space()::equals).isEmpty();
            SlicePairs pairs = new SlicePairs();
            AlignedPair models = new AlignedPair(
                    AlignedModel.of(planted.architecture(), planted.model()::get, MatchingGauge.AS_TRAINED),
                    AlignedModel.of(planted.architecture(), other::get, MatchingGauge.AS_TRAINED));
            tree.tensors(leaf.space()).forEach(tensor ->
                    pairs.add(source(tree, tensor, models)));
            try (CorrelationSum sum = new CorrelationSum(leaf)) {
                // What runs over the stream twice cannot be compared before the stream is known.
                pairs.forEach(_ -> true, (_, pair) -> {
                    List<Integer> factors = pair.reference().factorsOf(leaf.space());
                    if (factors.size() == 1) {
                        sum.add(pair.reference(), pair.model(), factors.getFirst());
                    }
                });
                Correlation.Best best = sum.best(leaf);
                LargeLeafSolver solver = new LargeLeafSolver(tree, leaf, pairs, settled);
                LargeLeafSolver.Decided decided = solver.decided().orElseThrow();
                assertThat(decided.match().elements()).isEqualTo(best.elements());
                assertThat(decided.reached()).isCloseTo(best.similarity(), within(1e-9 * best.similarity()));
                assertThat(solver.shares(decided.reached(), 1).identity())
                        .isCloseTo(sum.shares(best.similarity()).identity(), within(1e-9));
            }
        }
    }

    @Test
    void fourThousandUnitsInFloat32AreMovedBackAndTheirSimilarityIsExact() {
        ObjectNode config = SmallConfigs.of("llama");
        config.put("intermediate_size", 4100);
        try (Scope scope = Scope.open()) {
            Parameters model = SmallConfigs.decoder(config).initialise(Random.seeded(3));
            PlantedModel planted = new PlantedModel(SmallConfigs.architecture(config, model), model);
            Parameters moved = planted.randomOrders(1).apply(model);
            Match match = new WeightMatcher(WeightMatchSettings.defaults())
                    .match(planted.architecture(), model::get, moved::get, WorkObserver.SILENT);
            Parameters back = match.alignment().apply(moved);
            back.names().forEach(name ->
                    assertThat(back.get(name).sameAs(model.get(name))).describedAs(name).isTrue());
            assertThat(match.spaces()).filteredOn(space -> space.group().size() == 4100).isNotEmpty().allSatisfy(
                    space -> assertThat(space.similarity().orElse(1)).isCloseTo(1, within(1e-12)));
            assertThat(model.get(model.names().iterator().next()).dtype()).isEqualTo(DType.FLOAT32);
        }
    }
}
