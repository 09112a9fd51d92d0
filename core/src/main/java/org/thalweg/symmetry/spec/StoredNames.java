package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
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
    private static final int LONGEST_NAME = 1 << 16;

    /**
     * A stored tensor that holds several of each item along its first axis, or without items.
     *
     * @param name of the stored tensor
     * @param holds what it holds of each item, each with one variable more where there are items
     * @param transposed whether the axes behind the first are [in out]
     * @param alternating whether rows of the held tensors take turns, rather than following one another
     * @param stacked whether there are no items, so that rows are the first axis
     * @param model the tensor that has as many columns as the first held one has rows; all have equally many when empty
     */
    record Packed(NamePattern name, List<NamePattern> holds, boolean transposed, boolean alternating, boolean stacked,
            Optional<NamePattern> model) {
        private void place(
                String stored, Map<String, Integer> values, Function<String, long[]> shapes,
                Map<String, StoredLayout.Place> places) {
            long[] shape = shapes.apply(stored);
            int axis = stacked ? 0 : transposed ? 2 : 1;
            if (shape.length < (stacked ? 1 : 2) || axis >= shape.length) {
                throw refused(stored, shape);
            }
            long[] rows = rows(stored, shape[axis], values, shapes);
            for (int item = 0; item < (stacked ? 1 : shape[0]); item++) {
                long start = 0;
                for (int part = 0; part < holds.size(); part++) {
                    Map<String, Integer> numbers = new LinkedHashMap<>(values);
                    for (String variable : holds.get(part).variables()) {
                        numbers.putIfAbsent(variable, item);
                    }
                    places.put(holds.get(part).expand(numbers), StoredLayout.Place.of(stored, stacked
                            ? StoredLayout.Slice.ofRows(start, rows[part])
                            : new StoredLayout.Slice(item, transposed, alternating ? part : start,
                                    alternating ? holds.size() : 1, rows[part])));
                    start += rows[part];
                }
            }
        }

        private long[] rows(
                String stored, long all, Map<String, Integer> values, Function<String, long[]> shapes) {
            long[] result = new long[holds.size()];
            long first = model.map(pattern -> {
                long[] shape = shapes.apply(pattern.expand(values));
                return shape.length == 2 ? shape[1] : 0;
            }).orElse(all / result.length);
            long each = result.length == 1 ? 0 : (all - first) / (result.length - 1);
            Arrays.fill(result, each);
            result[0] = first;
            if (Arrays.stream(result).sum() != all || Arrays.stream(result).anyMatch(count -> count < 1)) {
                throw refused(stored, shapes.apply(stored));
            }
            return result;
        }

        private WorkFailure refused(String stored, long[] shape) {
            return new WorkFailure("the tensor '" + stored + "' holds " + holds.size() + " tensors"
                    + (stacked ? "" : " of each expert") + ", which its shape " + Arrays.toString(shape)
                    + " does not allow; this is another architecture, or a damaged checkpoint.");
        }
    }

    static StoredNames of(
            Map<String, String> aliases, List<SpecFile.PackedEntry> packed, List<SpecFile.CopyEntry> copies) {
        List<Packed> parsed = new ArrayList<>();
        for (SpecFile.PackedEntry entry : packed) {
            parsed.add(new Packed(NamePattern.parse(entry.name()),
                    entry.holds().stream().map(NamePattern::parse).toList(), entry.transposed(), entry.alternating(),
                    entry.stacked(), entry.model().map(NamePattern::parse)));
        }
        return new StoredNames(
                Collections.unmodifiableMap(new LinkedHashMap<>(aliases)), List.copyOf(parsed), List.copyOf(copies));
    }

    StoredLayout layout(Map<String, long[]> shapes, String prefix, Predicate<String> knows) {
        Map<String, StoredLayout.Place> places = new LinkedHashMap<>();
        Function<String, long[]> known = name -> Optional.ofNullable(shapes.get(name))
                .or(() -> Optional.ofNullable(shapes.get(COMPILED + name)))
                .or(() -> Optional.of(name).filter(full -> full.startsWith(prefix))
                        .map(full -> shapes.get(full.substring(prefix.length()))))
                .orElseGet(() -> new long[0]);
        shapes.keySet().forEach(stored -> {
            String name = aliased(stored.startsWith(COMPILED) ? stored.substring(COMPILED.length()) : stored);
            boolean divided = place(stored, name, known, places) || place(stored, prefix + name, known, places);
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
            if (result.length() > LONGEST_NAME) {
                throw new WorkFailure("the aliases of the architecture make the tensor's name " + Shown.name(name)
                        + " longer than " + LONGEST_NAME + " characters; let each alias stand for less.");
            }
        }
        return result;
    }

    private boolean isCopy(String name) {
        return copies.stream().anyMatch(copy -> copy.name().equals(name));
    }

    private boolean place(
            String stored, String name, Function<String, long[]> shapes, Map<String, StoredLayout.Place> places) {
        for (Packed one : packed) {
            Optional<Map<String, Integer>> values = one.name().match(name);
            if (values.isPresent()) {
                one.place(stored, values.get(), shapes, places);
                return true;
            }
        }
        return false;
    }

    StoredLayout withCopies(StoredLayout layout, Set<String> flags) {
        Map<String, StoredLayout.Place> places = new LinkedHashMap<>(layout.places());
        Map<String, String> repeated = new LinkedHashMap<>(layout.copies());
        for (SpecFile.CopyEntry copy : copies) {
            boolean holds = flags.containsAll(copy.when().all())
                    && copy.when().none().stream().noneMatch(flags::contains);
            if (holds && places.containsKey(copy.name()) && places.containsKey(copy.of())) {
                repeated.put(places.remove(copy.name()).stored(), copy.of());
            }
        }
        return new StoredLayout(places, repeated);
    }
}
