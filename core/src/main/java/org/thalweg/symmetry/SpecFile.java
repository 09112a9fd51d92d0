package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A specification as it stands in a YAML file; absent lists are empty.
 *
 * @param name of the architecture or fragment
 * @param about one sentence for people
 * @param flags conditions the file asks for
 * @param ranges ranges of numbers the file asks for
 * @param indices variables that run over the positions of a space, by variable
 * @param spaces the spaces
 * @param tensors the tensors
 * @param include fragments put in place
 */
record SpecFile(
        String name,
        String about,
        List<String> flags,
        List<String> ranges,
        Map<String, String> indices,
        List<SpaceEntry> spaces,
        List<TensorEntry> tensors,
        List<Inclusion> include) {
    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]*}");
    private static final Pattern NUMBER = Pattern.compile("(?<=\\.)[0-9]+(?=\\.|$)");

    SpecFile {
        flags = orEmpty(flags);
        ranges = orEmpty(ranges);
        indices = orEmpty(indices);
        spaces = orEmpty(spaces);
        tensors = orEmpty(tensors);
        include = orEmpty(include);
    }

    /** One entry of {@code spaces}. */
    record SpaceEntry(
            String name,
            GroupKind group,
            String over,
            List<String> scale,
            String size,
            List<String> when,
            Map<String, String> where) {
        SpaceEntry {
            scale = orEmpty(scale);
            when = orEmpty(when);
            where = orEmpty(where);
        }
    }

    /** One entry of {@code tensors}. */
    record TensorEntry(
            String name,
            List<String> axes,
            String shift,
            List<String> scale,
            List<String> when,
            Map<String, String> where) {
        TensorEntry {
            axes = orEmpty(axes);
            scale = orEmpty(scale);
            when = orEmpty(when);
            where = orEmpty(where);
        }
    }

    /** A fragment whose tensors and spaces get a prefix each, under further conditions. */
    record Inclusion(
            String fragment,
            String tensors,
            String spaces,
            List<String> when,
            Map<String, String> where) {
        Inclusion {
            when = orEmpty(when);
            where = orEmpty(where);
        }
    }

    /**
     * This fragment as it stands inside another file: its tensors and the spaces it declares get the prefixes,
     * names of spaces it does not declare (the residual stream) stay as they are and mean the other file's.
     */
    SpecFile placed(Inclusion place) {
        Set<String> own = spaces.stream().map(SpaceEntry::name).collect(Collectors.toSet());
        UnaryOperator<String> space = reference -> rename(reference, own, place.spaces);
        List<SpaceEntry> placedSpaces = spaces.stream()
                .map(entry -> new SpaceEntry(
                        space.apply(entry.name), entry.group, renameOptional(entry.over, space),
                        entry.scale.stream().map(space).toList(), entry.size,
                        joined(entry.when, place.when), joined(entry.where, place.where)))
                .toList();
        List<TensorEntry> placedTensors = tensors.stream()
                .map(entry -> new TensorEntry(
                        place.tensors + "." + entry.name, entry.axes.stream().map(space).toList(),
                        renameOptional(entry.shift, space), entry.scale.stream().map(space).toList(),
                        joined(entry.when, place.when), joined(entry.where, place.where)))
                .toList();
        Map<String, String> placedIndices = new LinkedHashMap<>();
        indices.forEach((variable, reference) -> placedIndices.put(variable, space.apply(reference)));
        return new SpecFile(
                name, about, flags, ranges, placedIndices, placedSpaces, placedTensors, include);
    }

    /** A reference is a name, a reciprocal {@code 1/name}, or a composite axis {@code (name name)}. */
    private static String rename(String reference, Set<String> own, String prefix) {
        if (reference.startsWith("(") && reference.endsWith(")")) {
            String[] factors = reference.substring(1, reference.length() - 1).strip().split(" +");
            return Arrays.stream(factors)
                    .map(factor -> rename(factor, own, prefix))
                    .collect(Collectors.joining(" ", "(", ")"));
        }
        if (reference.startsWith("1/")) {
            return "1/" + rename(reference.substring(2), own, prefix);
        }
        // A reference may name a neighbour or an instance of a declared space: hidden.{depth-1}, hidden.0.
        boolean isOwn = own.stream().anyMatch(name -> sample(name).equals(sample(reference)));
        return isOwn ? prefix + "." + reference : reference;
    }

    /** A name with every number and variable replaced by 0, which is equal for names of one family. */
    static String sample(String name) {
        return NUMBER.matcher(VARIABLE.matcher(name).replaceAll("0")).replaceAll("0");
    }

    private static String renameOptional(String reference, UnaryOperator<String> space) {
        return Optional.ofNullable(reference).map(space).orElse(null);
    }

    private static List<String> joined(List<String> own, List<String> outer) {
        List<String> result = new ArrayList<>(own);
        result.addAll(outer);
        return result;
    }

    private static Map<String, String> joined(Map<String, String> own, Map<String, String> outer) {
        Map<String, String> result = new LinkedHashMap<>(own);
        result.putAll(outer);
        return result;
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    private static <T> Map<String, T> orEmpty(Map<String, T> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
