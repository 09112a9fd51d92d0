package org.thalweg.matching;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.Permutation;
import org.thalweg.group.SignedPermutation;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.Scope;

/**
 * The basis of the residual stream: the space of that name, which almost every tensor runs over (arXiv 2506.22712, Eq
 * 4). First it is matched by what reads and writes it from outside (embeddings, positions, patches, head), then, when
 * everything else is matched, by all weights.
 */
final class ResidualStream {
    /** The space's name in every specification. */
    static final String SPACE = Architecture.STREAM;

    /**
     * Models share a basis when leaving it alone reaches at least this part of what the best order reaches. With a
     * common base it is the best; with independent bases of some width next to nothing.
     */
    private static final double SHARED_ORDER = 0.9;
    /** As for orders; but the best of all rotations always fits some noise, so a shared basis reaches less of it. */
    private static final double SHARED_ROTATION = 0.5;

    private final SpaceTree tree;
    private final ResidualMatching matching;
    private final CostRule costs;
    private final Start start;

    ResidualStream(SpaceTree tree, ResidualMatching matching) {
        this(tree, matching, CostRule.PAPER, Start.FIRST);
    }

    ResidualStream(SpaceTree tree, ResidualMatching matching, CostRule costs, Start start) {
        this.tree = tree;
        this.matching = matching;
        this.costs = costs;
        this.start = start;
        boolean canRotate = !isThere() || tree.group(SPACE).kind().isOrthogonal();
        if (matching == ResidualMatching.ORTHOGONAL && !canRotate) {
            throw new WrongUse("the residual stream of this architecture takes a " + tree.group(SPACE).kind().label()
                    + ", not a rotation; fold the normalisations of both models first.");
        }
    }

    /** Whether the architecture has a stream that may be changed. */
    boolean isThere() {
        return tree.architecture().spaces().containsKey(SPACE) && tree.isOpen(SPACE);
    }

    /**
     * Matches the stream.
     *
     * @param reference A
     * @param model B, with all that is known already
     * @param settled spaces that correspond already
     * @param isFirst whether nothing was found yet, so that leaving the stream alone is to be considered
     * @return what is to act on B; nothing when the stream stays as it is
     */
    Correction match(AlignedModel reference, AlignedModel model, Predicate<Optional<String>> settled, boolean isFirst) {
        Leaf leaf = new Leaf(SPACE, group(), Optional.empty());
        SlicePairs pairs = new SlicePairs();
        tree.tensors(SPACE).stream()
                .filter(tensor -> tree.isComparable(tensor, List.of(leaf), settled))
                .forEach(tensor -> pairs.add(new SlicePairs.Source(
                        Set.of(tensor), tree.isLarge(tensor),
                        () -> SlicePair.of(reference.slices(tensor), model.slices(tensor)))));
        boolean mayStay = isFirst && matching == ResidualMatching.AUTO;
        boolean isPlain = costs == CostRule.PAPER && !(isFirst && start.weighsSources());
        if (!leaf.group().kind().isOrthogonal() && pairs.areLarge() && isPlain) {
            LargeLeafSolver solver = new LargeLeafSolver(tree, leaf, pairs, settled);
            Optional<LargeLeafSolver.Decided> decided = solver.decided();
            if (decided.isPresent()) {
                LeafMatch match = decided.get().match();
                boolean isShared = mayStay && solver.shareOfIdentity(decided.get().reached()) >= SHARED_ORDER;
                return isShared ? new Correction() : correction(match.elements(), match.findings().get(SPACE));
            }
        }
        return byAllProducts(leaf, pairs, settled, isFirst);
    }

