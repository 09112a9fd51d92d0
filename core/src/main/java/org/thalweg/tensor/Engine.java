package org.thalweg.tensor;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * What runs underneath: thread counts, determinism, names and versions.
 *
 * <p>Each working thread uses the given number of libtorch threads. OpenBLAS's own pool fights libtorch's and nearly
 * doubles the time of a training step, so loading this class always sets that pool to one thread, whoever started the
 * virtual machine. For the same reason idle threads of every pool sleep instead of spinning, unless
 * {@code OMP_WAIT_POLICY} is set. Tensors of 2 MiB and more are asked for in large pages where the system has them,
 * since handing out small ones takes a good part of the time of moving a model; {@code THP_MEM_ALLOC_ENABLE=0} turns
 * that off.
 */
public final class Engine {
    /**
     * Models with fewer elements run on one thread: each operation is over before a second one has woken up, which on a
     * busy machine takes as long as the scheduler likes.
     */
    private static final long ELEMENTS_WORTH_A_SECOND_THREAD = 1 << 20;

    static {
        NativeLibraries.load();
        singleThreadedOpenBlas();
    }

    /** As many as there are processors, unless {@code OMP_NUM_THREADS} says otherwise. */
    private static final int MOST_THREADS = torch.get_num_threads();

    static {
        torch.globalContext().setDeterministicAlgorithms(true, false);
        // Nothing here reads memory before it is written; filling it first touches every tensor twice.
        torch.globalContext().setDeterministicFillUninitializedMemory(false);
    }

    private Engine() {}

    /** Loads the native libraries now rather than at the first tensor (1 to 5 seconds the first time). */
    public static void load() {
        // The static initialiser has done it.
    }

    /**
     * Sets how many threads each operation of libtorch uses, in every thread that starts using it afterwards.
     *
     * @param threads at least 1
     */
    public static void useThreadsPerOperation(int threads) {
        torch.set_num_threads(threads);
    }

    /**
     * Sets how many threads each operation of libtorch uses in the calling thread, for work on a model: one for a small
     * model, else one for each processor, or as many as {@code OMP_NUM_THREADS} says.
     *
     * @param elements how many numbers the model's tensors hold
     */
    public static void useThreadsForModel(long elements) {
        torch.set_num_threads(elements < ELEMENTS_WORTH_A_SECOND_THREAD ? 1 : MOST_THREADS);
    }

    /**
     * How many threads each operation of libtorch uses in the calling thread.
     *
     * @return at least 1
     */
    public static int threadsPerOperation() {
        return torch.get_num_threads();
    }

    /**
     * Which library multiplies matrices.
     *
     * @return {@code mkl} or {@code openblas}
     */
    public static String blas() {
        return usesMkl() ? "mkl" : "openblas";
    }

    /**
     * Version of libtorch, for results' provenance.
     *
     * @return for example {@code 2.10.0-1.5.13}, or {@code unknown} when its jar does not say
     */
    public static String version() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch");
        } catch (IOException unreadable) {
            return "unknown";
        }
    }

    /**
     * What decides last digits beside the numbers that are computed with: results made otherwise are not mixed with
     * these.
     *
     * @param threads of each operation
     * @param device on which most of it runs
     * @return a text that differs where last digits may
     */
    public static String arithmetic(int threads, Device device) {
        String cpu = String.join(" ", Integer.toString(threads), blas(), version(), System.getProperty("os.name"),
                System.getProperty("os.arch"));
        return device == Device.CPU ? cpu : cpu + " " + device;
    }

    private static void singleThreadedOpenBlas() {
        SymbolLookup.loaderLookup().find("openblas_set_num_threads").ifPresent(function -> {
            try {
                Linker.nativeLinker()
                        .downcallHandle(function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
                        .invokeExact(1);
            } catch (Throwable impossible) {
                throw new IllegalStateException("openblas_set_num_threads takes an int", impossible);
            }
        });
    }

    private static boolean usesMkl() {
        return SymbolLookup.loaderLookup().find("mkl_get_max_threads").isPresent()
                || SymbolLookup.loaderLookup().find("MKL_Get_Max_Threads").isPresent();
    }
}
