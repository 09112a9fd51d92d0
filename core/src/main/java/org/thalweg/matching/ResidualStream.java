package org.thalweg.matching;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
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

    /** An order explains all there is but noise from this part on of what equal models would reach. */
    private static final double EXPLAINED = 0.8;

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
        boolean mayStay = isFirst && matching == ResidualMatching.AUTO;
        Best best = best(reference, model, settled, new Pass(isFirst, mayStay));
        return mayStay && best.isShared() ? new Correction() : best.correction();
    }

    /**
     * How the bases of two models are related, of which nothing is known yet.
     *
     * @param reference A
     * @param model B
     * @param settled spaces in which nothing may act
     * @return what was found; {@link StreamBasis#SHARED} where nothing shows which
     */
    StreamBasis basis(AlignedModel reference, AlignedModel model, Predicate<Optional<String>> settled) {
        Best best = best(reference, model, settled, new Pass(true, true));
        if (best.correction().found().isEmpty() || best.isShared()) {
            return StreamBasis.SHARED;
        }
        boolean isOrder = !group().kind().isOrthogonal();
        return isOrder && best.explained() >= EXPLAINED ? StreamBasis.REORDERED : StreamBasis.APART;
    }

    /**
     * The best element.
     *
     * @param correction the element
     * @param isShared whether leaving the stream alone is nearly as good
     * @param explained what the element reaches of what equal models would, both above what a random one does
     */
    private record Best(Correction correction, boolean isShared, double explained) {}

    /**
     * Which time the stream is matched.
     *
     * @param isFirst whether nothing was found yet
     * @param isCompared whether it is asked what the element reaches in comparison
     */
    private record Pass(boolean isFirst, boolean isCompared) {}

    private Best best(
            AlignedModel reference, AlignedModel model, Predicate<Optional<String>> settled, Pass pass) {
        Leaf leaf = new Leaf(SPACE, group(), Optional.empty());
        List<String> tensors = tree.tensors(SPACE).stream()
                .filter(tensor -> tree.isComparable(tensor, List.of(leaf), settled)).toList();
        boolean isPlain = costs == CostRule.PAPER && !(pass.isFirst() && start.weighsSources());
        if (!leaf.group().kind().isOrthogonal() && tensors.stream().anyMatch(tree::isLarge) && isPlain) {
            SlicePairs stored = pairs(tensors, tensor -> tree.isLarge(tensor)
                    ? SlicePair.of(reference.storedSlices(tensor), model.storedSlices(tensor))
                    : SlicePair.of(reference.slices(tensor), model.slices(tensor)));
            LargeLeafSolver solver = new LargeLeafSolver(tree, leaf, stored, settled);
            Optional<LargeLeafSolver.Decided> decided = solver.decided();
            if (decided.isPresent()) {
                LeafMatch match = decided.get().match();
                LeafMatch.Finding finding = match.findings().get(SPACE);
                Correction correction = correction(match.elements(), finding);
                if (!pass.isCompared()) {
                    return new Best(correction, false, 0);
                }
                double reached = decided.get().reached();
                Shares shares = solver.shares(reached, finding.cosine());
                return new Best(correction, shares.identity() >= SHARED_ORDER, shares.explained());
            }
        }
        SlicePairs all = pairs(tensors, tensor -> SlicePair.of(reference.slices(tensor), model.slices(tensor)));
        return byAllProducts(leaf, all, settled, pass);
    }

    private SlicePairs pairs(List<String> tensors, Function<String, List<SlicePair>> read) {
        SlicePairs pairs = new SlicePairs();
        tensors.forEach(tensor -> pairs.add(new SlicePairs.Source(
                Set.of(tensor), tree.isLarge(tensor), () -> read.apply(tensor))));
        return pairs;
    }

    private Best byAllProducts(
            Leaf leaf, SlicePairs pairs, Predicate<Optional<String>> settled, Pass pass) {
        try (Scope scope = Scope.open();
                CorrelationSum sum = new CorrelationSum(leaf)) {
            pairs.forEach(_ -> true, (source, pair) -> {
                double weight = pass.isFirst() ? start.weight(source.tensors().iterator().next()) : 1;
                add(sum, pair, settled, weight);
            });
            if (sum.isEmpty()) {
                return new Best(new Correction(), true, 0);
            }
            if (costs == CostRule.OFFICIAL && !pass.isFirst() && leaf.group().kind().isOrthogonal()) {
                sum.addIdentity(identityBlocks());
            }
            Correlation.Best best = sum.best(leaf);
            Correction correction = correction(best.elements(),
                    new LeafMatch.Finding(sum.cosine(best.similarity()), best.dualityGap()));
            if (!pass.isCompared()) {
                return new Best(correction, false, 0);
            }
            Shares shares = sum.shares(best.similarity());
            double enough = leaf.group().kind().isOrthogonal() ? SHARED_ROTATION : SHARED_ORDER;
            return new Best(correction, shares.identity() >= enough, shares.explained());
        }
    }

    /**
     * What an element reaches in comparison, each above what a random element does: gains of normalisations are alike
     * at all positions and tell nothing.
     *
     * @param identity the part of it that the identity reaches too
     * @param explained its part of what equal models would reach
     */
    record Shares(double identity, double explained) {
        static Shares of(double best, double identity, double random, double equal) {
            return new Shares(
                    best > random ? (identity - random) / (best - random) : 1,
                    equal > random ? (best - random) / (equal - random) : 1);
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
     * What the key and the value of each layer's rewritten heads, both the identity, add to the products: of 3 H (d +
     * 1) columns by whose number all are divided, H times the identity each.
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
