package org.thalweg.symmetry;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.thalweg.group.AxisMap;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.group.Translation;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * One element of the whole symmetry group of an architecture: an element in each space, the identity where none is
 * named. Moves a model B to another model of the same function.
 *
 * <p>On every tensor the maps of the axes (permutations, rotations, …) act first, then scalings multiply, then the
 * translation is added; vectors and the elements of nested spaces are indexed by positions in A, the target. So
 * {@code h.compose(g)} is not the composition space by space: g's elements are first moved by h (the wreath and
 * semidirect product), as {@link #apply} requires.
 *
 * <p>Permutations move numbers without changing a bit. Scalings and translations round in the tensor's element type.
 *
 * @param architecture what it acts on
 * @param elements by name of the space, identities left out; copied
 */
public record Alignment(Architecture architecture, Map<String, GroupElement> elements) {
    /** Refuses elements of unknown spaces and of groups that do not act there. */
    public Alignment {
        for (Map.Entry<String, GroupElement> entry : elements.entrySet()) {
            Group group = architecture.space(entry.getKey()).group();
            if (!group.contains(entry.getValue())) {
                throw new IllegalArgumentException("the space '" + entry.getKey() + "' takes a " + group.kind().label()
                        + " of length " + group.size() + ", not a "
                        + entry.getValue().getClass().getSimpleName() + " of length " + entry.getValue().size());
            }
        }
        Map<String, GroupElement> ordered = new LinkedHashMap<>();
        for (String space : architecture.spaces().keySet()) {
            Optional.ofNullable(elements.get(space))
                    .filter(element -> !element.isIdentity())
                    .ifPresent(element -> ordered.put(space, element));
        }
        elements = Collections.unmodifiableMap(ordered);
    }

    /**
     * The element in a space.
     *
     * @param space its name
     * @return the element, the identity when none was given
     */
    public GroupElement element(String space) {
        return Optional.ofNullable(elements.get(space))
                .orElseGet(() -> architecture.space(space).group().identity());
    }

    /**
     * The permutation in a space.
     *
     * @param space its name; its group is of permutations
     * @return the permutation, the identity when none was given
     */
    public Permutation permutation(String space) {
        return (Permutation) element(space);
    }

    /**
     * This alignment with another element in one space.
     *
     * @param space its name
     * @param element an element of its group
     * @return a new alignment
     */
    public Alignment with(String space, GroupElement element) {
        Map<String, GroupElement> changed = new LinkedHashMap<>(elements);
        changed.put(space, element);
        return new Alignment(architecture, changed);
    }

    /**
     * Moves a model.
     *
     * @param model every tensor is one of the architecture's; not changed
     * @return the moved model, names in the same order; tensors on which nothing acts are passed on as they are
     */
    public Parameters apply(Parameters model) {
        return model.mapNamed((name, tensor) -> apply(name, model::get));
    }

    /**
     * Moves one tensor, so that a model larger than memory can be moved. The only place where alignments act on
     * tensors. Memory is a few times the tensor's.
     *
     * @param name one of the architecture's tensors, or one that it ignores
     * @param source the model; one tensor of it is read, the one that is put in this place
     * @return the moved tensor, in the caller's scope like the one read; that one itself when nothing acts on it
     * @throws IllegalArgumentException when the architecture has no such tensor
     */
    public Tensor apply(String name, TensorReader source) {
        return apply(name, source, UnaryOperator.identity());
    }

    /**
     * As {@link #apply(String, TensorReader)}; orders and signs act in the type in which the tensor is read.
     *
     * @param name one of the architecture's tensors, or one that it ignores
     * @param source the model
     * @param widened converts the tensor before anything else acts, so that nothing is rounded to its own type
     * @return the moved tensor, converted only if something else acts
     */
    public Tensor apply(String name, TensorReader source, UnaryOperator<Tensor> widened) {
        if (architecture.ignored().contains(name)) {
            return source.read(name);
        }
        TensorLayout layout = layoutOf(name);
        Tensor read = source.read(layout.indexedName().source(elements));
        try (Scope scope = Scope.open()) {
            Tensor result = new TensorAction(layout, elements).apply(read, widened);
            return result == read ? read : scope.keep(result);
        }
    }

    /**
     * Whether a tensor is moved by orders, signs and powers of two alone, which lose nothing in the type it is stored
     * in as long as its exponents have room.
     *
     * @param name one of the architecture's tensors, or one that it ignores
     * @return the room that exponents need; nothing when other elements act
     * @throws IllegalArgumentException when the architecture has no such tensor
     */
    public Optional<Exponents> exponents(String name) {
        return architecture.ignored().contains(name)
                ? Optional.of(Exponents.NONE)
                : new TensorAction(layoutOf(name), elements).exponents();
    }

    /**
     * As {@link #apply(String, TensorReader)}, in float64 whatever the model is stored in; tensors that are not
     * floating keep their type. Of a tensor in another type memory is the tensor as it is read and one copy in float64,
     * where scalings alone act or other elements on a slice at a time.
     *
     * @param name one of the architecture's tensors, or one that it ignores
     * @param source the model; one tensor of it is read and not changed
     * @return the moved tensor, in the caller's scope
     * @throws IllegalArgumentException when the architecture has no such tensor
     */
    public Tensor exact(String name, TensorReader source) {
        try (Scope scope = Scope.open()) {
            return scope.keep(wide(apply(name, source, Alignment::wide)));
        }
    }

    private static Tensor wide(Tensor tensor) {
        return tensor.dtype().isFloating() ? tensor.to(DType.FLOAT64) : tensor;
    }

    private TensorLayout layoutOf(String name) {
        return Optional.ofNullable(architecture.tensors().get(name))
                .orElseThrow(() -> new IllegalArgumentException(
                        "the architecture '" + architecture.name() + "' has no tensor '" + name + "'"));
    }

    /**
     * The alignment that undoes this one.
     *
     * @return the inverse: applied after this one it gives back the model, bit for bit when only permutations act
     */
    public Alignment inverse() {
        Map<String, GroupElement> result = new LinkedHashMap<>();
        // Spaces come after those they refer to, so what moves an element is already in the result.
        architecture.spaces().values().forEach(
                space -> result.put(space.name(), moved(space, elements, result).inverse()));
        return new Alignment(architecture, result);
    }

    /**
     * The alignment that applies {@code first} and then this one.
     *
     * @param first an alignment of the same architecture
     * @return the product
     * @throws IllegalArgumentException when the architectures differ
     */
    public Alignment compose(Alignment first) {
        if (!architecture.equals(first.architecture)) {
            throw new IllegalArgumentException("cannot compose alignments of " + architecture + " and of "
                    + first.architecture);
        }
        Map<String, GroupElement> result = new LinkedHashMap<>();
        architecture.spaces().values().forEach(space -> {
            GroupElement before = moved(space, first.elements, elements);
            result.put(space.name(), Optional.ofNullable(elements.get(space.name()))
                    .map(element -> element.compose(before))
                    .orElse(before));
        });
        return new Alignment(architecture, result);
    }

    /** The element that {@code first} has in the space which {@code second} puts here, as {@code second} moves it. */
    private static GroupElement moved(
            Space space, Map<String, GroupElement> first, Map<String, GroupElement> second) {
        GroupElement element = Optional.ofNullable(first.get(space.indexedName().source(second)))
                .orElseGet(() -> space.group().identity());
        if (space.over().isPresent() && second.get(space.over().get()) instanceof AxisMap map) {
            element = element.carriedBy(map);
        }
        if (element instanceof Translation translation) {
            for (Scale scale : space.scales()) {
                if (second.get(scale.space()) instanceof Scaling scaling) {
                    translation = translation.scaled(scale.reciprocal() ? scaling.inverse() : scaling);
                }
            }
            return translation;
        }
        return element;
    }

    /**
     * A short account for people.
     *
     * @return for each kind of element in how many spaces it acts, and how many positions move
     */
    public String describe() {
        if (elements.isEmpty()) {
            return "identity";
        }
        Map<String, int[]> counts = new TreeMap<>();
        elements.forEach((space, element) -> {
            int[] count = counts.computeIfAbsent(architecture.space(space).group().kind().label(), _ -> new int[3]);
            count[0]++;
            count[1] += element.moved();
            count[2] += element.size();
        });
        StringBuilder text = new StringBuilder();
        counts.forEach((label, count) -> text.append(text.isEmpty() ? "" : "; ")
                .append(label).append(" in ").append(count[0]).append(count[0] == 1 ? " space (" : " spaces (")
                .append(count[1]).append(" of ").append(count[2]).append(" coordinates changed)"));
        return text.toString();
    }
}
