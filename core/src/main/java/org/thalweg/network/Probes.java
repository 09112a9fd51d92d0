package org.thalweg.network;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Tensor;

/**
 * Inputs on which two networks are compared, in batches that are made when asked for: int64 tokens [batch tokens] or
 * float64 images [batch channels height width], in the current scope, the same each time. {@link Inputs} makes them.
 *
 * @param inputs how many inputs there are in all batches
 * @param batches the batches
 */
public record Probes(int inputs, List<Supplier<Tensor>> batches) {
    /** So many are never refused: small enough for any machine that holds the model. */
    private static final int FEW = 1024;
    /** Lists and copies beside the numbers. */
    private static final long BYTES_BESIDE = 1 << 12;

    /** Copies the list. */
    public Probes {
        batches = List.copyOf(batches);
    }

    /**
     * Fails when a comparison on so many inputs cannot be held in this machine's memory, before anything is made.
     *
     * @param probes how many inputs
     * @param bytesOfEach bytes that the comparison holds of each at once
     * @throws WrongUse naming the largest number that can be
     */
    public static void requireMemory(int probes, long bytesOfEach) {
        if (probes <= FEW) {
            return;
        }
        long memory = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        long each = BYTES_BESIDE + bytesOfEach;
        long most = Math.max(FEW, memory / each);
        if (probes > most) {
            throw new WrongUse("probes is " + probes + ", expected at most " + most + ", since each takes " + each
                    + " bytes of the " + (memory >> 20) + " MiB of memory that this machine has.");
        }
    }
}
