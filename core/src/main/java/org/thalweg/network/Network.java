package org.thalweg.network;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * A network as a pure function of named tensors, cut into stages that run one after another. The cut lets callers
 * compute once what does not change: the stages before the first one that reads a changed tensor.
 */
public interface Network {
    /**
     * How many stages there are.
     *
     * @return at least 1
     */
    int stages();

    /**
     * Runs some of the stages.
     *
     * @param parameters the model
     * @param state the input when {@code from} is 0, else what the stage before returned; not changed
     * @param from first stage to run
     * @param to the stage before which to stop, at most {@link #stages()}
     * @return the state after the last of them; after the last stage of all, logits: [batch classes], or
     *     [batch tokens vocabulary] for language models
     */
    default Tensor run(Parameters parameters, Tensor state, int from, int to) {
        return run(parameters, state, new StageSpan(from, to), ExpertChoice.FREE);
    }

    /**
     * Runs some of the stages with a say in which experts are used. Networks without experts ignore it.
     *
     * @param parameters the model
     * @param state as for {@link #run(Parameters, Tensor, int, int)}
     * @param span which stages
     * @param choice told of every choice of experts, and decides it
     * @return the state after the last of them
     */
    Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice);

    /**
     * Every tensor that it reads.
     *
     * @return by name, in the order of the stages that read them first; cannot be changed
     */
    Map<String, DeclaredTensor> tensors();

    /** What it takes. */
    Inputs inputs();

    /** What it answers, by which it can be measured. */
    default Task task() {
        return switch (inputs()) {
            case Inputs.Images(ImageSize _, int classes) -> new Task.Classes(classes);
            case Inputs.Texts _ -> new Task.Other("its outputs are no next tokens");
            case Inputs.Pairs _, Inputs.Vectors _ ->
                new Task.Other("it takes " + inputs() + ", for which no data with answers are read");
        };
    }

    /** Sizes and parts, a record: equal records are the same function of the same tensors. */
    Object configuration();

    /** What stands in front of its sublayers, or behind them. */
    Normalisation normalisation();

    /**
     * What the stored gain of a normalisation is that multiplies by 1.
     *
     * @return 1, or 0 for networks whose gains count from one
     */
    default double neutralGain() {
        return 1;
    }

    /** The embedding that is the head too, if there is one. */
    default Optional<Tie> tie() {
        return Optional.empty();
    }

    /**
     * Weights of maps whose outputs are added to the residual stream as they are, with or without a factor: of
     * attention and of feed-forward networks without experts.
     *
     * @return their names; none for networks in which something stands behind such a map
     */
    default List<String> sublayerOutputs() {
        return List.of();
    }

    /**
     * Weights of routers, [experts residual].
     *
     * @return their names, in the order in which they are run; none for networks without experts
     */
    default List<String> routers() {
        return List.of();
    }

    /**
     * The same network with norms that do not subtract the mean. On a model whose stream has mean 0 everywhere it is
     * the same function (arXiv 2506.22712, appendix E).
     *
     * @return a network of the same tensors; nothing when there is no LayerNorm in front of sublayers
     */
    default Optional<Network> withoutMeans() {
        return Optional.empty();
    }

    /**
     * How heads of several models become heads of one, whose circuits are weighted sums of theirs.
     *
     * @param models how many, at least 1
     * @return wider heads, or why there are none
     */
    default JoinedHeads joinedHeads(int models) {
        return new JoinedHeads.None("this kind of network has no attention whose circuits can be summed");
    }

    /**
     * The first stage that reads a tensor.
     *
     * @param name of a tensor of this network
     * @return its stage
     * @throws IllegalArgumentException when no stage reads it
     */
    default int stageOf(String name) {
        return Optional.ofNullable(tensors().get(name))
                .map(tensor -> tensor.stages().getFirst())
                .orElseThrow(() -> new IllegalArgumentException(
                        "no stage of this network reads a tensor '" + name + "'"));
    }

    /**
     * Whether a stage reads a tensor; with the tensors for which this holds, and no others, the stage can be run.
     *
     * @param stage a stage
     * @param name any name
     * @return whether it does; a tensor may be read by several stages
     */
    default boolean reads(int stage, String name) {
        return Optional.ofNullable(tensors().get(name)).filter(tensor -> tensor.stages().contains(stage)).isPresent();
    }

    /**
     * What a stage is, for people.
     *
     * @param stage a stage
     * @return for example {@code layer 3, attention}
     */
    default String stageName(int stage) {
        return "stage " + stage;
    }

    /**
     * Runs the whole network.
     *
     * @param parameters the model
     * @param input what the first stage takes
     * @return logits, [batch classes] or [batch tokens vocabulary]
     */
    default Tensor forward(Parameters parameters, Tensor input) {
        return run(parameters, input, 0, stages());
    }
}
