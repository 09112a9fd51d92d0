package org.thalweg.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Gives the bytes of tensors one at a time, so that a model larger than memory can be written. */
@FunctionalInterface
public interface TensorSource {
    /** Takes a tensor's bytes, or consecutive parts of them. */
    @FunctionalInterface
    interface Receiver {
        /**
         * Takes bytes.
         *
         * @param bytes little-endian, row-major; not kept after the call
         * @throws IOException when they cannot be written
         */
        void accept(MemorySegment bytes) throws IOException;
    }

    /**
     * Hands over one tensor.
     *
     * @param name the tensor's name
     * @param receiver takes the bytes, in one call or several
     * @throws IOException when the receiver cannot write them
     */
    void give(String name, Receiver receiver) throws IOException;

    /** Tensors that are in memory already. */
    static TensorSource of(Parameters parameters) {
        return computing(parameters::get);
    }

    /** Tensors computed when asked for, each freed when it has been written. */
    static TensorSource computing(Function<String, Tensor> tensor) {
        return (name, receiver) -> {
            try (Scope scope = Scope.open()) {
                receiver.accept(tensor.apply(name).contiguousBytes());
            }
        };
    }
}
