package org.thalweg.model;

import java.util.List;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.matching.Match;
import org.thalweg.matching.Matcher;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.tensor.WorkObserver;

/**
 * A model carried into another one's basin and checked to be the same function; computed when it is read, not written.
 *
 * @param pair both models in the form in which they were matched
 * @param match what moves B, and what was found in each space
 * @param moved B as it was moved
 * @param checked of the weights as they are stored; nothing when the network is not built in
 */
record CarriedModel(MatchedPair pair, Match match, MovedModel moved, Optional<Checking.Checked> checked) {
    /**
     * Matches and checks.
     *
     * @param pair the models
     * @param method what is matched, of a residual stream that is decided
     * @param checking how the function is compared
     * @param observer watches
     * @throws WorkFailure when the moved model is not the same function
     */
    static CarriedModel of(MatchedPair pair, MatchingMethod method, Checking checking, WorkObserver observer) {
        Matcher matcher = pair.network().map(method::on).orElseGet(method::withoutNetwork);
        Match match = matcher.match(pair.architecture(), pair.reference(), pair.model(), observer);
        MovedModel moved = pair.moved(match.alignment());
        return new CarriedModel(pair, match, moved, checking.check(moved, observer));
    }

    /** How far the two were and are apart, by layer; of the forms in which they were matched. Reads all three once. */
    List<LayerDistance> distances(WorkObserver observer) {
        return LayerDistance.of(pair.weights(), new LayerDistance.Models(
                pair.storedReference(), pair.model(), moved.counting("measuring", moved::stored, observer)));
    }
}
