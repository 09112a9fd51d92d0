package org.thalweg.matching;

import java.util.List;
import org.thalweg.group.Group;
import org.thalweg.symmetry.AxisRole;
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
    /** The circuit of pieces that run over a space; a space that is only written is compared with itself. */
    static Circuit of(List<Piece> pieces, String space, Group group) {
        List<Tensor> writers = matrices(pieces, space, AxisRole.WRITER);
        List<Tensor> readers = matrices(pieces, space, AxisRole.READER);
        List<Tensor> first = writers.isEmpty() ? readers : writers;
        List<Tensor> second = readers.isEmpty() ? writers : readers;
        return new Circuit(Tensor.concatenate(first, 1), Tensor.concatenate(second, 1), group);
    }

    private static List<Tensor> matrices(List<Piece> pieces, String space, AxisRole role) {
        return pieces.stream()
                .flatMap(piece -> piece.factorOf(space)
                        .filter(factor -> piece.role(factor) == role)
                        .map(piece::matrix)
                        .stream())
                .toList();
    }

    /** Inner product of two circuits, without forming either: O(size² (writes + reads)) time. */
    double dot(Circuit other) {
        try (Scope scope = Scope.open()) {
            Tensor written = writers.matmul(other.writers.transpose(0, 1)); // [size size]
            Tensor read = readers.matmul(other.readers.transpose(0, 1)); // [size size]
            return switch (group) {
                case Group.RotaryMaps(int size, boolean interleaved) -> {
                    double[] w = written.contiguous().toDoubles();
                    double[] r = read.contiguous().toDoubles();
                    double sum = 0;
                    for (int pair = 0; 2 * pair < size; pair++) {
                        int one = interleaved ? 2 * pair : pair;
                        int next = interleaved ? one + 1 : pair + size / 2;
                        int a = one * size + one;
                        int b = next * size + next;
                        int c = one * size + next;
                        int d = next * size + one;
                        sum += (w[a] + w[b]) * (r[a] + r[b]) + (w[c] - w[d]) * (r[c] - r[d]);
                    }
                    yield sum;
                }
                default -> written.multiply(read).sum().item();
            };
        }
    }
}
