package org.thalweg.tensor;

import java.util.function.Supplier;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.thalweg.failure.WorkFailure;

/**
 * Where tensors are and operations on them run. All tensors of an operation are on one device. Work that is not called
 * by {@link #call} makes its tensors on the CPU, and so do threads that such work starts.
 */
public enum Device {
    /** The processor of this machine. */
    CPU,
    /** The first CUDA device that libtorch sees. */
    CUDA;

    private static final ScopedValue<Device> CURRENT = ScopedValue.newInstance();

    /**
     * The device on which the calling thread makes tensors.
     *
     * @return the one of the innermost {@link #call}
     */
    public static Device current() {
        return CURRENT.orElse(CPU);
    }

    /**
     * Does work whose tensors are made here; random numbers are those of the CPU, brought here.
     *
     * @param work what is to be done on the calling thread; the caller brings tensors from outside here by
     *     {@link #bring}, and results back
     * @param <T> its result
     * @return its result
     * @throws WorkFailure when there is no such device
     */
    public <T> T call(Supplier<T> work) {
        if (this == current()) {
            return work.get();
        }
        require();
        return ScopedValue.where(CURRENT, this).call(work::get);
    }

    /**
     * Fails where there is no such device; for asking before long work begins.
     *
     * @throws WorkFailure saying what it takes
     */
    public void require() {
        if (!isThere()) {
            throw new WorkFailure("device is cuda, but libtorch " + Engine.version() + " sees no CUDA device; build "
                    + "with the Maven profile 'cuda' on a machine that has one, or take the device cpu.");
        }
    }

    /**
     * Whether libtorch sees one.
     *
     * @return true for the CPU, which is asked without loading libtorch
     */
    public boolean isThere() {
        if (this == CPU) {
            return true;
        }
        Engine.load();
        return torch.cuda_is_available();
    }

    /**
     * Where a tensor is.
     *
     * @param tensor any
     * @return its device
     */
    public static Device of(Tensor tensor) {
        return tensor.handle().is_cuda() ? CUDA : CPU;
    }

    /**
     * The same values here.
     *
     * @param tensor on any device; not changed
     * @return the same tensor when it is here already
     */
    public Tensor bring(Tensor tensor) {
        return of(tensor) == this ? tensor
                : Tensor.wrap(tensor.handle().to(handle(), tensor.handle().scalar_type()));
    }

    /** What makes a tensor here. */
    TensorOptions options(DType dtype) {
        TensorOptions options = new TensorOptions(dtype.scalarType());
        return this == CPU ? options : options.device(new DeviceOptional(handle()));
    }

    private org.bytedeco.pytorch.Device handle() {
        return new org.bytedeco.pytorch.Device(this == CPU ? "cpu" : "cuda");
    }
}
