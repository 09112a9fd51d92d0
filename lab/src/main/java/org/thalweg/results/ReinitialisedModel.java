package org.thalweg.results;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A trained model whose feed-forward network of one layer was drawn anew and then trained alone: one flat object of
 * {@code results.json}. A diverged one has no numbers.
 *
 * @param id its name, unique in the study
 * @param dataset what it was trained on
 * @param layer whose feed-forward network it is, counted from 1
 * @param seed of the weights drawn and of the order of batches
 * @param reinitialisedLoss mean cross-entropy on the test set with the weights drawn, nats
 * @param reinitialisedAccuracy share of right answers there
 * @param finetunedLoss mean cross-entropy on the test set after the training, nats
 * @param finetunedAccuracy share of right answers there
 * @param checkpoint the model's directory, relative to the run's
 * @param diverged where and how a training left the finite numbers, one sentence
 */
public record ReinitialisedModel(
        String id,
        String dataset,
        int layer,
        long seed,
        OptionalDouble reinitialisedLoss,
        OptionalDouble reinitialisedAccuracy,
        OptionalDouble finetunedLoss,
        OptionalDouble finetunedAccuracy,
        Optional<String> checkpoint,
        Optional<String> diverged) {
    /**
     * Which model.
     *
     * @param id its name
     * @param dataset what it was trained on
     * @param layer whose feed-forward network was drawn anew, counted from 1
     * @param seed of the weights drawn and of the order of batches
     */
    public record Place(String id, String dataset, int layer, long seed) {}

    /**
     * How well a model does on the test set.
     *
     * @param loss mean cross-entropy, nats
     * @param accuracy share of right answers
     */
    public record Scores(double loss, double accuracy) {}

    /**
     * One that was trained.
     *
     * @param place which
     * @param before with the weights drawn
     * @param after after the training
     * @param checkpoint its directory, relative to the run's
     * @return the model
     */
    public static ReinitialisedModel of(Place place, Scores before, Scores after, String checkpoint) {
        return new ReinitialisedModel(place.id, place.dataset, place.layer, place.seed,
                OptionalDouble.of(before.loss), OptionalDouble.of(before.accuracy), OptionalDouble.of(after.loss),
                OptionalDouble.of(after.accuracy), Optional.of(checkpoint), Optional.empty());
    }

    /**
     * One that diverged.
     *
     * @param place which
     * @param reason one sentence
     * @return the model
     */
    public static ReinitialisedModel diverged(Place place, String reason) {
        OptionalDouble none = OptionalDouble.empty();
        return new ReinitialisedModel(place.id, place.dataset, place.layer, place.seed, none, none, none, none,
                Optional.empty(), Optional.of(reason));
    }
}