    private Correction byAllProducts(
            Leaf leaf, SlicePairs pairs, Predicate<Optional<String>> settled, boolean isFirst) {
        try (Scope scope = Scope.open();
                CorrelationSum sum = new CorrelationSum(leaf)) {
            pairs.forEach(_ -> true, (source, pair) -> {
                double weight = isFirst ? start.weight(source.tensors().iterator().next()) : 1;
                add(sum, pair, settled, weight);
            });
            if (sum.isEmpty()) {
                return new Correction();
            }
            if (costs == CostRule.OFFICIAL && !isFirst && leaf.group().kind().isOrthogonal()) {
                sum.addIdentity(identityBlocks());
            }
            Correlation.Best best = sum.best(leaf);
            boolean mayStay = isFirst && matching == ResidualMatching.AUTO;
            double enough = leaf.group().kind().isOrthogonal() ? SHARED_ROTATION : SHARED_ORDER;
            boolean isShared = mayStay && sum.shareOfIdentity(best.similarity()) >= enough;
            return isShared ? new Correction() : correction(best.elements(),
                    new LeafMatch.Finding(sum.cosine(best.similarity()), best.dualityGap()));
        }
    }

    private Correction correction(Map<String, GroupElement> elements, LeafMatch.Finding finding) {
        Correction correction = new Correction();
        elements.forEach((space, element) -> correction.put(space, inGroup(element), new Correction.Found(
                OptionalDouble.of(finding.cosine()), finding.dualityGap(), "weights")));
        return correction;
    }

    private void add(CorrelationSum sum, SlicePair pair, Predicate<Optional<String>> settled, double weight) {
        Slice slice = pair.reference();
        for (int factor : slice.factorsOf(SPACE)) {
            if (areOthersSettled(slice, factor, settled)) {
                double columns = costs == CostRule.OFFICIAL ? slice.values().size() / slice.values().length(factor) : 1;
                double each = Math.sqrt(weight / columns);
                sum.add(times(slice, each), times(pair.model(), each), factor);
            }
        }
    }

    private static Slice times(Slice slice, double factor) {
        return factor == 1 ? slice : slice.with(slice.values().multiply(factor));
    }

    /**
     * What the key and the value of each layer's rewritten heads, both the identity, add to the products: of 3 H (d + 1)
     * columns by whose number all are divided, H times the identity each.
     */
    private double identityBlocks() {
        long layers = tree.roots().stream()
                .filter(tree::isIndexing)
                .filter(root -> tree.inside(List.of(new Place(root, 0))).stream()
                        .anyMatch(space -> tree.group(space).kind() == GroupKind.INVERTIBLE))
                .count();
        return layers * 2.0 / (3.0 * (tree.group(SPACE).size() + 1));
    }

    private static boolean areOthersSettled(Slice slice, int except, Predicate<Optional<String>> settled) {
        return IntStream.range(0, slice.factors())
                .filter(factor -> factor != except && slice.isFree(factor) && slice.hasSpace(factor))
                .allMatch(factor -> settled.test(slice.space(factor)));
    }

    /** Orders and signs are rotations too; where rotations act, they may be all that is asked for. */
    private Group group() {
        Group group = tree.group(SPACE);
        if (matching != ResidualMatching.PERMUTATION) {
            return group;
        }
        return switch (group.kind()) {
            case ORTHOGONAL -> new Group(GroupKind.SIGNED_PERMUTATION, group.size());
            case CENTRED_ORTHOGONAL -> new Group(GroupKind.PERMUTATION, group.size());
            default -> group;
        };
    }

    private GroupElement inGroup(GroupElement element) {
        if (!tree.group(SPACE).kind().isOrthogonal()) {
            return element;
        }
        return switch (element) {
            case SignedPermutation signed -> matrix(signed.unsigned(), signed.negative());
            case Permutation order -> matrix(order, new boolean[order.size()]);
            default -> element;
        };
    }

    private static LinearMap matrix(Permutation order, boolean[] negative) {
        int size = order.size();
        double[] entries = new double[Math.multiplyExact(size, size)];
        for (int i = 0; i < size; i++) {
            entries[i * size + order.image(i)] = negative[i] ? -1 : 1;
        }
        return LinearMap.orthogonal(entries);
    }
}
