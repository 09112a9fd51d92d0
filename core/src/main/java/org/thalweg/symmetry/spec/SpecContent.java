package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.storage.YamlPlace;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.Scale;

/**
 * A checked specification with its inclusions in place.
 *
 * @param name of the family
 * @param spaces in an order in which each refers only to earlier ones
 * @param tensors in the order of the files
 * @param flags conditions that may be set
 * @param ranges ranges that must be given
 * @param ignored patterns of the names of buffers
 * @param stored how tensors lie in files
 * @param families the spaces by the family of their name
 */
record SpecContent(
        String name,
        List<SpaceDeclaration> spaces,
        List<TensorDeclaration> tensors,
        Set<String> flags,
        Set<String> ranges,
        List<BufferPattern> ignored,
        StoredNames stored,
        Map<String, SpaceDeclaration> families) {

    static SpecContent of(String name, List<SpecFile> files) {
        Set<String> flags = new LinkedHashSet<>();
        Set<String> ranges = new LinkedHashSet<>();
        List<SpaceDeclaration> spaces = new ArrayList<>();
        List<TensorDeclaration> tensors = new ArrayList<>();
        List<BufferPattern> ignored = new ArrayList<>();
        for (SpecFile file : files) {
            IndexTable indices = IndexTable.parse(file.indices());
            file.ignore().forEach(entry -> ignored.add(BufferPattern.parse(entry)));
            flags.addAll(file.flags());
            ranges.addAll(file.ranges());
            file.spaces().forEach(entry -> spaces.add(space(entry, indices)));
            file.tensors().forEach(entry -> tensors.add(tensor(entry, indices)));
        }
        Map<String, SpaceDeclaration> families = new LinkedHashMap<>();
        spaces.forEach(space -> families.putIfAbsent(SpecFile.sample(space.name().toString()), space));
        List<SpecFile.PackedEntry> packed = files.stream().flatMap(file -> file.packed().stream()).toList();
        List<SpecFile.CopyEntry> copies = files.stream().flatMap(file -> file.copies().stream()).toList();
        Map<String, String> aliases = new LinkedHashMap<>();
        files.forEach(file -> aliases.putAll(file.aliases()));
        SpecContent content = new SpecContent(
                name, List.copyOf(spaces), List.copyOf(tensors), Set.copyOf(flags), Set.copyOf(ranges),
                List.copyOf(ignored), StoredNames.of(aliases, packed, copies), families);
        new SpecCheck(content).run();
        return content;
    }

    private static SpaceDeclaration space(SpecFile.SpaceEntry entry, IndexTable indices) {
        return new SpaceDeclaration(
                entry.place(),
                name(entry.place(), entry.name()),
                entry.group(),
                entry.instead(),
                entry.over().map(NamePattern::parse),
                entry.scale().stream().map(Scale::parse).toList(),
                entry.size(),
                entry.when().guard(),
                indices);
    }

    private static TensorDeclaration tensor(SpecFile.TensorEntry entry, IndexTable indices) {
        return new TensorDeclaration(
                entry.place(),
                name(entry.place(), entry.name()),
                entry.role(),
                entry.inputsFirst(),
                entry.axes().stream().map(AxisPattern::parse).toList(),
                entry.shift().map(NamePattern::parse),
                entry.scale().stream().map(Scale::parse).toList(),
                entry.partScale().stream().map(part -> part.stream().map(Scale::parse).toList()).toList(),
                entry.when().guard(),
                indices);
    }

    /** A name, which with its prefixes may have become too long. */
    private static NamePattern name(YamlPlace place, String text) {
        return Form.parsed(place, text, NamePattern::parse);
    }

    /** The declaration of a space, found by the family of its name. */
    Optional<SpaceDeclaration> declarationOf(String reference) {
        return Optional.ofNullable(families.get(SpecFile.sample(reference)));
    }
}
