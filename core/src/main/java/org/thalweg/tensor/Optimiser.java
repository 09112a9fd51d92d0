package org.thalweg.tensor;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.ArchiveWriter;
import org.bytedeco.pytorch.InputArchive;
import org.bytedeco.pytorch.OptimizerParamGroupVector;
import org.bytedeco.pytorch.OutputArchive;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Changes the leaves of a loss so that it falls: libtorch's SGD, Adam and AdamW. The tensors it was made with are
 * changed in place by {@link #step}; they and the optimiser must outlive any scope opened for a step.
 */
public final class Optimiser implements AutoCloseable {
    /** Which method, with its constants; the learning rate is given at every step. */
    public sealed interface Method extends Serializable {
        /**
         * Stochastic gradient descent.
         *
         * @param momentum weight on the last step, 0 for none
         * @param nesterov whether the gradient is taken ahead
         * @param weightDecay added to the gradient, times the weight
         */
        record Sgd(double momentum, boolean nesterov, double weightDecay) implements Method {}

        /**
         * Adam (Kingma and Ba 2015).
         *
         * @param beta1 decay of the mean
         * @param beta2 decay of the squared mean
         * @param epsilon added to the root
         * @param weightDecay added to the gradient, times the weight
         */
        record Adam(double beta1, double beta2, double epsilon, double weightDecay) implements Method {}

        /**
         * Adam with decoupled weight decay (Loshchilov and Hutter 2019).
         *
         * @param beta1 decay of the mean
         * @param beta2 decay of the squared mean
         * @param epsilon added to the root
         * @param weightDecay share of the weight removed at each step, times the learning rate
         */
        record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements Method {}
    }

    private final org.bytedeco.pytorch.Optimizer optimizer;
    private final TensorVector tensors;

    /**
     * An optimiser over leaves.
     *
     * @param method which one
     * @param leaves what {@link Gradients#leaves} made
     */
    public Optimiser(Method method, Parameters leaves) {
        this.tensors = Tensor.vector(List.copyOf(leaves.asMap().values()));
        this.optimizer = switch (method) {
            case Method.Sgd(double momentum, boolean nesterov, double decay) -> {
                SGDOptions options = new SGDOptions(0);
                options.momentum().put(momentum);
                options.nesterov().put(nesterov);
                options.weight_decay().put(decay);
                yield new SGD(tensors, options);
            }
            case Method.Adam(double beta1, double beta2, double epsilon, double decay) -> {
                AdamOptions options = new AdamOptions(0);
                putBetas(options.betas(), beta1, beta2);
                options.eps().put(epsilon);
                options.weight_decay().put(decay);
                yield new Adam(tensors, options);
            }
            case Method.AdamW(double beta1, double beta2, double epsilon, double decay) -> {
                AdamWOptions options = new AdamWOptions(0);
                putBetas(options.betas(), beta1, beta2);
                options.eps().put(epsilon);
                options.weight_decay().put(decay);
                yield new AdamW(tensors, options);
            }
        };
    }

    /**
     * The two decays are a C++ tuple, whose layout the standard library chooses (GNU's stores the last element
     * first); the defaults 0.9 and 0.999 that stand in it tell which is which.
     */
    private static void putBetas(DoublePointer tuple, double beta1, double beta2) {
        boolean inOrder = tuple.get(0) < tuple.get(1);
        tuple.put(0, inOrder ? beta1 : beta2);
        tuple.put(1, inOrder ? beta2 : beta1);
    }

    /**
     * One step against the gradient of a loss.
     *
     * @param loss a single number computed from the leaves; its graph is used up
     * @param learningRate length of the step
     */
    public void step(Tensor loss, double learningRate) {
        step(loss, learningRate, Double.POSITIVE_INFINITY);
    }

    /**
     * As {@link #step(Tensor, double)}, with gradients scaled down where all together are longer than a bound.
     *
     * @param loss a single number computed from the leaves; its graph is used up
     * @param learningRate length of the step
     * @param longest largest Euclidean norm of all gradients together, infinite for no bound
     */
    public void step(Tensor loss, double learningRate, double longest) {
        optimizer.zero_grad();
        loss.handle().backward();
        if (longest < Double.POSITIVE_INFINITY) {
            torch.clip_grad_norm_(tensors, longest);
        }
        OptimizerParamGroupVector groups = optimizer.param_groups();
        for (long i = 0; i < groups.size(); i++) {
            groups.get(i).options().set_lr(learningRate);
        }
        optimizer.step();
    }

    /**
     * Writes what the method remembers (momentum, means, step counts).
     *
     * @param file where to; replaced when it is there
     * @throws UncheckedIOException when the disk refuses; then the file may be there in part
     */
    public void save(Path file) {
        try (OutputArchive archive = new OutputArchive();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
                ChannelWriter writer = new ChannelWriter(channel)) {
            optimizer.save(archive);
            archive.save_to(writer);
            writer.throwRefusal();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /**
     * Takes libtorch's bytes to a file. libtorch hides why a disk refuses, and an exception that crosses its writer
     * ends the process, so whatever is thrown is kept and told after the archive is closed.
     */
    private static final class ChannelWriter extends ArchiveWriter {
        private final FileChannel channel;
        private Optional<Throwable> refusal = Optional.empty();

        ChannelWriter(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long call(Pointer bytes, long count) {
            try {
                ByteBuffer buffer = MemorySegment.ofAddress(bytes.address()).reinterpret(count).asByteBuffer();
                while (refusal.isEmpty() && buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            } catch (IOException | RuntimeException | Error thrown) {
                refusal = Optional.of(thrown);
            }
            return count;
        }

        void throwRefusal() throws IOException {
            if (refusal.isPresent() && refusal.get() instanceof IOException refused) {
                throw refused;
            }
            if (refusal.isPresent()) {
                throw new IllegalStateException("what an optimiser remembers could not be written", refusal.get());
            }
        }
    }

    /**
     * Takes up what {@link #save} wrote, for leaves of the same shapes in the same order.
     *
     * @param file where from
     */
    public void load(Path file) {
        try (InputArchive archive = new InputArchive()) {
            archive.load_from(file.toString());
            optimizer.load(archive);
        }
    }

    @Override
    public void close() {
        optimizer.close();
        tensors.close();
    }
}
