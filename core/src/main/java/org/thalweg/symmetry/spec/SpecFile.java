package org.thalweg.symmetry.spec;

import java.util.ArrayList;
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
import org.thalweg.storage.YamlPlace;

/**
 * A specification as it stands in a YAML file; absent lists are empty.
 *
 * @param name of the architecture or fragment
 * @param prefix of the tensors' names that a model has or has not; empty when there is none
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

    /** This file with the optional prefix in front of every tensor's name but those that never have it. */
    SpecFile prefixed() {
        return prefix.isEmpty() ? this : new SpecFile(
                name, "", flags, ranges, indices, spaces,
                tensors.stream().map(entry -> entry.withoutPrefix ? entry : entry.at(prefix + entry.name)).toList(),
                ignore.stream().map(entry -> entry.endsWith(BufferPattern.ANY) ? entry : prefix + entry).toList(),
                aliases, packed.stream().map(entry -> entry.at(prefix)).toList(),
                copies.stream().map(entry -> entry.at(prefix)).toList(),
                include.stream().map(entry -> entry.under(prefix)).toList());
    }

    /**
     * When an entry holds.
     *
     * @param all flags that must all be set
     * @param none flags none of which may be set
     * @param where the range each variable is restricted to, by variable
     */
    record When(List<String> all, List<String> none, Map<String, String> where) {
        Guard guard() {
            return new Guard(all, none, where);
        }
    }

    /** One entry of {@code spaces}. */
    record SpaceEntry(
            YamlPlace place,
            String name,
            GroupKind group,
            Map<String, GroupKind> instead,
            Optional<String> over,
            List<String> scale,
            Optional<String> size,
            When when) {
        SpaceEntry with(GroupKind otherGroup, Map<String, GroupKind> otherInstead) {
            return new SpaceEntry(place, name, otherGroup, otherInstead, over, scale, size, when);
        }
    }

    /** One entry of {@code tensors}. */
    record TensorEntry(
            YamlPlace place,
            String name,
            boolean withoutPrefix,
            Optional<String> role,
            boolean inputsFirst,
            List<String> axes,
            Optional<String> shift,
            List<String> scale,
            List<List<String>> partScale,
            When when) {
        TensorEntry at(String newName) {
            return new TensorEntry(
                    place, newName, withoutPrefix, role, inputsFirst, axes, shift, scale, partScale, when);
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
            Optional<String> model) {
        PackedEntry at(String start) {
            return new PackedEntry(start + name, holds.stream().map(entry -> start + entry).toList(), transposed,
                    alternating, stacked, model.map(other -> start + other));
        }
    }

    /** One entry of {@code copies}: a stored tensor that repeats another one, unless a flag is set. */
    record CopyEntry(String name, String of, boolean withoutPrefix, boolean ofWithoutPrefix, When when) {
        CopyEntry at(String start) {
            return new CopyEntry(
                    withoutPrefix ? name : start + name, ofWithoutPrefix ? of : start + of, withoutPrefix,
                    ofWithoutPrefix, when);
        }
    }

    /**
     * A fragment whose tensors and spaces get a prefix each, under further conditions. Flags of the fragment that the
     * inclusion names hold in it, whatever the model is.
     */
    record Inclusion(
            YamlPlace place, String fragment, String tensors, String spaces, List<String> flags, When when) {
        Inclusion under(String prefix) {
            return new Inclusion(place, fragment, prefix + tensors, spaces, flags, when);
        }

        /** Whether an entry of the fragment can hold here. */
        boolean admits(When refused) {
            return refused.none.stream().noneMatch(flags::contains);
        }

        /** The conditions of an entry that this inclusion does not settle, and its own. */
        When open(When own) {
            return new When(
                    joined(own.all.stream().filter(flag -> !flags.contains(flag)).toList(), when.all),
                    joined(own.none, when.none), joined(own.where, when.where));
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
    SpecFile placed(Inclusion inclusion) {
        Set<String> own = spaces.stream().map(entry -> sample(entry.name)).collect(Collectors.toSet());
        UnaryOperator<String> space = reference -> rename(reference, own, inclusion.spaces);
        List<SpaceEntry> placedSpaces = spaces.stream()
                .filter(entry -> inclusion.admits(entry.when))
                .map(inclusion::settled)
                .map(entry -> new SpaceEntry(
                        entry.place.includedAt(inclusion.place), space.apply(entry.name), entry.group, entry.instead,
                        entry.over.map(space), entry.scale.stream().map(space).toList(), entry.size,
                        inclusion.open(entry.when)))
                .toList();
        List<TensorEntry> placedTensors = tensors.stream()
                .filter(entry -> inclusion.admits(entry.when))
                .map(entry -> new TensorEntry(
                        entry.place.includedAt(inclusion.place),
                        entry.withoutPrefix ? entry.name : inclusion.tensors + entry.name, entry.withoutPrefix,
                        entry.role, entry.inputsFirst, entry.axes.stream().map(space).toList(),
                        entry.shift.map(space), entry.scale.stream().map(space).toList(),
                        entry.partScale.stream().map(part -> part.stream().map(space).toList()).toList(),
                        inclusion.open(entry.when)))
                .toList();
        Map<String, String> placedIndices = new LinkedHashMap<>();
        indices.forEach((variable, reference) -> placedIndices.put(variable, space.apply(reference)));
        return new SpecFile(
                name, "", flags, ranges, placedIndices, placedSpaces, placedTensors,
                ignore.stream().map(entry -> inclusion.tensors + entry).toList(),
                aliases, packed.stream().map(entry -> entry.at(inclusion.tensors)).toList(),
                copies.stream().map(entry -> entry.at(inclusion.tensors)).toList(), include);
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
        return own.contains(sample(reference)) && !prefix.isEmpty() ? prefix + "." + reference : reference;
    }

    /** A name with every number and variable replaced by 0, which is equal for names of one family. */
    static String sample(String name) {
        return NUMBER.matcher(VARIABLE.matcher(name).replaceAll("0")).replaceAll("0");
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
}
