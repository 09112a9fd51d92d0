package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.tensor.Tensor;

/**
 * A slice of one part of a tensor: some of its factors are fixed at one position, the others run over all of theirs. Of
 * a tensor that holds all experts, for example, one expert.
 */
public final class Slice {
    private static final int FREE = -1;

    private final String stem;
    private final int number;
    private final TensorLayout.Part part;
    private final Tensor values;
    private final int[] positions;

    private Slice(String stem, int number, TensorLayout.Part part, Tensor values, int[] positions) {
        this.stem = stem;
        this.number = number;
        this.part = part;
        this.values = values;
        this.positions = positions;
    }

    /**
     * A space whose map acts along a factor.
     *
     * @param space its name
     * @param factor which factor, an axis of the slice
     * @param role how the map acts
     */
    public record Mapped(String space, int factor, AxisRole role) {}

    /**
     * A space whose vector acts, along a factor or as a single number.
     *
     * @param space its name
     * @param factor which factor, an axis of the slice; none for a single number
     * @param reciprocal whether a scaling divides
     */
    public record Scaled(String space, Optional<Integer> factor, boolean reciprocal) {}

    /**
     * The parts of a tensor, nothing fixed.
     *
     * @param layout of the tensor
     * @param tensor its values; not changed
     * @return one slice a part, in the current scope or views of the tensor
     */
    public static List<Slice> parts(TensorLayout layout, Tensor tensor) {
        List<Tensor> cut = layout.cut(tensor);
        List<Slice> slices = new ArrayList<>();
        for (int number = 0; number < cut.size(); number++) {
            TensorLayout.Part part = layout.parts().get(number);
            int[] free = part.factors().stream().mapToInt(_ -> FREE).toArray();
            long[] fine = part.factors().stream().mapToLong(TensorLayout.Factor::length).toArray();
            slices.add(new Slice(layout.indexedName().stem(), number, part, cut.get(number).reshape(fine), free));
        }
        return slices;
    }

    /**
     * Cuts a tensor so finely that every space acts in one way on a slice: all factors that select a space are fixed.
     *
     * @param layout of the tensor
     * @param tensor its values; not changed
     * @return all slices, in the current scope or views of the tensor
     */
    public static List<Slice> uniform(TensorLayout layout, Tensor tensor) {
        return parts(layout, tensor).stream().flatMap(Slice::cut).toList();
    }

    private Stream<Slice> cut() {
        TreeSet<Integer> selecting = new TreeSet<>();
        part.factors().forEach(factor -> factor.reference().ifPresent(found -> selecting.addAll(found.outerFactors())));
        part.scales().forEach(scale -> selecting.addAll(scale.reference().outerFactors()));
        part.shift().ifPresent(shift -> selecting.addAll(shift.reference().outerFactors()));
        return SpaceReference.positions(List.copyOf(selecting), part.lengths()).stream().map(at -> {
            Slice slice = this;
            for (int factor : selecting) {
                slice = slice.fixed(factor, at[factor]);
            }
            return slice;
        });
    }

    private Slice fixed(int factor, int position) {
        int[] fixed = positions.clone();
        fixed[factor] = position;
        return new Slice(stem, number, part, values.narrow(factor, position, 1), fixed);
    }

    /**
     * The slice at a place.
     *
     * @param place a position of a space
     * @return nothing when no free factor runs over that space
     */
    public Optional<Slice> at(Place place) {
        return factorOf(place.space()).map(factor -> fixed(factor, place.position()));
    }

    /**
     * The same slice of another model, or with something done to it.
     *
     * @param others its values
     * @return a new slice
     */
    public Slice with(Tensor others) {
        return new Slice(stem, number, part, others, positions);
    }

    /**
     * The numbers.
     *
     * @return one axis a factor, of length 1 where fixed; not to be changed
     */
    public Tensor values() {
        return values;
    }

