package org.thalweg.matching;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.IndexedName.Place;
import org.thalweg.symmetry.SpaceReference;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.Tensor;

/**
 * A part of a tensor, of which some factors may be fixed at one position.
 *
 * @param stem what the names of corresponding tensors of other items have in common
 * @param number which part
 * @param part its layout
 * @param values one axis a factor, of length 1 where fixed
 * @param positions [factors] where a factor is fixed, -1 where it is free
 */
record Piece(String stem, int number, TensorLayout.Part part, Tensor values, int[] positions) {
    static Piece whole(String stem, int number, TensorLayout.Part part, Tensor values) {
        int[] lengths = SpaceTree.lengths(part.factors());
        int[] positions = IntStream.range(0, lengths.length).map(_ -> -1).toArray();
        long[] fine = IntStream.of(lengths).asLongStream().toArray();
        return new Piece(stem, number, part, values.reshape(fine), positions);
    }

    /** Corresponding pieces of two items, or of two models, have equal keys. */
    String key() {
        return stem + "#" + number;
    }

    /** The map a piece belongs to: a weight and its bias have one. */
    String mapKey() {
        return stem.replaceFirst("[._](weight|bias)$", "") + "#" + number;
    }

    int factors() {
        return positions.length;
    }

    boolean isFree(int factor) {
        return positions[factor] < 0;
    }

    AxisRole role(int factor) {
        return part.factors().get(factor).role();
    }

    /** Whether a factor runs over a space at all, rather than over a fixed number of places. */
    boolean hasSpace(int factor) {
        return part.factors().get(factor).reference().isPresent();
    }

    /** The space of a factor, once the factors that select it are fixed. */
    Optional<String> space(int factor) {
        return part.factors().get(factor).reference().flatMap(this::name);
    }

    private Optional<String> name(SpaceReference reference) {
        return reference.outerFactors().stream().allMatch(factor -> positions[factor] >= 0)
                ? Optional.of(reference.at(positions, SpaceTree.lengths(part.factors())))
                : Optional.empty();
    }

    /** The free factor that runs over a space. */
    Optional<Integer> factorOf(String space) {
        return factorsOf(space).stream().findFirst();
    }

    /** All free factors that run over a space. */
    List<Integer> factorsOf(String space) {
        return IntStream.range(0, factors()).boxed()
                .filter(factor -> isFree(factor) && space(factor).filter(space::equals).isPresent())
                .toList();
    }

    /** Whether all free factors but one run over spaces that correspond already. */
    boolean othersSettled(int except, Predicate<Optional<String>> settled) {
        return IntStream.range(0, factors())
                .filter(factor -> factor != except && isFree(factor) && hasSpace(factor))
                .allMatch(factor -> settled.test(space(factor)));
    }

    /** The slice at a place; nothing when the piece does not run over that space. */
    Optional<Piece> at(Place place) {
        return factorOf(place.space()).map(factor -> {
            int[] fixed = positions.clone();
            fixed[factor] = place.position();
            return new Piece(stem, number, part, values.narrow(factor, place.position(), 1), fixed);
        });
    }

    /** The same piece of another model. */
    Piece with(Tensor others) {
        return new Piece(stem, number, part, others, positions);
    }

    /** The numbers with one factor as rows and all others as columns, [length rest]. */
    Tensor matrix(int factor) {
        return values.transpose(0, factor).reshape(values.length(factor), -1);
    }

    /** Whether a vector that acts along a factor multiplies this piece, such as the signs of gated units. */
    boolean isScaledBy(String vector, int factor) {
        return part.scales().stream().anyMatch(scale -> scale.along().filter(along -> along == factor).isPresent()
                && name(scale.reference()).filter(vector::equals).isPresent());
    }

    /** All numbers in one row. */
    Tensor flat() {
        return values.reshape(1, -1);
    }

    /** Whether a common shift of all positions is free. */
    boolean isShifted() {
        return part.shift().isPresent();
    }

    /** Whether a factor of the whole is free. */
    boolean hasFreeScale() {
        return part.scales().stream().anyMatch(scale -> scale.along().isEmpty());
    }
}
