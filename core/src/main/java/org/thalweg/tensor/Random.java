package org.thalweg.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A seeded source of random tensors; equal seeds give equal tensors on every machine and {@link Device}. Not
 * thread-safe. Child seeds are derived with SplitMix64 so that streams for different purposes do not overlap.
 */
public final class Random {
    private final Generator generator;
    private final long seed;

    private Random(long seed) {
        Engine.load();
        this.seed = seed;
        this.generator = torch.make_generator_cpu(seed);
    }

    /**
     * A source that starts at a seed.
     *
     * @param seed any number
     * @return the source
     */
    public static Random seeded(long seed) {
        return new Random(seed);
    }

    /**
     * A seed for a named purpose, mixed from a parent seed: the same pair always gives the same seed.
     *
     * @param seed the parent seed
     * @param purpose for example {@code initialisation}
     * @return a 53-bit non-negative seed, exact in JSON
     */
    public static long childSeed(long seed, String purpose) {
        long mixed = splitMix(seed);
        for (int i = 0; i < purpose.length(); i++) {
            mixed = splitMix(mixed ^ purpose.charAt(i));
        }
        return mixed >>> 11;
    }

    /**
     * The seed this source started at.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * Normal numbers with mean 0 and variance 1.
     *
     * @param dtype element type
     * @param shape lengths of the axes
     * @return a new tensor
     */
    public Tensor normal(DType dtype, long... shape) {
        return Device.current().bring(Tensor.wrap(
                torch.randn(shape, new GeneratorOptional(generator), Device.CPU.options(dtype))));
    }

    /**
     * Uniform numbers in [low, high).
     *
     * @param dtype element type
     * @param low smallest value
     * @param high upper end, not reached
     * @param shape lengths of the axes
     * @return a new tensor
     */
    public Tensor uniform(DType dtype, double low, double high, long... shape) {
        return Device.current().bring(Tensor.wrap(
                        torch.rand(shape, new GeneratorOptional(generator), Device.CPU.options(dtype)))
                .multiply(high - low)
                .add(low));
    }

    /**
     * A uniformly random order of {@code 0 … length-1}.
     *
     * @param length how many
     * @return the order
     */
    public int[] permutation(int length) {
        try (Scope scope = Scope.open()) {
            long[] order = Tensor.wrap(torch.randperm(
                            length, new GeneratorOptional(generator), Device.CPU.options(DType.INT64)))
                    .toLongs();
            int[] result = new int[length];
            for (int i = 0; i < length; i++) {
                result[i] = (int) order[i];
            }
            return result;
        }
    }

    private static long splitMix(long state) {
        long z = state + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
