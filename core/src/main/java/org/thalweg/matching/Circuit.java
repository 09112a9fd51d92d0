package org.thalweg.matching;

import java.util.List;
import java.util.function.Function;
import org.thalweg.group.Group;
import org.thalweg.group.RotaryPairs;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.Slice;
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
        return dots(List.of(other))[0];
    }

    /** Inner products with several circuits of the same size. */
    double[] dots(List<Circuit> others) {
        int size = (int) writers.length(0);
        double[] dots = new double[others.size()];
        try (Scope scope = Scope.open()) {
            // One product of many columns is much faster than many of few.
            Tensor written = products(writers, others, Circuit::writers); // [size others*size]
            Tensor read = products(readers, others, Circuit::readers); // [size others*size]
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

    private static Tensor products(Tensor left, List<Circuit> others, Function<Circuit, Tensor> side) {
        Tensor all = others.size() == 1
                ? side.apply(others.getFirst()) : Tensor.concatenate(others.stream().map(side).toList(), 0);
        return left.matmul(all.transpose(0, 1));
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
