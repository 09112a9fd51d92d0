package org.thalweg.symmetry.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.thalweg.group.GroupKind;

/**
 * A specification as it stands in a YAML file; absent lists are empty.
 *
 * @param name of the architecture or fragment
 * @param about one sentence for people
 * @param prefix of the tensors' names that a model has or has not
 * @param flags conditions the file asks for
 * @param ranges ranges of numbers the file asks for
 * @param indices variables that run over the positions of a space, by variable
 * @param spaces the spaces
 * @param tensors the tensors
 * @param ignore patterns of the names of buffers
 * @param aliases parts of names in files, and what stands in their place here, in order
 * @param packed stored tensors that hold several tensors
 * @param copies stored tensors that repeat another one
 * @param include fragments put in place
 */
record SpecFile(
        String name,
        String about,
        String prefix,
        List<String> flags,
        List<String> ranges,
        Map<String, String> indices,
        List<SpaceEntry> spaces,
        List<TensorEntry> tensors,
        List<String> ignore,
        Map<String, String> aliases,
        List<PackedEntry> packed,
        List<CopyEntry> copies,
        List<Inclusion> include) {
    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]*}");
    private static final Pattern WORD = Pattern.compile("[^ ()\\[\\]~|]+");
    private static final Pattern NUMBER = Pattern.compile("(?<=\\.)[0-9]+(?=\\.|$)");

    SpecFile {
        flags = orEmpty(flags);
        ranges = orEmpty(ranges);
        indices = orEmpty(indices);
        spaces = orEmpty(spaces);
        tensors = orEmpty(tensors);
        ignore = orEmpty(ignore);
        aliases = orEmpty(aliases);
        packed = orEmpty(packed);
        copies = orEmpty(copies);
        include = orEmpty(include);
    }

    /** This file with the optional prefix in front of every tensor's name but those that never have it. */
    SpecFile prefixed() {
        return prefix == null ? this : new SpecFile(
                name, about, null, flags, ranges, indices, spaces,
                tensors.stream().map(entry -> entry.withoutPrefix ? entry : entry.at(prefix + entry.name)).toList(),
                ignore.stream().map(entry -> entry.endsWith(BufferPattern.ANY) ? entry : prefix + entry).toList(),
                aliases, packed.stream().map(entry -> entry.at(prefix)).toList(),
                copies.stream().map(entry -> entry.at(prefix)).toList(),
                include.stream().map(entry -> entry.under(prefix)).toList());
    }

    /** One entry of {@code spaces}. */
    record SpaceEntry(
            String name,
            GroupKind group,
            Map<String, GroupKind> instead,
            String over,
            List<String> scale,
            String size,
            List<String> when,
            List<String> unless,
            Map<String, String> where) {
        SpaceEntry {
            instead = orEmpty(instead);
            scale = orEmpty(scale);
            unless = orEmpty(unless);
            when = orEmpty(when);
            where = orEmpty(where);
        }

        SpaceEntry with(GroupKind otherGroup, Map<String, GroupKind> otherInstead) {
            return new SpaceEntry(name, otherGroup, otherInstead, over, scale, size, when, unless, where);
        }
    }

    /** One entry of {@code tensors}. */
    record TensorEntry(
            String name,
            @JsonProperty("without prefix") boolean withoutPrefix,
            String role,
            @JsonProperty("in out") boolean inputsFirst,
            List<String> axes,
            String shift,
            List<String> scale,
            @JsonProperty("part scale") List<List<String>> partScale,
            List<String> when,
            List<String> unless,
            Map<String, String> where) {
        TensorEntry {
            axes = orEmpty(axes);
            scale = orEmpty(scale);
            partScale = orEmpty(partScale);
            when = orEmpty(when);
            unless = orEmpty(unless);
            where = orEmpty(where);
        }

        TensorEntry at(String newName) {
            return new TensorEntry(
                    newName, withoutPrefix, role, inputsFirst, axes, shift, scale, partScale, when, unless, where);
        }
    }

    /**
     * One entry of {@code packed}: a stored tensor whose first axis runs over items and that holds several tensors of
     * each, one after the other along its rows; or a stacked one, without items. The first has as many rows as another
     * tensor has columns, where one is named, and the others have equally many.
     */
    record PackedEntry(
            String name,
            List<String> holds,
            boolean transposed,
            boolean alternating,
            boolean stacked,
            @JsonProperty("first as wide as") String model) {
        PackedEntry {
            holds = orEmpty(holds);
        }

        PackedEntry at(String start) {
            return new PackedEntry(start + name, holds.stream().map(entry -> start + entry).toList(), transposed,
                    alternating, stacked, model == null ? null : start + model);
        }
    }

    /** One entry of {@code copies}: a stored tensor that repeats another one, unless a flag is set. */
    record CopyEntry(
            String name,
            String of,
            @JsonProperty("without prefix") boolean withoutPrefix,
            @JsonProperty("of without prefix") boolean ofWithoutPrefix,
            List<String> when,
            List<String> unless) {
        CopyEntry {
            when = orEmpty(when);
            unless = orEmpty(unless);
        }

        CopyEntry at(String start) {
            return new CopyEntry(
                    withoutPrefix || name == null ? name : start + name,
                    ofWithoutPrefix || of == null ? of : start + of,
                    withoutPrefix, ofWithoutPrefix, when, unless);
        }
    }

    /**
     * A fragment whose tensors and spaces get a prefix each, under further conditions. Flags of the fragment that the
     * inclusion names hold in it, whatever the model is.
     */
    record Inclusion(
            String fragment,
            String tensors,
            String spaces,
            List<String> flags,
            List<String> when,
            List<String> unless,
            Map<String, String> where) {
        Inclusion {
            // Names in the file itself have no dot behind the prefix.
            tensors = tensors == null ? "" : tensors.isEmpty() || tensors.endsWith(".") ? tensors : tensors + ".";
            spaces = spaces == null ? "" : spaces;
            flags = orEmpty(flags);
            when = orEmpty(when);
            unless = orEmpty(unless);
            where = orEmpty(where);
        }

        Inclusion under(String prefix) {
            return new Inclusion(fragment, prefix + tensors, spaces, flags, when, unless, where);
        }

        /** Whether an entry of the fragment can hold here. */
        boolean admits(List<String> refused) {
            return refused.stream().noneMatch(flags::contains);
        }

        /** The conditions of an entry that this inclusion does not settle. */
        List<String> open(List<String> required) {
            return required.stream().filter(flag -> !flags.contains(flag)).toList();
        }

        /** The groups of a space in the order in which their flags are asked for, the last one in any case. */
        private SpaceEntry settled(SpaceEntry entry) {
            Map<String, GroupKind> before = new LinkedHashMap<>();
            for (Map.Entry<String, GroupKind> other : entry.instead.entrySet()) {
                if (flags.contains(other.getKey())) {
                    return entry.with(other.getValue(), before);
                }
                before.put(other.getKey(), other.getValue());
            }
            return entry;
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
                .filter(entry -> place.admits(entry.unless))
                .map(place::settled)
                .map(entry -> new SpaceEntry(
                        space.apply(entry.name), entry.group, entry.instead,
                        renameOptional(entry.over, space), entry.scale.stream().map(space).toList(), entry.size,
                        joined(place.open(entry.when), place.when), joined(entry.unless, place.unless),
                        joined(entry.where, place.where)))
                .toList();
        List<TensorEntry> placedTensors = tensors.stream()
                .filter(entry -> place.admits(entry.unless))
                .map(entry -> new TensorEntry(
                        entry.withoutPrefix ? entry.name : place.tensors + entry.name, entry.withoutPrefix, entry.role,
                        entry.inputsFirst, entry.axes.stream().map(space).toList(),
                        renameOptional(entry.shift, space), entry.scale.stream().map(space).toList(),
                        entry.partScale.stream().map(part -> part.stream().map(space).toList()).toList(),
                        joined(place.open(entry.when), place.when), joined(entry.unless, place.unless),
                        joined(entry.where, place.where)))
                .toList();
        Map<String, String> placedIndices = new LinkedHashMap<>();
        indices.forEach((variable, reference) -> placedIndices.put(variable, space.apply(reference)));
        return new SpecFile(
                name, about, null, flags, ranges, placedIndices, placedSpaces, placedTensors,
                ignore.stream().map(entry -> place.tensors + entry).toList(),
                aliases, packed.stream().map(entry -> entry.at(place.tensors)).toList(),
                copies.stream().map(entry -> entry.at(place.tensors)).toList(), include);
    }

    /** Renames every space in a reference or axis: {@code name}, {@code 1/name}, {@code ~name}, {@code (name name)}. */
    private static String rename(String reference, Set<String> own, String prefix) {
        return WORD.matcher(reference).replaceAll(found -> {
            String word = found.group();
            boolean divides = word.startsWith("1/");
            String renamed = renameWord(divides ? word.substring(2) : word, own, prefix);
            return Matcher.quoteReplacement(divides ? "1/" + renamed : renamed);
        });
    }

    private static String renameWord(String reference, Set<String> own, String prefix) {
        // A reference may name a neighbour or an instance of a declared space: hidden.{depth-1}, hidden.0.
        boolean isOwn = own.stream().anyMatch(name -> sample(name).equals(sample(reference)));
        return isOwn && !prefix.isEmpty() ? prefix + "." + reference : reference;
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
