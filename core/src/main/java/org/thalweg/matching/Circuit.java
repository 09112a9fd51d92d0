package org.thalweg.matching;

import java.util.List;
import org.thalweg.group.Group;
import org.thalweg.group.RotaryPairs;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The product through a space inside a head, {@code WᵀR}: the query-key or the value-output circuit (arXiv 2506.22712,
 * section 3.2), biases as further columns. It does not change when a map acts on W and its contragredient on R, so
 * heads are compared by it whatever basis each is in. Under rotary positions only maps of pairs act, and the invariant
 * is one complex matrix {@code w_p r_p*} for each pair p.
 *
 * @param writers W [size writes]
 * @param readers R [size reads]
 * @param group what acts on the space
 */
record Circuit(Tensor writers, Tensor readers, Group group) {
    /** The circuit of slices that run over a space; a space that is only written is compared with itself. */
    static Circuit of(List<Slice> slices, String space, Group group) {
        List<Tensor> writers = matrices(slices, space, AxisRole.WRITER);
        List<Tensor> readers = matrices(slices, space, AxisRole.READER);
        List<Tensor> first = writers.isEmpty() ? readers : writers;
        List<Tensor> second = readers.isEmpty() ? writers : readers;
        return new Circuit(Tensor.concatenate(first, 1), Tensor.concatenate(second, 1), group);
    }

    private static List<Tensor> matrices(List<Slice> slices, String space, AxisRole role) {
        return slices.stream()
                .flatMap(slice -> slice.factorOf(space)
                        .filter(factor -> slice.role(factor) == role)
                        .map(slice::matrix)
                        .stream())
                .toList();
    }

    /** Inner product of two circuits, without forming either: O(size² (writes + reads)) time. */
    double dot(Circuit other) {
        return dots(other)[0];
    }

    /** Several circuits of one size as one, for {@link #dots}: one product of many columns beats many of few. */
    static Circuit together(List<Circuit> circuits) {
        return new Circuit(
                Tensor.concatenate(circuits.stream().map(Circuit::writers).toList(), 0),
                Tensor.concatenate(circuits.stream().map(Circuit::readers).toList(), 0),
                circuits.getFirst().group);
    }

    /** Inner products with each of several circuits. */
    double[] dots(Circuit together) {
        int size = (int) writers.length(0);
        double[] dots = new double[(int) together.writers.length(0) / size];
        try (Scope scope = Scope.open()) {
            Tensor written = writers.matmul(together.writers.transpose(0, 1)); // [size others*size]
            Tensor read = readers.matmul(together.readers.transpose(0, 1)); // [size others*size]
            for (int other = 0; other < dots.length; other++) {
                Tensor one = written.narrow(1, (long) other * size, size);
                Tensor two = read.narrow(1, (long) other * size, size);
                dots[other] = group.kind().isRotary()
                        ? dotOfPairs(RotaryPairs.of(group), one.contiguous().toDoubles(), two.contiguous().toDoubles())
                        : InnerProducts.of(one, two);
            }
        }
        return dots;
    }

    private static double dotOfPairs(RotaryPairs pairs, double[] written, double[] read) {
        int size = pairs.size();
        double sum = 0;
        for (int pair = 0; pair < pairs.count(); pair++) {
            int one = pairs.first(pair);
            int next = pairs.second(pair);
            int a = one * size + one;
            int b = next * size + next;
            int c = one * size + next;
            int d = next * size + one;
            sum += (written[a] + written[b]) * (read[a] + read[b]) + (written[c] - written[d]) * (read[c] - read[d]);
        }
        return sum;
    }
}
