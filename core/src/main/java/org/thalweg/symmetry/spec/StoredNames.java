package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.symmetry.NamePattern;

/**
 * How the tensors of an architecture may lie in files.
 *
 * @param aliases parts of names in files, and what stands in their place in the specification, in order
 * @param packed stored tensors that hold several tensors
 * @param copies stored tensors that repeat another one
 */
record StoredNames(Map<String, String> aliases, List<Packed> packed, List<SpecFile.CopyEntry> copies) {
    /** Put in front of every name by torch.compile. */
    private static final String COMPILED = "_orig_mod.";

    /**
     * A stored tensor that holds several of each item along its first axis.
     *
     * @param name of the stored tensor
     * @param holds what it holds of each item, each with one variable more
     * @param transposed whether the axes behind the first are [in out]
     * @param alternating whether rows of the held tensors take turns, rather than following one another
     */
    record Packed(NamePattern name, List<NamePattern> holds, boolean transposed, boolean alternating) {
        private void place(
                String stored, long[] shape, Map<String, Integer> values, Map<String, StoredLayout.Place> places) {
            int axis = transposed ? 2 : 1;
            if (shape.length < 2 || axis >= shape.length || shape[axis] % holds.size() != 0) {
                throw new WorkFailure("the tensor '" + stored + "' holds " + holds.size()
                        + " tensors of each expert, which its shape " + Arrays.toString(shape)
                        + " does not allow; this is another architecture, or a damaged checkpoint.");
            }
            long rows = shape[axis] / holds.size();
            for (int item = 0; item < shape[0]; item++) {
                for (int part = 0; part < holds.size(); part++) {
                    Map<String, Integer> numbers = new LinkedHashMap<>(values);
                    for (String variable : holds.get(part).variables()) {
                        numbers.putIfAbsent(variable, item);
                    }
                    places.put(holds.get(part).expand(numbers), StoredLayout.Place.of(stored, new StoredLayout.Slice(
                            item, transposed, alternating ? part : part * rows, alternating ? holds.size() : 1, rows)));
                }
            }
        }
    }

    static StoredNames of(
            Map<String, String> aliases, List<SpecFile.PackedEntry> packed, List<SpecFile.CopyEntry> copies,
            String source) {
        List<Packed> parsed = new ArrayList<>();
        for (SpecFile.PackedEntry entry : packed) {
            if (entry.name() == null || entry.holds().isEmpty()) {
                throw new WrongUse(source + ": an entry of 'packed' needs 'name' and 'holds'.");
            }
            parsed.add(new Packed(NamePattern.parse(entry.name()),
                    entry.holds().stream().map(NamePattern::parse).toList(), entry.transposed(), entry.alternating()));
        }
        for (SpecFile.CopyEntry copy : copies) {
            if (copy.name() == null || copy.of() == null) {
                throw new WrongUse(source + ": an entry of 'copies' needs 'name' and 'of'.");
            }
        }
        return new StoredNames(
                Collections.unmodifiableMap(new LinkedHashMap<>(aliases)), List.copyOf(parsed), List.copyOf(copies));
    }

    StoredLayout layout(Map<String, long[]> shapes, String prefix, Predicate<String> knows) {
        Map<String, StoredLayout.Place> places = new LinkedHashMap<>();
        shapes.forEach((stored, shape) -> {
            String name = aliased(stored.startsWith(COMPILED) ? stored.substring(COMPILED.length()) : stored);
            boolean divided = place(stored, name, shape, places) || place(stored, prefix + name, shape, places);
            if (!divided) {
                String canonical = !knows.test(name) && (knows.test(prefix + name) || isCopy(prefix + name))
                        ? prefix + name : name;
                if (places.putIfAbsent(canonical, StoredLayout.Place.whole(stored)) != null) {
                    throw new WorkFailure("the tensors '" + places.get(canonical).stored() + "' and '" + stored
                            + "' are both '" + canonical + "'; keep one of them.");
                }
            }
        });
        return new StoredLayout(places, Map.of());
    }

    private String aliased(String name) {
        String result = name;
        for (Map.Entry<String, String> alias : aliases.entrySet()) {
            result = result.replace(alias.getKey(), alias.getValue());
        }
        return result;
    }

    private boolean isCopy(String name) {
        return copies.stream().anyMatch(copy -> copy.name().equals(name));
    }

    private boolean place(String stored, String name, long[] shape, Map<String, StoredLayout.Place> places) {
        for (Packed one : packed) {
            Optional<Map<String, Integer>> values = one.name().match(name);
            if (values.isPresent()) {
                one.place(stored, shape, values.get(), places);
                return true;
            }
        }
        return false;
    }

    StoredLayout withCopies(StoredLayout layout, Set<String> flags) {
        Map<String, StoredLayout.Place> places = new LinkedHashMap<>(layout.places());
        Map<String, String> repeated = new LinkedHashMap<>(layout.copies());
        for (SpecFile.CopyEntry copy : copies) {
            boolean holds = flags.containsAll(copy.when()) && copy.unless().stream().noneMatch(flags::contains);
            if (holds && places.containsKey(copy.name()) && places.containsKey(copy.of())) {
                repeated.put(places.remove(copy.name()).stored(), copy.of());
            }
        }
        return new StoredLayout(places, repeated);
    }
}
