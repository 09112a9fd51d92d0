package org.thalweg.matching;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Matches two whole models from one start: the residual stream, then leaves, then chains, as {@link WeightMatcher}
 * says. Memory: the tensors of one chain of both models, for n experts of width h the Gram matrices of one of their
 * maps, and h² numbers.
 */
final class ModelMatcher {
    /** So many passes are made while they gain anything at all. */
    private static final int FEWEST_PASSES = 5;
    /** Of the inner product: what a further pass must gain. */
    private static final double GAIN = 1e-6;
    private static final double ROUNDING = 1e-15;

    private static final String LEFT_ALONE = "left alone";

    private final SpaceTree tree;
    private final WeightMatchSettings settings;
    private final WorkObserver observer;
    private final ResidualStream residual;
    private final AssignmentQueue queue = new AssignmentQueue();
    private final Set<String> open = new LinkedHashSet<>();
    private final Start start;
    private final List<Objective> objectives = new ArrayList<>();
    private Map<String, Correction.Found> found = new LinkedHashMap<>();
    private double reached;
    private double distance;
    private final Set<String> behind = new HashSet<>();
    private boolean areChainsMatched;

    ModelMatcher(SpaceTree tree, WeightMatchSettings settings, Start start, WorkObserver observer) {
        this.tree = tree;
        this.settings = settings;
        this.start = start;
        this.observer = observer;
        this.residual = new ResidualStream(tree, settings.residual(), settings.costs(), start);
    }

    /**
     * Matches B to A.
     *
     * @return what moves B to A, with all continuous maps that put A's gauge back
     */
    Alignment match(TensorReader reference, TensorReader model) {
        Architecture architecture = tree.architecture();
        MatchingGauge gauge = start.gauge(settings.gauge());
        AlignedPair models = new AlignedPair(
                AlignedModel.of(architecture, counted("balancing A", reference), gauge).reading(reference),
                AlignedModel.of(architecture, counted("balancing B", model), gauge).reading(model));
        return models.reference().alignment().inverse().compose(pass(models).model().alignment());
    }

    /** Every step of {@link #match}. */
    List<Objective> objectives() {
        return objectives;
    }

    /** The squared distance of the raw weights that {@link #match} reached with orders and signs alone. */
    double distance() {
        return distance;
    }

    /** Whether the stream was matched, and not found to be shared. */
    boolean hasMatchedStream() {
        return found.containsKey(ResidualStream.SPACE)
                && !found.get(ResidualStream.SPACE).by().equals(LEFT_ALONE);
    }

    private TensorReader counted(String work, TensorReader tensors) {
        return new CountedReads(work, tree.architecture().tensors().size(), observer).of(tensors);
    }

    private AlignedPair pass(AlignedPair models) {
        openAll();
        AlignedPair current = models;
        boolean isMatched = false;
        if (residual.isThere() && settings.residual() != ResidualMatching.NONE) {
            Correction stream = stream(current, true);
            isMatched = !stream.found().isEmpty();
            // A shared basis is left alone by every start; else one of them begins as if it were shared.
            current = start.leavesStream() ? current : aligned(current, stream);
        }
        found.putIfAbsent(ResidualStream.SPACE,
                new Correction.Found(OptionalDouble.empty(), OptionalDouble.empty(), LEFT_ALONE));
        current = everythingElse(current, "matching");
        for (int pass = 2; isMatched && pass <= settings.passes(); pass++) {
            Map<String, Correction.Found> before = new LinkedHashMap<>(found);
            Correction stream = stream(current, false);
            if (stream.alignment(tree.architecture()).elements().isEmpty()) {
                break;
            }
            if (pass == 2) {
                isBetter(1, current);
            }
            AlignedPair next = everythingElse(aligned(current, stream), "matching again (" + (pass - 1) + ")");
            if (!isBetter(pass, next)) {
                found = before;
                return current;
            }
            current = next;
        }
        if (objectives.isEmpty() && isMatched && settings.passes() < WeightMatchSettings.MOST_PASSES) {
            // Whoever limits passes compares what they reach.
            isBetter(1, current);
        } else if (objectives.isEmpty()) {
            // A single pass is compared with no other one: its distance alone is of use, and is one reading less.
            note(1, OptionalDouble.empty(), squared(current));
        }
        return current;
    }

    /** Notes a pass; whether it gained so much that it counts. Heads are matched by circuits, so it may lose. */
    private boolean isBetter(int pass, AlignedPair models) {
        double product = RawDistance.product(tree, models);
        double enough = pass <= FEWEST_PASSES ? ROUNDING : GAIN;
        boolean isBetter = pass == 1 || product > reached + enough * Math.abs(reached);
        double squared = squared(models);
        double before = distance;
        note(pass, OptionalDouble.of(product), squared);
        reached = isBetter ? product : reached;
        distance = isBetter ? squared : before;
        return isBetter;
    }

    private double squared(AlignedPair models) {
        Alignment orders = GaugeChoice.discrete(tree,
                models.reference().alignment().inverse().compose(models.model().alignment()));
        return new RawDistance(tree, models.reference().reader(), models.model().reader()).squared(orders);
    }

    private void note(int pass, OptionalDouble product, double squared) {
        objectives.add(new Objective(start.number() + 1, Objective.Stage.MATCH, pass, product, squared));
        distance = squared;
    }

    private void openAll() {
        open.addAll(tree.architecture().spaces().keySet().stream().filter(tree::isOpen).toList());
    }

    private Correction stream(AlignedPair models, boolean isFirst) {
        TensorReader model = new CountedReads(
                "matching the residual stream", tree.tensors(ResidualStream.SPACE).size(), observer)
                .of(models.model().reader());
        return residual.match(
                models.reference(), models.model().reading(model), this::isSettled, isFirst);
    }

