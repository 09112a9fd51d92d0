package org.thalweg.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * An array of numbers in native memory. Operations make new tensors and leave their inputs unchanged, except methods
 * whose names end in {@code InPlace}. Views (transpose, reshape, narrow, select) share storage. A tensor belongs to
 * the innermost open {@link Scope} of the thread that made it. Axes may be counted from the end: −1 is the last.
 */
public final class Tensor implements AutoCloseable {
    private final org.bytedeco.pytorch.Tensor handle;

    private Tensor(org.bytedeco.pytorch.Tensor handle) {
        this.handle = handle;
    }

    static Tensor wrap(org.bytedeco.pytorch.Tensor handle) {
        return new Tensor(handle);
    }

    /** A tensor whose handle stands inside a container that is about to be freed. */
    static Tensor takenFrom(org.bytedeco.pytorch.Tensor insideContainer) {
        return new Tensor(new org.bytedeco.pytorch.Tensor(insideContainer));
    }

    org.bytedeco.pytorch.Tensor handle() {
        return handle;
    }

    static TensorVector vector(List<Tensor> tensors) {
        org.bytedeco.pytorch.Tensor[] handles = new org.bytedeco.pytorch.Tensor[tensors.size()];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = tensors.get(i).handle;
        }
        return new TensorVector(handles);
    }

    /** A float32 tensor of the given shape, values in row-major order; the array is copied. */
    public static Tensor of(float[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), DType.FLOAT32, shape);
    }

    /** A float64 tensor of the given shape, values in row-major order; the array is copied. */
    public static Tensor of(double[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), DType.FLOAT64, shape);
    }

    /** An int64 tensor of the given shape, values in row-major order; the array is copied. */
    public static Tensor of(long[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), DType.INT64, shape);
    }

    /** An int64 vector of indices; the array is copied. */
    public static Tensor indices(int[] values) {
        return of(Arrays.stream(values).asLongStream().toArray(), values.length);
    }

    /** Zeros. */
    public static Tensor zeros(DType dtype, long... shape) {
        Engine.load();
        return wrap(torch.zeros(shape, Device.current().options(dtype)));
    }

    /** Ones. */
    public static Tensor ones(DType dtype, long... shape) {
        Engine.load();
        return wrap(torch.ones(shape, Device.current().options(dtype)));
    }

    /**
     * A copy of raw little-endian elements.
     *
     * @param bytes exactly the tensor's bytes, for example a part of a mapped file; not kept
     * @param dtype what they encode
     * @param shape lengths of the axes; their product times the element size is the segment's length
     */
    public static Tensor copyOf(MemorySegment bytes, DType dtype, long... shape) {
        return filledBy(memory -> {
            if (bytes.byteSize() != memory.byteSize()) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + dtype + " takes "
                        + memory.byteSize() + " bytes, not " + bytes.byteSize());
            }
            memory.copyFrom(bytes);
        }, dtype, shape);
    }

    /** A tensor whose memory is filled where it stands, little-endian and row-major, as by reading a file. */
    public static Tensor filledBy(Consumer<MemorySegment> filling, DType dtype, long... shape) {
        Engine.load();
        Tensor result = ReusedMemory.empty(dtype, shape);
        filling.accept(result.segment());
        return Device.current().bring(result);
    }

    /** The elements as little-endian bytes in row-major order; valid while this tensor lives and only for reading. */
    public MemorySegment contiguousBytes() {
        return Device.CPU.bring(this).contiguous().segment();
    }

    private MemorySegment segment() {
        Pointer data = handle.data_ptr();
        return bytes() == 0 ? MemorySegment.NULL : MemorySegment.ofAddress(data.address()).reinterpret(bytes());
    }

    private long bytes() {
        return size() * dtype().bytes();
    }

    /** Lengths of the axes. */
    public long[] shape() {
        return handle.shape();
    }

    /** Length of one axis. */
    public long length(int axis) {
        return handle.size(axis);
    }

    /** Number of axes. */
    public int rank() {
        return (int) handle.ndimension();
    }

    /** Number of elements. */
    public long size() {
        return handle.numel();
    }

    /** Element type. */
    public DType dtype() {
        return DType.of(handle.scalar_type());
    }

    /** The same values in another element type; the same tensor when it has that type already. */
    public Tensor to(DType dtype) {
        return ReusedMemory.takes(this, dtype)
                ? ReusedMemory.converted(this, dtype) : wrap(handle.to(dtype.scalarType()));
    }

    /** The only element, as a double. */
    public double item() {
        return handle.item_double();
    }

    /** All elements in row-major order, as doubles. */
    public double[] toDoubles() {
        return to(DType.FLOAT64).contiguousBytes().toArray(ValueLayout.JAVA_DOUBLE);
    }

    /** All elements in row-major order, as floats. */
    public float[] toFloats() {
        return to(DType.FLOAT32).contiguousBytes().toArray(ValueLayout.JAVA_FLOAT);
    }

    /** All elements in row-major order, as longs. */
    public long[] toLongs() {
        return to(DType.INT64).contiguousBytes().toArray(ValueLayout.JAVA_LONG);
    }

    /** A matrix as an array of float rows. */
    public float[][] toFloatRows() {
        float[][] rows = new float[(int) length(0)][(int) length(1)];
        MemorySegment bytes = to(DType.FLOAT32).contiguousBytes();
        for (int row = 0; row < rows.length; row++) {
            int columns = rows[row].length;
            MemorySegment.copy(bytes, ValueLayout.JAVA_FLOAT, 4L * row * columns, rows[row], 0, columns);
        }
        return rows;
    }

    /** The same values, laid out in row-major order. */
    public Tensor contiguous() {
        return wrap(handle.contiguous());
    }

    /** A copy with storage of its own; part of the gradient graph. */
    public Tensor copy() {
        return wrap(handle.clone());
    }

    /** The same storage without its gradient history. */
    public Tensor detach() {
        return wrap(handle.detach());
    }

    /** Element-wise sum, with broadcasting. */
    public Tensor add(Tensor other) {
        return wrap(handle.add(other.handle));
    }

    /** Adds a number to every element. */
    public Tensor add(double number) {
        return wrap(handle.add(new Scalar(number)));
    }

    /** Element-wise difference, with broadcasting. */
    public Tensor subtract(Tensor other) {
        return wrap(handle.sub(other.handle));
    }

    /** Element-wise product, with broadcasting. */
    public Tensor multiply(Tensor other) {
        return wrap(handle.mul(other.handle));
    }

    /** Multiplies every element by a number. */
    public Tensor multiply(double number) {
        return wrap(handle.mul(new Scalar(number)));
    }

    /** Element-wise quotient, with broadcasting. */
    public Tensor divide(Tensor other) {
        return wrap(handle.div(other.handle));
    }

    /** {@code (1-t)·this + t·other}, exact at both ends. */
    public Tensor lerp(Tensor other, double t) {
        return multiply(1 - t).add(other.multiply(t));
    }

    /** Whole-number quotient, rounded down. */
    public Tensor floorDivide(long divisor) {
        return wrap(torch.floor_divide(handle, new Scalar(divisor)));
    }

    /** Matrix product, batched over leading axes. */
    public Tensor matmul(Tensor other) {
        return wrap(handle.matmul(other.handle));
    }

    /** Exchanges two axes (a view). */
    public Tensor transpose(int first, int second) {
        return wrap(handle.transpose(first, second));
    }

    /** Reorders the axes (a view). */
    public Tensor permute(long... axes) {
        return wrap(handle.permute(axes));
    }

    /** The same elements in another shape; one length may be −1. */
    public Tensor reshape(long... shape) {
        return wrap(handle.reshape(shape));
    }

    /** Repeats axes of length 1 (a view); −1 keeps a length. */
    public Tensor expand(long... shape) {
        return wrap(handle.expand(shape));
    }

    /** Adds an axis of length 1 (a view). */
    public Tensor unsqueeze(int axis) {
        return wrap(handle.unsqueeze(axis));
    }

    /** The slice at one index, without that axis (a view). */
    public Tensor select(int axis, long index) {
        return wrap(handle.select(axis, index));
    }

    /** {@code length} slices from {@code start} (a view). */
    public Tensor narrow(int axis, long start, long length) {
        return wrap(handle.narrow(axis, start, length));
    }

    /** Slices along an axis in the order of an int64 vector: element i of the result is element {@code index[i]}. */
    public Tensor indexSelect(int axis, Tensor index) {
        return Columns.takes(this, axis) ? Columns.select(this, index) : wrap(handle.index_select(axis, index.handle));
    }

    /** Picks along an axis: {@code result[.., i, ..] = this[.., index[.., i, ..], ..]}. */
    public Tensor gather(int axis, Tensor index) {
        return wrap(torch.gather(handle, axis, index.handle));
    }

    /** Adds the slices of {@code source} to the slices named by an int64 vector. */
    public Tensor indexAdd(int axis, Tensor index, Tensor source) {
        return wrap(torch.index_add(handle, axis, index.handle, source.handle));
    }

    /** Joins tensors along an axis. */
    public static Tensor concatenate(List<Tensor> tensors, int axis) {
        try (TensorVector all = vector(tensors)) {
            return wrap(torch.cat(all, axis));
        }
    }

    /** Stacks tensors of equal shape along a new axis. */
    public static Tensor stack(List<Tensor> tensors, int axis) {
        try (TensorVector all = vector(tensors)) {
            return wrap(torch.stack(all, axis));
        }
    }

    /** Sum of all elements. */
    public Tensor sum() {
        return wrap(handle.sum());
    }

    /** Sum over one axis. */
    public Tensor sum(int axis, boolean keepAxis) {
        return wrap(handle.sum(new long[] {axis}, keepAxis, new ScalarTypeOptional()));
    }

    /** Mean over one axis. */
    public Tensor mean(int axis, boolean keepAxis) {
        return wrap(handle.mean(new long[] {axis}, keepAxis, new ScalarTypeOptional()));
    }

    /** Largest element. */
    public double max() {
        return wrap(handle.max()).item();
    }

    /** Euclidean (Frobenius) norm of all elements, in the element type. */
    public double norm() {
        return wrap(handle.norm()).item();
    }

    /** Square roots. */
    public Tensor sqrt() {
        return wrap(handle.sqrt());
    }

    /** Absolute values. */
    public Tensor abs() {
        return wrap(handle.abs());
    }

    /** A copy with {@code number} at the places {@code index} names along an axis. */
    public Tensor scatter(int axis, Tensor index, double number) {
        return wrap(torch.scatter(handle, axis, index.handle, new Scalar(number)));
    }

    /** Element-wise equality, as truth values. */
    public Tensor equalTo(Tensor other) {
        return wrap(handle.eq(other.handle));
    }

    /** Whether shape, element type and every element are equal (NaN equals nothing). */
    public boolean sameAs(Tensor other) {
        return dtype() == other.dtype() && handle.equal(other.handle);
    }

    /** Element-wise equality with a number, as truth values. */
    public Tensor equalTo(double number) {
        return wrap(handle.eq(new Scalar(number)));
    }

    /** Index of the largest element along an axis, the first where several are. */
    public Tensor argmax(int axis) {
        return wrap(handle.argmax(new LongOptional(axis), false));
    }

    /** Positions of true or non-zero elements of a vector, ascending, as an int64 vector. */
    public Tensor nonZero() {
        return wrap(torch.nonzero(handle)).reshape(-1);
    }

    /** Indices that sort an axis in descending order; equal elements keep their order (smaller index first). */
    public Tensor argsortDescending(int axis) {
        try (T_TensorTensor_T sorted = torch.sort(handle, new BoolOptional(true), axis, true)) {
            return takenFrom(sorted.get1());
        }
    }

    /** Whether every element is neither infinite nor NaN, which pass through a sum; one out of range tells nothing. */
    public boolean isFinite() {
        boolean isSumFinite = dtype().isFloating() && Double.isFinite(sum().item());
        return isSumFinite || wrap(wrap(handle.isfinite()).handle.all()).handle.item_bool();
    }

    /** Overwrites the elements with another tensor's; not recorded for differentiation. */
    public void copyInPlace(Tensor source) {
        handle.detach().copy_(source.handle);
    }

    @Override
    public void close() {
        handle.releaseReference();
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape()) + " " + dtype();
    }
}
