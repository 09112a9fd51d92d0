package org.thalweg.matching;

import java.util.List;
import java.util.Map;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Network;
import org.thalweg.tensor.TensorReader;

/** A way of matching two models, before it is known which: by weights, by activations, by learning. */
public interface MatchingMethod {
    /**
     * The method for models of one network.
     *
     * @param network runs both models, in the form in which they are matched
     * @return a matcher of these models
     */
    Matcher on(Network network);

    /**
     * The method for several models of one network, which are to stand in one basis.
     *
     * @param network runs all models, in the form in which they are matched
     * @param rounds how often all are matched to their mean at most
     * @return a matcher of these models, to their mean when the method knows no other way
     */
    default ManyMatcher amongMany(Network network, int rounds) {
        return new UniverseMatcher(on(network), rounds);
    }

    /**
     * The method for models whose network is not built in.
     *
     * @return a matcher of any models
     * @throws WorkFailure when the method runs the models
     */
    default Matcher withoutNetwork() {
        throw new WorkFailure("the method '" + label() + "' runs the models, whose network is not built in; the method "
                + "'weight' takes any models.");
    }

    /**
     * What is asked about the residual stream.
     *
     * @return what decides whether the normalisations of the models are folded before they are matched
     */
    ResidualMatching residual();

    /**
     * The same method that does something else about the residual stream.
     *
     * @param other what it is to do
     * @return another method
     */
    MatchingMethod withResidual(ResidualMatching other);

    /**
     * The method along saved checkpoints of both trainings, see {@link CheckpointMatcher}.
     *
     * @param references checkpoints of A's training before A, in the order of training; perhaps none
     * @param models checkpoints of B's training before B, in the order of training; perhaps none
     * @return another method
     */
    default MatchingMethod along(List<TensorReader> references, List<TensorReader> models) {
        return new CheckpointMatching(this, references, models);
    }

    /**
     * What the method holds of whole models.
     *
     * @param parameters of one of the models
     * @param models how many are matched, at least 2
     * @return bytes; 0 for a method that looks at single tensors
     */
    default long bytesOfRunning(long parameters, int models) {
        return 0;
    }

    /**
     * The name on the command line and in results.
     *
     * @return for example {@code weight}
     */
    String label();

    /**
     * What decided, for the record of where a model comes from.
     *
     * @return names and values in order
     */
    Map<String, String> settings();
}