    /**
     * The numbers as rows along one factor.
     *
     * @param factor which
     * @return [length rest]
     */
    public Tensor matrix(int factor) {
        return values.transpose(0, factor).reshape(values.length(factor), -1);
    }

    /**
     * All numbers in one row.
     *
     * @return [1 size]
     */
    public Tensor flat() {
        return values.reshape(1, -1);
    }

    /**
     * What the names of corresponding tensors of other items have in common.
     *
     * @return see {@link IndexedName#stem()}
     */
    public String stem() {
        return stem;
    }

    /**
     * Identifies corresponding slices: those of two items, or of two models, have equal keys.
     *
     * @return a key
     */
    public String key() {
        return stem + "#" + number;
    }

    /**
     * The map that a slice belongs to: a weight and its bias have one.
     *
     * @return a key
     */
    public String mapKey() {
        return stem.replaceFirst("[._](weight|bias)$", "") + "#" + number;
    }

    /**
     * How many factors there are.
     *
     * @return fixed ones included
     */
    public int factors() {
        return positions.length;
    }

    /**
     * Whether a factor runs over all of its positions.
     *
     * @param factor which
     * @return false where it is fixed
     */
    public boolean isFree(int factor) {
        return positions[factor] == FREE;
    }

    /**
     * How the map of a factor's space acts.
     *
     * @param factor which
     * @return its role
     */
    public AxisRole role(int factor) {
        return part.factors().get(factor).role();
    }

    /**
     * Whether a factor runs over a space at all, rather than over a fixed number of places.
     *
     * @param factor which
     * @return also true while it is open which space that is
     */
    public boolean hasSpace(int factor) {
        return part.factors().get(factor).reference().isPresent();
    }

    /**
     * The space of a factor.
     *
     * @param factor which
     * @return its name; nothing where it has none, or as long as a factor that selects it is free
     */
    public Optional<String> space(int factor) {
        return part.factors().get(factor).reference().flatMap(this::name);
    }

    private Optional<String> name(SpaceReference reference) {
        return reference.outerFactors().stream().noneMatch(this::isFree)
                ? Optional.of(reference.at(positions, part.lengths()))
                : Optional.empty();
    }

    /**
     * The first free factor that runs over a space.
     *
     * @param space its name
     * @return the factor
     */
    public Optional<Integer> factorOf(String space) {
        return factorsOf(space).stream().findFirst();
    }

    /**
     * All free factors that run over a space.
     *
     * @param space its name
     * @return the factors, ascending
     */
    public List<Integer> factorsOf(String space) {
        return IntStream.range(0, factors()).boxed()
                .filter(factor -> isFree(factor) && space(factor).filter(space::equals).isPresent())
                .toList();
    }

    /**
     * The maps that act on the slice.
     *
     * @return one for each free factor whose space is known
     */
    public List<Mapped> maps() {
        return IntStream.range(0, factors()).boxed()
                .filter(this::isFree)
                .flatMap(factor -> space(factor).map(space -> new Mapped(space, factor, role(factor))).stream())
                .toList();
    }

    /**
     * The scalings that multiply or divide the slice.
     *
     * @return those whose space is known
     */
    public List<Scaled> scales() {
        return part.scales().stream().flatMap(scale -> scaled(scale).stream()).toList();
    }

    /**
     * The translation that is added.
     *
     * @return nothing when there is none or its space is not known
     */
    public Optional<Scaled> shift() {
        return part.shift().flatMap(this::scaled);
    }

    private Optional<Scaled> scaled(TensorLayout.Vector vector) {
        return name(vector.reference()).map(space -> new Scaled(space, vector.along(), vector.reciprocal()));
    }

    /**
     * Whether a scaling acts along a factor, such as the signs of gated units.
     *
     * @param space of the scaling
     * @param factor which
     * @return false also where the space is not known
     */
    public boolean isScaledBy(String space, int factor) {
        return scales().stream().anyMatch(scale ->
                scale.space().equals(space) && scale.factor().filter(along -> along == factor).isPresent());
    }
}
