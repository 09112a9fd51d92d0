package org.thalweg.symmetry;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.tensor.Random;

/** A specification bound to the tensors of one model: every space with its length, every tensor with its axes. */
public final class Architecture {
    /** The space of the residual stream in every specification. */
    public static final String STREAM = "residual";

    private final String name;
    private final Map<String, Space> spaces;
    private final Map<String, TensorLayout> tensors;
    private final Set<String> ignored;

    /**
     * An architecture of one model.
     *
     * @param name of its specification
     * @param spaces by name, in order
     * @param tensors the axes of each tensor, in order
     * @param ignored names of tensors that no symmetry acts on and no network reads
     */
    public Architecture(
            String name, Map<String, Space> spaces, Map<String, TensorLayout> tensors, Set<String> ignored) {
        this.ignored = Collections.unmodifiableSet(new LinkedHashSet<>(ignored));
        this.name = name;
        this.spaces = Collections.unmodifiableMap(new LinkedHashMap<>(spaces));
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * The family.
     *
     * @return for example {@code vit-moe}
     */
    public String name() {
        return name;
    }

    /**
     * All spaces by name, each after those it refers to.
     *
     * @return an unmodifiable map
     */
    public Map<String, Space> spaces() {
        return spaces;
    }

    /**
     * All tensors by name.
     *
     * @return an unmodifiable map
     */
    public Map<String, TensorLayout> tensors() {
        return tensors;
    }

    /**
     * Buffers in the model's files that are no parameters; alignments pass them on.
     *
     * @return their names
     */
    public Set<String> ignored() {
        return ignored;
    }

    /**
     * How many elements the discrete part of the whole group has; nested spaces count once for each position they
     * are nested in, which is the order of the wreath product.
     *
     * @return decimal logarithm of that number
     */
    public double log10Order() {
        return spaces.values().stream().mapToDouble(space -> space.group().log10Order()).sum();
    }

    /**
     * How many continuous parameters the whole group has.
     *
     * @return its dimension
     */
    public long dimension() {
        return spaces.values().stream().mapToLong(space -> space.group().dimension()).sum();
    }

    /**
     * A space by its name.
     *
     * @param space for example {@code layers.0.heads}
     * @return the space
     * @throws IllegalArgumentException when there is none of that name
     */
    public Space space(String space) {
        return Optional.ofNullable(spaces.get(space))
                .orElseThrow(() -> new IllegalArgumentException("the architecture '" + name + "' has no space '"
                        + space + "'"));
    }

    /**
     * A random element of the whole group: one in every space.
     *
     * @param random where the choice comes from
     * @return the alignment
     */
    public Alignment random(Random random) {
        return random(random, List.copyOf(spaces.keySet()));
    }

    /**
     * A random element in some spaces, the identity in all others.
     *
     * @param random where the choice comes from
     * @param chosen names of spaces
     * @return the alignment
     */
    public Alignment random(Random random, List<String> chosen) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        chosen.forEach(space -> elements.put(space, space(space).group().random(random)));
        return new Alignment(this, elements);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Architecture that
                && name.equals(that.name)
                && spaces.equals(that.spaces)
                && tensors.equals(that.tensors);
    }

    @Override
    public int hashCode() {
        return name.hashCode() + 31 * spaces.keySet().hashCode();
    }

    @Override
    public String toString() {
        return name + " with " + tensors.size() + " tensors and " + spaces.size() + " spaces";
    }

    /**
     * The same architecture in which the positions of one space stay in their places; what stands at them is free.
     *
     * @param space its name
     * @return another architecture of the same tensors
     */
    public Architecture withFixed(String space) {
        Space found = space(space);
        Map<String, Space> changed = new LinkedHashMap<>(spaces);
        changed.put(space, new Space(found.indexedName(),
                new Group(GroupKind.NONE, found.group().size()), found.over(), found.scales()));
        return new Architecture(name, changed, tensors, ignored);
    }

    /**
     * The alignment that changes nothing.
     *
     * @return the identity
     */
    public Alignment identity() {
        return new Alignment(this, Map.of());
    }
}
