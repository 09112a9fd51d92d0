package org.thalweg.matching;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Slice;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.Scope;

/**
 * Coordinate descent in the raw weights, from an alignment that was found in the balanced gauge: the closest there is
 * not the closest for the line between two models, which runs through the weights as they are stored. One space after
 * the other takes the element that makes the squared distance of the raw weights smallest while all others stay: orders
 * and signs by an assignment problem, rotations by Procrustes, where asked for maps inside heads by least squares
 * ({@link InnerMaps}). Only what lowers the distance is taken; a space is looked at again when something that it shares
 * a tensor with has changed. Orders of experts and heads stay, and so do factors of units: factors of the smallest
 * distance were measured to raise barriers.
 *
 * <p>Continuous maps change stored numbers, so where none acts yet one must gain a visible part, as
 * {@link GaugeChoice} says; and spaces whose weights differ by no visible part are left as they are.
 */
final class Polish {
    /** Of A's squared length in what runs over a space: a distance, or a gain, that is visible. */
    static final double VISIBLE = 0.01;
    /** Of the norms: a gain that is no rounding. */
    private static final double GAIN = 1e-6;
    private static final int MOST_SWEEPS = 30;

    private final SpaceTree tree;
    private final RawDistance raw;
    private final AlignedModel reference;
    private final boolean mayMapInside;
    private final boolean mayMoveStream;
    private final ResidualStream stream;
    private final Set<String> items;

    /**
     * A polish of a match.
     *
     * @param raw A and B
     * @param settings what may act
     * @param mayMoveStream whether the stream was matched
     */
    Polish(RawDistance raw, WeightMatchSettings settings, boolean mayMoveStream) {
        this.tree = raw.tree();
        this.raw = raw;
        this.reference = new AlignedModel(raw.reference(), tree.architecture().identity());
        this.mayMapInside = settings.gauge() == MatchingGauge.BALANCED
                && settings.starts().polish() == Polishing.MAPS;
        this.mayMoveStream = mayMoveStream;
        this.stream = new ResidualStream(tree, settings.residual());
        this.items = new HashSet<>();
        tree.roots().stream().filter(tree::isIndexing).forEach(root -> items.addAll(ChainSlices.levels(tree, root)));
    }

    /**
     * What came of a polish.
     *
     * @param alignment as close as the start or closer
     * @param distances squared, after each sweep that brought something
     */
    record Polished(Alignment alignment, List<Double> distances) {}

    /** Descends from an alignment that leaves a squared distance. */
    Polished from(Alignment start, double distance) {
        List<Double> distances = new ArrayList<>();
        Alignment current = start;
        double reached = distance;
        List<List<String>> blocks = blocks();
        Set<String> changed = new LinkedHashSet<>(tree.architecture().tensors().keySet());
        for (int sweep = 0; sweep < MOST_SWEEPS && !changed.isEmpty(); sweep++) {
            Set<String> before = changed;
            changed = new LinkedHashSet<>();
            Alignment next = current;
            for (List<String> block : blocks) {
                Set<String> tensors = tree.tensors(block);
                if (tensors.stream().noneMatch(tensor -> before.contains(tensor)) && isApart(tensors, changed)) {
                    continue;
                }
                Map<String, GroupElement> elements = closer(block, tensors, next);
                if (!elements.isEmpty()) {
                    next = new Alignment(tree.architecture(), elements).compose(next);
                    changed.addAll(tree.tensors(elements.keySet()));
                }
            }
            if (mayMoveStream) {
                Alignment turned = turned(next);
                if (turned != next) {
                    next = turned;
                    changed.addAll(tree.tensors(ResidualStream.SPACE));
                }
            }
            if (changed.isEmpty()) {
                break;
            }
            double now = raw.squared(next);
            if (!(now < reached)) {
                break;
            }
            changed = now < reached * (1 - GAIN) ? changed : Set.of();
            current = next;
            reached = now;
            distances.add(now);
        }
        return new Polished(current, distances);
    }

    private static boolean isApart(Set<String> tensors, Set<String> changed) {
        return tensors.stream().noneMatch(changed::contains);
    }

