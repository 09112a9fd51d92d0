package org.thalweg.matching;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.thalweg.symmetry.IndexedName;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.symmetry.Slice;

/**
 * The slices of one model that belong to the items of a chain: experts, heads, groups of them. Tensors that hold
 * several items are read once, into the scope that is open when this is made; tensors of a single item whenever it is
 * asked for.
 */
final class ChainSlices {
    private final SpaceTree tree;
    private final AlignedModel model;
    private final Map<String, Set<String>> byStem = new LinkedHashMap<>();
    private final List<Slice> shared = new ArrayList<>();
    private final Map<Place, List<Named>> named = new LinkedHashMap<>();

    /** A tensor of one item, or of one group of them. */
    private record Named(String tensor, String stem, List<Place> places) {}

    ChainSlices(SpaceTree tree, String root, AlignedModel model) {
        this.tree = tree;
        this.model = model;
        for (String tensor : tensors(tree, root)) {
            IndexedName name = tree.architecture().tensors().get(tensor).indexedName();
            List<Place> places = name.places();
            byStem.computeIfAbsent(name.stem(), _ -> new LinkedHashSet<>()).add(tensor);
            if (places.isEmpty()) {
                shared.addAll(model.slices(tensor));
            } else {
                Named found = new Named(tensor, name.stem(), places);
                places.forEach(place -> named.computeIfAbsent(place, _ -> new ArrayList<>()).add(found));
            }
        }
    }

    /** The tensors that run over a level of a chain. */
    static Set<String> tensors(SpaceTree tree, String root) {
        return tree.tensors(levels(tree, root));
    }

    /** The spaces of a chain whose positions are its items or groups of them. */
    static Set<String> levels(SpaceTree tree, String root) {
        Set<String> levels = new LinkedHashSet<>();
        for (int depth = 1; depth <= tree.depth(root); depth++) {
            tree.paths(root, depth).forEach(path -> levels.add(path.getLast().space()));
        }
        return levels;
    }

    /** The chain's tensors of a stem. */
    Set<String> tensors(String stem) {
        return byStem.get(stem);
    }

    /** Slices of the item at a path that belong to no item inside it. */
    List<Slice> at(List<Place> path) {
        return at(path, _ -> true);
    }

    /** As {@link #at(List)}, only of tensors whose stem is wanted; others are not read. */
    List<Slice> at(List<Place> path, Predicate<String> stems) {
        List<Slice> slices = new ArrayList<>();
        Optional<String> next = tree.nextLevel(path);
        for (Slice slice : shared) {
            Optional.of(slice)
                    .filter(found -> stems.test(found.stem()))
                    .flatMap(found -> restricted(found, path))
                    .filter(found -> next.flatMap(found::factorOf).isEmpty())
                    .ifPresent(slices::add);
        }
        for (Named found : named.getOrDefault(path.getFirst(), List.of())) {
            List<Place> places = found.places();
            boolean isDeeper = places.stream().anyMatch(place -> next.filter(place.space()::equals).isPresent());
            if (stems.test(found.stem()) && !isDeeper && path.containsAll(places)) {
                List<Place> rest = path.stream().filter(place -> !places.contains(place)).toList();
                for (Slice slice : model.slices(found.tensor())) {
                    restricted(slice, rest)
                            .filter(restricted -> next.flatMap(restricted::factorOf).isEmpty())
                            .ifPresent(slices::add);
                }
            }
        }
        return slices;
    }

    private static Optional<Slice> restricted(Slice slice, List<Place> path) {
        Optional<Slice> result = Optional.of(slice);
        for (Place place : path) {
            result = result.flatMap(found -> found.at(place));
        }
        return result;
    }
}
