package org.thalweg.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.symmetry.Space;
import org.thalweg.symmetry.TensorLayout;

/** Which spaces of an architecture stand inside which others, and which tensors run over them. */
final class SpaceTree {
    private static final long LONG_TO_READ = 1L << 20;

    private final Architecture architecture;
    private final Map<String, List<Place>> placesOf = new LinkedHashMap<>();
    private final Map<List<Place>, List<String>> at = new LinkedHashMap<>();
    private final Map<String, Set<String>> tensorsOf = new LinkedHashMap<>();
    private final Map<String, Set<String>> neighbours = new LinkedHashMap<>();
    private final Set<String> indexing = new LinkedHashSet<>();

    SpaceTree(Architecture architecture) {
        this.architecture = architecture;
        for (Space space : architecture.spaces().values()) {
            if (!space.group().kind().isVector()) {
                List<Place> places = space.indexedName().places();
                placesOf.put(space.name(), places);
                at.computeIfAbsent(places, _ -> new ArrayList<>()).add(space.name());
                places.forEach(place -> indexing.add(place.space()));
            }
        }
        architecture.tensors().forEach(this::enter);
    }

    private void enter(String tensor, TensorLayout layout) {
        layout.indexedName().places().forEach(place -> {
            indexing.add(place.space());
            tensorsOf.computeIfAbsent(place.space(), _ -> new LinkedHashSet<>()).add(tensor);
        });
        for (TensorLayout.Part part : layout.parts()) {
            int[] lengths = part.lengths();
            Set<String> together = new LinkedHashSet<>();
            part.factors().forEach(factor ->
                    factor.reference().ifPresent(reference -> together.addAll(reference.names(lengths))));
            for (String space : together) {
                tensorsOf.computeIfAbsent(space, _ -> new LinkedHashSet<>()).add(tensor);
                neighbours.computeIfAbsent(space, _ -> new LinkedHashSet<>()).addAll(together);
            }
            Stream.concat(part.scales().stream(), part.shift().stream())
                    .flatMap(vector -> vector.reference().names(lengths).stream())
                    .forEach(space -> tensorsOf.computeIfAbsent(space, _ -> new LinkedHashSet<>()).add(tensor));
        }
    }

    Architecture architecture() {
        return architecture;
    }

    Group group(String space) {
        return architecture.space(space).group();
    }

    /** Whether there is anything to be found in a space. */
    boolean isOpen(String space) {
        // A single position has no order, but it may have a sign.
        return placesOf.containsKey(space) && switch (group(space).kind()) {
            case NONE -> false;
            default -> group(space).size() > 0;
        };
    }

    List<Place> places(String space) {
        return placesOf.get(space);
    }

    /** Tensors that run over a space, stand for one of its positions, or are scaled or shifted by it. */
    Set<String> tensors(String space) {
        return tensorsOf.getOrDefault(space, Set.of());
    }

    Set<String> tensors(Collection<String> spaces) {
        Set<String> result = new LinkedHashSet<>();
        spaces.forEach(space -> result.addAll(tensors(space)));
        return result;
    }

    /** Whether a tensor has so many numbers that reading it takes long. */
    boolean isLarge(String tensor) {
        return architecture.tensors().get(tensor).parts().stream()
                .mapToLong(part -> Arrays.stream(part.lengths()).asLongStream().reduce(1, Math::multiplyExact))
                .sum() >= LONG_TO_READ;
    }

    /** Whether one tensor runs over both spaces. */
    boolean areNeighbours(String one, String other) {
        return neighbours.getOrDefault(one, Set.of()).contains(other);
    }

    /** A root and all that stands inside it. */
    Set<String> within(String root) {
        Set<String> result = new LinkedHashSet<>(Set.of(root));
        placesOf.forEach((space, places) -> {
            if (!places.isEmpty() && places.getFirst().space().equals(root)) {
                result.add(space);
            }
        });
        return result;
    }