    /** Spaces that are looked at together: the same tensors run over them, and no part of one over two of them. */
    private List<List<String>> blocks() {
        Map<Set<String>, List<List<String>>> byTensors = new LinkedHashMap<>();
        List<String> spaces = new ArrayList<>(tree.architecture().spaces().keySet());
        spaces.removeIf(space -> !isLeaf(space));
        for (String space : spaces) {
            List<List<String>> blocks = byTensors.computeIfAbsent(tree.tensors(space), _ -> new ArrayList<>());
            blocks.stream()
                    .filter(block -> block.stream().noneMatch(other -> tree.areNeighbours(space, other)))
                    .findFirst()
                    .ifPresentOrElse(block -> block.add(space), () -> blocks.add(new ArrayList<>(List.of(space))));
        }
        return byTensors.values().stream().flatMap(List::stream).toList();
    }

    /** Whether orders, signs or maps of a space are decided by what runs over it alone. */
    private boolean isLeaf(String space) {
        return tree.isOpen(space) && !items.contains(space) && !space.equals(ResidualStream.SPACE)
                && (mayMapInside || isDiscrete(space)) && !tree.tensors(space).isEmpty();
    }

    private boolean isDiscrete(String space) {
        GroupKind kind = tree.group(space).kind();
        return kind == GroupKind.PERMUTATION || kind == GroupKind.SIGNED_PERMUTATION;
    }

    private Alignment turned(Alignment current) {
        Correction correction =
                stream.match(reference, new AlignedModel(raw.model(), current), _ -> true, false);
        Alignment further = correction.alignment(tree.architecture());
        if (further.elements().isEmpty()) {
            return current;
        }
        Alignment next = further.compose(current);
        double before = raw.squared(current);
        return raw.squared(next) < before * (1 - GAIN) ? next : current;
    }

    /** The elements that bring B closer, of the spaces of a block. */
    private Map<String, GroupElement> closer(List<String> block, Set<String> tensors, Alignment current) {
        AlignedModel model = new AlignedModel(raw.model(), current);
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        try (Scope scope = Scope.open()) {
            List<SlicePair> pairs = new ArrayList<>();
            for (String tensor : tensors) {
                TensorLayout layout = tree.architecture().tensors().get(tensor);
                pairs.addAll(SlicePair.ofUniform(
                        Slice.uniform(layout, reference.read(tensor)), Slice.uniform(layout, model.read(tensor))));
            }
            for (String space : block) {
                elements.putAll(closer(Leaf.of(tree, space), pairs, current));
            }
        }
        return elements;
    }

    private Map<String, GroupElement> closer(Leaf leaf, List<SlicePair> pairs, Alignment current) {
        List<SlicePair> over = pairs.stream()
                .filter(pair -> pair.reference().factorOf(leaf.space()).isPresent())
                .toList();
        if (LargeLeafSolver.takes(List.of(leaf))) {
            return large(leaf, over);
        }
        return switch (leaf.group().kind()) {
            case INVERTIBLE, ROTARY_HALVES, ROTARY_PAIRS ->
                InnerMaps.closer(leaf, over, current.elements().containsKey(leaf.space()));
            default -> byCorrelation(leaf, over);
        };
    }

    private static Map<String, GroupElement> byCorrelation(Leaf leaf, List<SlicePair> pairs) {
        try (CorrelationSum sum = new CorrelationSum(leaf)) {
            for (SlicePair pair : pairs) {
                pair.reference().factorsOf(leaf.space())
                        .forEach(factor -> sum.add(pair.reference(), pair.model(), factor));
            }
            if (sum.squaredDistance() <= VISIBLE * sum.squareOfReference()) {
                return Map.of();
            }
            Correlation.Best best = sum.best(leaf);
            return best.similarity() - sum.ofIdentity() > GAIN * sum.norms() ? best.elements() : Map.of();
        }
    }

    private Map<String, GroupElement> large(Leaf leaf, List<SlicePair> pairs) {
        double product = 0;
        double square = 0;
        double other = 0;
        for (SlicePair pair : pairs) {
            product += pair.dot();
            square += InnerProducts.squareOf(pair.reference().values());
            other += InnerProducts.squareOf(pair.model().values());
        }
        if (square + other - 2 * product <= VISIBLE * square) {
            return Map.of();
        }
        SlicePairs all = new SlicePairs();
        all.add(new SlicePairs.Source(new HashSet<>(tree.tensors(leaf.space())), false, () -> pairs));
        LeafMatch match = new LargeLeafSolver(tree, leaf, all, _ -> true).begin(new AssignmentQueue()).get();
        return match.similarity() - product > GAIN * Math.sqrt(square * other) ? match.elements() : Map.of();
    }
}
