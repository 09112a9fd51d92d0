package org.thalweg.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Inputs;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Tensors of which texts read only the rows of the tokens, positions or distances that occur: embeddings above all. A
 * comparison of functions says nothing about the other rows, so where the alignment is known they are compared
 * directly: the moved tensor is moved back, and every row must be the source's.
 */
final class SampledRows {
    /** Rows shorter than this, in units of the longest, are compared as if they were as long. */
    private static final double SHORTEST = 1e-6;

    private SampledRows() {}

    /** One tensor, and the axis whose positions are chosen by inputs. */
    private record Rows(String tensor, int axis) {}

    /**
     * Compares all such tensors.
     *
     * @param moved the model
     * @param tensors its moved tensors, stored or before they are rounded
     * @param tolerance largest difference allowed, in units of the row's length
     * @throws WorkFailure naming the first row that does not come back
     */
    static void require(MovedModel moved, TensorReader tensors, double tolerance) {
        Alignment back = moved.alignment().inverse();
        for (Rows rows : of(moved)) {
            if (isReturned(rows.tensor(), moved, tensors, back)) {
                continue;
            }
            try (Scope scope = Scope.open()) {
                Tensor source = rows(rows, moved.reader().read(rows.tensor()).to(DType.FLOAT64));
                Tensor returned = rows(rows, back.apply(rows.tensor(), name -> tensors.read(name).to(DType.FLOAT64)));
                double[] lengths = lengths(source);
                double[] differences = lengths(source.subtract(returned));
                double shortest = SHORTEST * Arrays.stream(lengths).max().orElse(0);
                for (int row = 0; row < lengths.length; row++) {
                    if (!(differences[row] <= tolerance * Math.max(lengths[row], shortest))) {
                        throw new WorkFailure(String.format(Locale.ROOT, "row %d of the moved tensor '%s' is not the "
                                + "source's when it is moved back: it differs by %.3g of its length where %.1g is "
                                + "allowed; nothing was written.", row, rows.tensor(),
                                differences[row] / Math.max(lengths[row], shortest), tolerance));
                    }
                }
            }
        }
    }

    /** Whether a tensor moved back in the type it is stored in is the source's, number by number. */
    private static boolean isReturned(String tensor, MovedModel moved, TensorReader tensors, Alignment back) {
        if (back.exponents(tensor).isEmpty()) {
            return false;
        }
        try (Scope scope = Scope.open()) {
            Tensor returned = back.apply(tensor, tensors);
            return moved.reader().read(tensor).sameAs(returned);
        }
    }

    private static List<Rows> of(MovedModel moved) {
        boolean texts = switch (moved.source().inputs()) {
            case Inputs.Texts _, Inputs.Pairs _ -> true;
            case Inputs.Images _, Inputs.Vectors _ -> false;
        };
        if (!texts) {
            return List.of();
        }
        Architecture architecture = moved.alignment().architecture();
        return moved.weights().stream()
                .flatMap(name -> sampledAxis(architecture, name).map(axis -> new Rows(name, axis)).stream())
                .toList();
    }

    /** The axis of a tensor on which no group acts, as on tokens, positions and distances. */
    static Optional<Integer> sampledAxis(Architecture architecture, String tensor) {
        TensorLayout layout = architecture.tensors().get(tensor);
        for (int axis = 0; axis < layout.axes().size() && layout.axes().size() > 1; axis++) {
            boolean fixed = layout.axes().get(axis).factors().stream()
                    .flatMap(factor -> factor.space().stream())
                    .anyMatch(space -> architecture.space(space).group().kind().family().equals("none"));
            if (fixed) {
                return Optional.of(axis);
            }
        }
        return Optional.empty();
    }

    private static Tensor rows(Rows rows, Tensor tensor) {
        Tensor turned = tensor.transpose(0, rows.axis());
        return turned.contiguous().reshape(turned.length(0), -1);
    }

    private static double[] lengths(Tensor rows) {
        return rows.multiply(rows).sum(1, false).sqrt().toDoubles();
    }
}