    /** Spaces outside all others in which, or inside which, there is something to be found. */
    List<String> roots() {
        return placesOf.keySet().stream()
                .filter(space -> places(space).isEmpty() && (isOpen(space) || isIndexing(space)))
                .toList();
    }

    /** Whether spaces or tensors stand at the positions of a space. */
    boolean isIndexing(String space) {
        return indexing.contains(space);
    }

    /** Spaces that stand at exactly these positions, among them the next level of the chain. */
    List<String> inside(List<Place> path) {
        return at.getOrDefault(path, List.of());
    }

    /**
     * The permuted space that divides the item at a path further, as heads divide a group that shares keys: something
     * is indexed by it, or it stands beside a basis that it shares. Hidden units of several layers stand beside one
     * another and divide nothing.
     */
    Optional<String> nextLevel(List<Place> path) {
        List<String> siblings = inside(path);
        return siblings.stream()
                .filter(space -> group(space).kind() == GroupKind.PERMUTATION)
                .filter(space -> isIndexing(space) || siblings.stream()
                        .filter(other -> group(other).kind() != GroupKind.PERMUTATION)
                        .anyMatch(other -> areNeighbours(space, other)))
                .findFirst();
    }

    /**
     * Whether a tensor, without being read, is seen to tell something about leaves: in one of its parts a factor runs
     * over a leaf and all others over leaves and spaces that correspond already.
     */
    boolean isComparable(String tensor, List<Leaf> leaves, Predicate<Optional<String>> settled) {
        Set<String> names = new LinkedHashSet<>();
        leaves.forEach(leaf -> names.add(leaf.space()));
        TensorLayout layout = architecture.tensors().get(tensor);
        boolean isPlaced = layout.indexedName().places().stream()
                .allMatch(place -> settled.test(Optional.of(place.space())));
        return isPlaced && layout.parts().stream().anyMatch(part -> {
            List<Optional<String>> spaces = part.factors().stream()
                    .flatMap(factor -> factor.reference().stream())
                    .map(reference -> Optional.of(reference.first()).filter(_ -> reference.outerFactors().isEmpty()))
                    .toList();
            return spaces.stream().flatMap(Optional::stream).anyMatch(names::contains)
                    && spaces.stream().allMatch(space ->
                            space.filter(names::contains).isPresent() || settled.test(space));
        });
    }

    /** A vector of signs along a space, such as that of gated units. */
    Optional<String> signsOver(String space) {
        return architecture.spaces().values().stream()
                .filter(vector -> vector.over().filter(space::equals).isPresent()
                        && vector.group().kind() == GroupKind.SIGNED_SCALING)
                .map(Space::name)
                .findFirst();
    }

    /** The vectors of signs that matching decides: those along hidden units, not gains along the stream. */
    Set<String> signsOfUnits() {
        Set<String> signs = new LinkedHashSet<>();
        placesOf.keySet().stream()
                .filter(space -> isOpen(space) && !space.equals(ResidualStream.SPACE))
                .forEach(space -> Leaf.of(this, space).signs().ifPresent(signs::add));
        return signs;
    }

    /** Paths through a chain that starts with {@code root}, to the given depth. */
    List<List<Place>> paths(String root, int depth) {
        List<List<Place>> paths = List.of(List.of());
        for (int level = 0; level < depth; level++) {
            List<List<Place>> longer = new ArrayList<>();
            for (List<Place> path : paths) {
                String space = level == 0 ? root : nextLevel(path).orElseThrow();
                for (int position = 0; position < group(space).size(); position++) {
                    List<Place> next = new ArrayList<>(path);
                    next.add(new Place(space, position));
                    longer.add(next);
                }
            }
            paths = longer;
        }
        return paths;
    }

    /** How many levels a chain has: 2 for groups and what they consist of, 0 for a space nothing stands in. */
    int depth(String root) {
        int depth = 0;
        Optional<String> space = Optional.of(root).filter(this::isIndexing);
        List<Place> path = new ArrayList<>();
        while (space.isPresent()) {
            depth++;
            path.add(new Place(space.get(), 0));
            space = nextLevel(path);
        }
        return depth;
    }
}
