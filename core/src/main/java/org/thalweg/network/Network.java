package org.thalweg.network;

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
    Tensor run(Parameters parameters, Tensor state, int from, int to);

    /**
     * The stage that reads a tensor.
     *
     * @param name of a tensor of this network
     * @return its stage
     * @throws IllegalArgumentException when no stage reads it
     */
    int stageOf(String name);

    /**
     * Whether a stage reads a tensor; with the tensors for which this holds, and no others, the stage can be run.
     *
     * @param stage a stage
     * @param name of a tensor of this network
     * @return whether it does; a tensor may be read by several stages
     */
    default boolean reads(int stage, String name) {
        return stageOf(name) == stage;
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
