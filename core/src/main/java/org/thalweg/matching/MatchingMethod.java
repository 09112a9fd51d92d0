package org.thalweg.matching;

import java.util.Map;
import org.thalweg.network.Network;

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