    private AlignedPair aligned(AlignedPair current, Correction correction) {
        found.putAll(correction.found());
        return current.alignedBy(correction.alignment(tree.architecture()));
    }

    private boolean isSettled(Optional<String> space) {
        // A factor without a space of its own lies inside a chain; it is settled when all chains are.
        return space.map(name -> !open.contains(name)).orElse(areChainsMatched);
    }

    private AlignedPair everythingElse(AlignedPair models, String work) {
        openAll();
        open.remove(ResidualStream.SPACE);
        behind.clear();
        queue.begin();
        observer.began(work, tree.architecture().tensors().size());
        areChainsMatched = false;
        AlignedPair current = models;
        List<String> roots = tree.roots().stream().filter(root -> !root.equals(ResidualStream.SPACE)).toList();
        List<List<Leaf>> later = new ArrayList<>();
        // No tensor runs over two components: the products of one are summed while the one before is solved.
        Optional<Begun> before = Optional.empty();
        for (List<Leaf> leaves : components(roots)) {
            Begun next = begun(leaves, models);
            current = finished(before, current, later);
            before = Optional.of(next);
        }
        current = finished(before, current, later);
        for (String root : roots) {
            if (tree.isIndexing(root)) {
                current = aligned(current, chain(root, current));
                settle(tree.within(root), ChainSlices.tensors(tree, root));
            }
        }
        if (tree.isIndexing(ResidualStream.SPACE)) {
            current = aligned(current, insideOfStream(current));
        }
        areChainsMatched = true;
        for (List<Leaf> leaves : later) {
            current = finished(Optional.of(begun(leaves, current)), current, new ArrayList<>());
        }
        open.clear();
        return current;
    }

    private Correction chain(String root, AlignedPair models) {
        try (Scope scope = Scope.open()) {
            ChainMatcher chain = new ChainMatcher(tree, root, models, search());
            Correction correction = new Correction();
            chain.match(chain.order(settings.experts())).addTo(correction);
            return correction;
        }
    }

    /** What stands at the channels of the stream, whose order is given. */
    private Correction insideOfStream(AlignedPair models) {
        try (Scope scope = Scope.open()) {
            ChainMatcher channels = new ChainMatcher(tree, ResidualStream.SPACE, models, search());
            Correction correction = new Correction();
            channels.match(channels.given(Permutation.identity(tree.group(ResidualStream.SPACE).size())))
                    .items().forEach(correction::put);
            return correction;
        }
    }

    private Search search() {
        return new Search(this::isSettled, queue, start, settings.costs());
    }

    private void settle(Set<String> spaces, Set<String> tensors) {
        open.removeAll(spaces);
        behind.addAll(tensors);
        observer.reached(behind.size());
    }

    /** Leaves outside all chains; those that one tensor runs over belong together. */
    private List<List<Leaf>> components(List<String> roots) {
        List<List<Leaf>> components = new ArrayList<>();
        for (String root : roots) {
            if (tree.isIndexing(root) || !tree.isOpen(root)) {
                continue;
            }
            List<Leaf> joined = new ArrayList<>();
            for (List<Leaf> other : List.copyOf(components)) {
                if (other.stream().anyMatch(leaf -> tree.areNeighbours(leaf.space(), root))) {
                    joined.addAll(other);
                    components.remove(other);
                }
            }
            joined.add(Leaf.of(tree, root));
            components.add(joined);
        }
        return components;
    }

    /**
     * Leaves that are being matched.
     *
     * @param leaves what is to be found
     * @param match waits for what was found
     */
    private record Begun(List<Leaf> leaves, Supplier<LeafMatch> match) {}

    private Begun begun(List<Leaf> leaves, AlignedPair models) {
        SlicePairs pairs = new SlicePairs();
        for (String tensor : tensors(leaves)) {
            if (tree.isComparable(tensor, leaves, this::isSettled)) {
                pairs.add(new SlicePairs.Source(Set.of(tensor), tree.isLarge(tensor), () -> models.slices(tensor)));
            }
        }
        return new Begun(leaves, LeafSolver.begin(tree, leaves, pairs, search()));
    }

    /** The models with what was found; leaves of which no slice could be compared yet come later. */
    private AlignedPair finished(Optional<Begun> begun, AlignedPair models, List<List<Leaf>> later) {
        if (begun.isEmpty()) {
            return models;
        }
        List<Leaf> leaves = begun.get().leaves();
        LeafMatch match = begun.get().match().get();
        if (!match.isComplete(leaves)) {
            later.add(leaves);
            return models;
        }
        settle(match.elements().keySet(), tensors(leaves));
        Correction correction = new Correction();
        correction.put(match);
        return aligned(models, correction);
    }

    private Set<String> tensors(List<Leaf> leaves) {
        Set<String> tensors = new LinkedHashSet<>();
        leaves.forEach(leaf -> tensors.addAll(tree.tensors(leaf.space())));
        return tensors;
    }

    /** What was found in every space, for an alignment that came of {@link #match}. */
    List<SpaceMatch> findings(Alignment alignment) {
        List<SpaceMatch> findings = new ArrayList<>();
        tree.architecture().spaces().values().forEach(space -> {
            String name = space.name();
            boolean acts = alignment.elements().containsKey(name);
            if (tree.isOpen(name) && space.group().size() > 1 || acts) {
                GroupElement element = alignment.element(name);
                Correction.Found how = found.getOrDefault(name, new Correction.Found(
                        OptionalDouble.empty(), OptionalDouble.empty(), acts ? "gauge" : LEFT_ALONE));
                findings.add(new SpaceMatch(
                        name, space.group(), element.moved(), how.similarity(), how.dualityGap(), how.by()));
            }
        });
        return findings;
    }
}
