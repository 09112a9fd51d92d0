package org.thalweg.canonical;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Slice;
import org.thalweg.symmetry.Space;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * A choice among the models that are one function: the element that moves a model to it, found step by step, each
 * step from the tensors as the steps before it move them. Tensors are read one at a time, sums are float64.
 *
 * @param source moves the model's tensors, which are not changed
 * @param alignment what was found so far
 * @param left for people: spaces in which nothing could be done, and why
 */
public record Gauge(Mover source, Alignment alignment, List<String> left) {
    /** How many numbers are converted to float64 at a time. */
    private static final long BLOCK = 1L << 20;

    /** Copies the list. */
    public Gauge {
        left = List.copyOf(left);
    }

    /** A model's tensors, moved. */
    @FunctionalInterface
    interface Mover {
        /** Reads one tensor as an alignment moves it, into the current scope. */
        Tensor moved(String name, Alignment alignment);
    }

    /** What a step finds: elements by the name of the space, and what it left. */
    record Step(Map<String, GroupElement> elements, List<String> left) {}

    /**
     * A model as it is.
     *
     * @param architecture of the model
     * @param source its tensors
     * @return the identity
     */
    public static Gauge of(Architecture architecture, TensorReader source) {
        return new Gauge((name, alignment) -> alignment.exact(name, source), architecture.identity(), List.of());
    }

    /**
     * The same choice, whose further steps read the model otherwise, such as to count.
     *
     * @param reader the same tensors
     * @return this gauge with another source
     */
    public Gauge reading(TensorReader reader) {
        return new Gauge((name, moving) -> moving.exact(name, reader), alignment, left);
    }

    /** A model as it is, whose tensors are computed with in the types in which the reader gives them. */
    static Gauge inTheirTypes(Architecture architecture, TensorReader source) {
        return new Gauge((name, alignment) -> alignment.apply(name, source), architecture.identity(), List.of());
    }

    /**
     * Whether a model has units with free factors, or routers with free shifts.
     *
     * @param architecture of the model
     * @return whether {@link #centringRouters} and {@link #balancingUnits} have anything to do
     */
    public static boolean hasUnits(Architecture architecture) {
        return !Units.spaces(architecture).isEmpty() || architecture.spaces().values().stream()
                .anyMatch(space -> space.group().kind() == GroupKind.TRANSLATION);
    }

    /**
     * Whether a model has bases that are free.
     *
     * @param architecture of the model
     * @return whether {@link #balancingBases} has anything to do
     */
    public static boolean hasBases(Architecture architecture) {
        return architecture.spaces().values().stream().anyMatch(space -> Bases.isBasis(space.group()));
    }

    /**
     * How many tensors are read to centre routers, to balance units and to orient them.
     *
     * @param architecture of the model
     * @return the number; a tensor counts as often as it is read
     */
    public static long readsForUnits(Architecture architecture) {
        return count(architecture, Shifts::isShifted)
                + count(architecture, Units.scaled(architecture))
                + count(architecture, Units.oriented(architecture));
    }

    /**
     * How many tensors are read to balance bases and to orient them.
     *
     * @param architecture of the model
     * @return the number, where no basis stays; a tensor counts as often as it is read
     */
    public static long readsForBases(Architecture architecture) {
        Set<String> all = architecture.spaces().values().stream()
                .filter(space -> Bases.isBasis(space.group()))
                .map(Space::name)
                .collect(Collectors.toSet());
        return count(architecture, layout -> Bases.isOver(architecture, layout, Bases::isBasis))
                + count(architecture, layout -> Bases.isOver(architecture, layout, Bases::isInvertible))
                + count(architecture, layout -> Bases.isWriter(layout, all));
    }

    private static long count(Architecture architecture, Predicate<TensorLayout> read) {
        return architecture.tensors().values().stream().filter(read).count();
    }

    /**
     * Gains of normalisations become 1, their factors going to the maps that read the normalised stream; a gain of 0
     * stays and is named. Gains that nothing stands against, as the last one before a tied head, are no part of the
     * group and stay.
     *
     * @return this gauge with that step after it
     */
    public Gauge foldingGains() {
        return then(Gains::fold);
    }

    /**
     * Routers' rows and biases get mean 0 over the experts, wherever a softmax ignores it.
     *
     * @return this gauge with that step after it
     */
    public Gauge centringRouters() {
        return then(Shifts::centre);
    }

    /**
     * Hidden units get incoming weights (with the bias) and outgoing weights of equal norm, by positive factors; where
     * units feed units, all at once.
     *
     * @return this gauge with that step after it
     */
    public Gauge balancingUnits() {
        return then(Units::balance);
    }

    /**
     * Of the weights that the free factor of a gated unit multiplies (those of {@code up}) the one of largest modulus
     * becomes positive.
     *
     * @return this gauge with that step after it
     */
    public Gauge orientingUnits() {
        return then(Units::orient);
    }

    /**
     * Bases inside heads get equal Gram matrices of what writes and what reads them, in rotary pairs equal norms; bases
     * of lower rank than their dimensions stay and are named.
     *
     * @return this gauge with that step after it
     */
    public Gauge balancingBases() {
        return then(Bases::balance);
    }

    /**
     * After {@link #balancingBases}: the balanced Gram matrices become diagonal, the largest entry first, and of each
     * coordinate's written weights the largest becomes positive; of a rotary pair, read as complex numbers, real and
     * positive. Together the basis is then unique unless two eigenvalues or two weights coincide.
     *
     * @return this gauge with that step after it
     */
    public Gauge orientingBases() {
        Step turned = Bases.turn(alignment.architecture(), this::moved);
        return with(turned).then((architecture, moved) ->
                Bases.orient(architecture, moved, turned.elements().keySet()));
    }

    /** This gauge with a step's elements applied after it. */
    Gauge then(BiFunction<Architecture, TensorReader, Step> step) {
        return with(step.apply(alignment.architecture(), this::moved));
    }

    private Gauge with(Step found) {
        List<String> all = new ArrayList<>(left);
        all.addAll(found.left());
        return new Gauge(
                source, new Alignment(alignment.architecture(), found.elements()).compose(alignment), all);
    }

    private Tensor moved(String name) {
        return source.moved(name, alignment);
    }

    /** How many positions of an axis are worked on at a time. */
    static long rowsOfBlock(Tensor tensor, int axis) {
        return Math.max(1, BLOCK * tensor.length(axis) / Math.max(1, tensor.size()));
    }

    /** Every uniform slice of the tensors whose layouts pass, one tensor after the other. */
    static void forEachSlice(
            Architecture architecture,
            TensorReader source,
            Predicate<TensorLayout> wanted,
            BiConsumer<String, Slice> work) {
        architecture.tensors().forEach((name, layout) -> {
            if (wanted.test(layout)) {
                try (Scope scope = Scope.open()) {
                    Slice.uniform(layout, source.read(name))
                            .forEach(slice -> work.accept(name, slice));
                }
            }
        });
    }
}
