package org.thalweg.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.canonical.Gains;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.symmetry.Architecture;

/**
 * Whether the gains of all normalisations multiply by exactly 1, so that the stream may be rotated. Reads those vectors
 * only, as bytes, and stops at the first number that is another one.
 */
final class FoldedNorms {
    /** The condition in specifications. */
    static final String FLAG = "folded-norms";

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FoldedNorms() {}

    /**
     * Whether they do.
     *
     * @param checkpoint whose files are read
     * @param stored where the gains lie in them
     * @param architecture names the gains
     * @param neutral what a stored gain is that multiplies by 1
     */
    static boolean hold(Checkpoint checkpoint, StoredLayout stored, Architecture architecture, double neutral) {
        Map<Path, List<String>> gains = new LinkedHashMap<>();
        // No file keeps gains as slices; if one did, the whole stored tensor would have to be 1.
        Gains.names(architecture).stream().map(name -> stored.place(name).stored()).forEach(name ->
                gains.computeIfAbsent(checkpoint.fileOf(name), _ -> new ArrayList<>()).add(name));
        return !gains.isEmpty() && gains.entrySet().stream().allMatch(entry -> {
            try (SafetensorsFile file = SafetensorsFile.open(entry.getKey())) {
                return entry.getValue().stream().allMatch(name -> is(neutral, file, name));
            }
        });
    }

    private static boolean is(double neutral, SafetensorsFile file, String name) {
        MemorySegment bytes = file.bytes(name);
        return switch (file.tensors().get(name).type()) {
            case F64 -> isAll(bytes, 8, Double.doubleToLongBits(neutral));
            case F32 -> isAll(bytes, 4, Float.floatToIntBits((float) neutral));
            case F16 -> isAll(bytes, 2, Float.floatToFloat16((float) neutral));
            case BF16 -> isAll(bytes, 2, Float.floatToIntBits((float) neutral) >>> 16);
            // Gains are not stored in types that the weights of a network are not computed in.
            default -> false;
        };
    }

    private static boolean isAll(MemorySegment bytes, int width, long pattern) {
        for (long at = 0; at < bytes.byteSize(); at += width) {
            long found = switch (width) {
                case 8 -> bytes.get(LONG, at);
                case 4 -> bytes.get(INT, at);
                default -> bytes.get(SHORT, at);
            };
            if (found != pattern) {
                return false;
            }
        }
        return true;
    }
}
