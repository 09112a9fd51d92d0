package org.thalweg.cli;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.thalweg.assignment.CostMatrix;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.NumpyFile;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.TensorEntry;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/** Cost matrices from files, without libtorch: {@code .npy}, and matrices in {@code .safetensors}. */
final class CostFile {
    private static final int MOST_LISTED = 8;
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private CostFile() {}

    /**
     * Reads a matrix.
     *
     * @param file its name says the format
     * @param tensor which one, for formats that hold several
     * @return {@code [rows columns]} exactly its entries: floats if floats hold every one of them, else doubles
     * @throws WrongUse when the name has the ending of no known format, or no tensor is named where several are
     * @throws WorkFailure when the file or the tensor cannot be read as a matrix
     */
    static CostMatrix read(Path file, Optional<String> tensor) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".safetensors")) {
            try (SafetensorsFile opened = SafetensorsFile.open(file)) {
                return read(opened, tensor.orElseGet(() -> onlyMatrix(opened)));
            }
        }
        if (!name.endsWith(".npy")) {
            throw new WrongUse("cannot tell the format of " + file
                    + " by its name; cost matrices are read from files ending in .npy or .safetensors.");
        }
        if (tensor.isPresent()) {
            throw new WrongUse("--tensor names a tensor of a .safetensors file, but " + file
                    + " holds a single matrix; leave the option out.");
        }
        return NumpyFile.readMatrix(file, CostMatrix.Builder::new, CostMatrix.Builder::set).matrix();
    }

    private static String onlyMatrix(SafetensorsFile file) {
        List<String> matrices = file.tensors().entrySet().stream()
                .filter(entry -> entry.getValue().layout().rank() == 2)
                .map(Map.Entry::getKey)
                .toList();
        if (matrices.isEmpty()) {
            throw new WorkFailure(file.path() + " holds no tensor with two axes among its "
                    + file.tensors().size() + " tensors; a cost matrix has two.");
        }
        if (matrices.size() > 1) {
            String more = matrices.size() > MOST_LISTED ? " and " + (matrices.size() - MOST_LISTED) + " more" : "";
            throw new WrongUse(file.path() + " holds " + matrices.size() + " matrices; say which with --tensor: "
                    + String.join(", ", matrices.subList(0, Math.min(MOST_LISTED, matrices.size()))) + more + ".");
        }
        return matrices.getFirst();
    }

    private static CostMatrix read(SafetensorsFile file, String name) {
        MemorySegment bytes = file.bytes(name);
        TensorEntry entry = file.tensors().get(name);
        String which = file.path() + ": the tensor '" + name + "' ";
        if (entry.layout().rank() != 2) {
            throw new WorkFailure(which + "is " + entry.layout() + ", expected two axes; name another with --tensor.");
        }
        long[] shape = entry.shape();
        if (Math.max(shape[0], shape[1]) > Integer.MAX_VALUE - 8) {
            throw new WorkFailure(which + "is " + entry.layout() + ", longer than a matrix can be here.");
        }
        if (shape[0] == 0 || shape[1] == 0) {
            throw new WorkFailure(which + "is " + entry.layout() + ", which holds no costs.");
        }
        requireNumbers(entry.type(), which);
        CostMatrix.Builder matrix = new CostMatrix.Builder((int) shape[0], (int) shape[1]);
        long index = 0;
        for (int row = 0; row < shape[0]; row++) {
            for (int column = 0; column < shape[1]; column++) {
                matrix.set(row, column, number(bytes, entry.type(), index++));
            }
        }
        return matrix.matrix();
    }

    private static void requireNumbers(ElementType type, String which) {
        boolean read = switch (type) {
            case F64, F32, F16, BF16 -> true;
            default -> false;
        };
        if (!read) {
            throw new WorkFailure(which + "is of type " + type + ", expected F64, F32, F16 or BF16; convert it first.");
        }
    }

    private static double number(MemorySegment bytes, ElementType type, long index) {
        return switch (type) {
            case F64 -> bytes.getAtIndex(DOUBLE, index);
            case F32 -> bytes.getAtIndex(FLOAT, index);
            case F16 -> Float.float16ToFloat(bytes.getAtIndex(SHORT, index));
            case BF16 -> Float.intBitsToFloat(bytes.getAtIndex(SHORT, index) << 16);
            default -> throw new IllegalStateException("no costs are read from elements of type " + type);
        };
    }
}
