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
import java.util.function.IntConsumer;
import org.thalweg.group.GroupElement;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;

/**
 * Matches two whole models, once: the residual stream, then leaves, then chains, as {@link WeightMatcher} says. Memory:
 * the tensors of one chain of both models, for n experts of width h the Gram matrices of one of their maps, and h²
 * numbers.
 */
final class ModelMatcher {
    private static final int MOST_PASSES = 5;

    private final SpaceTree tree;
    private final WeightMatchSettings settings;
    private final IntConsumer progress;
    private final ResidualStream residual;
    private final Set<String> open = new LinkedHashSet<>();
    private final Map<String, Correction.Found> found = new LinkedHashMap<>();
    private final Set<String> behind = new HashSet<>();
    private boolean areChainsMatched;

    ModelMatcher(Architecture architecture, WeightMatchSettings settings, IntConsumer progress) {
        this.tree = new SpaceTree(architecture);
        this.settings = settings;
        this.progress = progress;
        this.residual = new ResidualStream(tree, settings.residual());
    }

    /** The alignment of B to A. */
    Match match(TensorReader reference, TensorReader model) {
        Architecture architecture = tree.architecture();
        AlignedModel a = AlignedModel.of(architecture, reference, settings.gauge());
        AlignedModel b = pass(a, AlignedModel.of(architecture, model, settings.gauge()));
        Alignment whole = a.alignment().inverse().compose(b.alignment());
        Alignment chosen = switch (settings.gauge()) {
            case BALANCED -> new GaugeChoice(tree, reference, model).choose(whole);
            case BALANCED_DISCRETE, AS_TRAINED -> GaugeChoice.discrete(tree, whole);
        };
        progress.accept(architecture.tensors().size());
        return new Match(chosen, findings(chosen));
    }

    private AlignedModel pass(AlignedModel reference, AlignedModel model) {
        open.addAll(tree.architecture().spaces().keySet().stream().filter(tree::isOpen).toList());
        AlignedModel current = model;
        boolean isMatched = false;
        if (residual.isThere() && settings.residual() != ResidualMatching.NONE) {
            Correction stream = residual.match(reference, current, this::isSettled, true);
            isMatched = !stream.found().isEmpty();
            current = aligned(current, stream);
        }
        open.remove(ResidualStream.SPACE);
        found.putIfAbsent(ResidualStream.SPACE,
                new Correction.Found(OptionalDouble.empty(), OptionalDouble.empty(), "left alone"));
        current = everythingElse(reference, current);
        for (int again = 1; isMatched && again < MOST_PASSES; again++) {
            Correction stream = residual.match(reference, current, this::isSettled, false);
            if (stream.alignment(tree.architecture()).elements().isEmpty()) {
                return current;
            }
            current = everythingElse(reference, aligned(current, stream));
        }
        return current;
    }

    private AlignedModel aligned(AlignedModel current, Correction correction) {
        found.putAll(correction.found());
        return current.alignedBy(correction.alignment(tree.architecture()));
    }

    private boolean isSettled(Optional<String> space) {
        // The space of a factor that only its place tells is inside a chain: settled when all chains are.
        return space.map(name -> !open.contains(name)).orElse(areChainsMatched);
    }

    private AlignedModel everythingElse(AlignedModel reference, AlignedModel model) {
        open.addAll(tree.architecture().spaces().keySet().stream().filter(tree::isOpen).toList());
        open.remove(ResidualStream.SPACE);
        areChainsMatched = false;
        AlignedModel current = model;
        List<String> roots = tree.roots().stream().filter(root -> !root.equals(ResidualStream.SPACE)).toList();
        List<List<Leaf>> later = new ArrayList<>();
        for (List<Leaf> leaves : components(roots)) {
            Optional<Correction> correction = leaves(leaves, reference, current);
            if (correction.isEmpty()) {
                later.add(leaves);
            }
            current = aligned(current, correction.orElseGet(Correction::new));
        }
        for (String root : roots) {
            if (tree.isIndexing(root)) {
                current = aligned(current, chain(root, reference, current));
                settle(tree.within(root), ChainSlices.tensors(tree, root));
            }
        }
        areChainsMatched = true;
        for (List<Leaf> leaves : later) {
            current = aligned(current, leaves(leaves, reference, current).orElseGet(Correction::new));
        }
        open.clear();
        return current;
    }

    private Correction chain(String root, AlignedModel reference, AlignedModel model) {
        try (Scope scope = Scope.open()) {
            ChainMatcher chain = new ChainMatcher(tree, root, reference, model, this::isSettled);
            Correction correction = new Correction();
            chain.match(chain.order(settings.experts())).addTo(correction);
            return correction;
        }
    }

    private void settle(Set<String> spaces, Set<String> tensors) {
        open.removeAll(spaces);
        behind.addAll(tensors);
        progress.accept(Math.min(behind.size(), tree.architecture().tensors().size() - 1));
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

    /** Elements of leaves, or nothing when a leaf has no slice that can be compared yet. */
    private Optional<Correction> leaves(List<Leaf> leaves, AlignedModel reference, AlignedModel model) {
        Set<String> own = new LinkedHashSet<>();
        leaves.forEach(leaf -> own.addAll(tree.tensors(leaf.space())));
        try (Scope scope = Scope.open()) {
            List<SlicePair> pairs = new ArrayList<>();
            for (String tensor : own) {
                if (tree.isComparable(tensor, leaves, this::isSettled)) {
                    pairs.addAll(SlicePair.of(reference.slices(tensor), model.slices(tensor)));
                }
            }
            LeafMatch match = new LeafSolver(leaves, pairs, this::isSettled).solve();
            if (!match.isComplete(leaves)) {
                return Optional.empty();
            }
            Correction correction = new Correction();
            correction.put(match);
            settle(match.elements().keySet(), own);
            return Optional.of(correction);
        }
    }

    private List<SpaceMatch> findings(Alignment alignment) {
        List<SpaceMatch> findings = new ArrayList<>();
        tree.architecture().spaces().values().forEach(space -> {
            String name = space.name();
            boolean acts = alignment.elements().containsKey(name);
            if (tree.isOpen(name) && space.group().size() > 1 || acts) {
                GroupElement element = alignment.element(name);
                Correction.Found how = found.getOrDefault(name, new Correction.Found(
                        OptionalDouble.empty(), OptionalDouble.empty(), acts ? "gauge" : "left alone"));
                findings.add(new SpaceMatch(
                        name, space.group(), element.moved(), how.similarity(), how.dualityGap(), how.by()));
            }
        });
        return findings;
    }
}
