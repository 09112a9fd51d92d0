package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.matching.activation.ActivationMatchSettings;
import org.thalweg.matching.activation.ActivationMatchSettings.Values;
import org.thalweg.matching.activation.ActivationMatching;
import org.thalweg.matching.learned.LearnedMatchSettings;
import org.thalweg.matching.learned.LearnedMatchSettings.Part;
import org.thalweg.matching.learned.LearnedMatching;
import org.thalweg.matching.learned.Running;
import org.thalweg.matching.learned.Sampler;

/** How the replicas of a study of Transformers are brought to one another. In the order of tables. */
enum StudyMethod {
    /** Not at all. */
    VANILLA,
    /** Orders of heads, units, experts and of the stream, by weights. */
    PERMUTATIONS,
    /** Orders of heads, units and experts and a rotation of the stream, by weights. */
    WEIGHT,
    /** Orders of heads and units by activations, the stream as it is: what the published method does best with. */
    ACTIVATION,
    /** Orders of heads and units and rotations of the stream and of values by activations. */
    ACTIVATION_ORTHOGONAL,
    /** Orders learned from those by weights. */
    LEARNED_PERMUTATIONS,
    /** Rotations of the stream and of bases inside heads learned from those by weights (as arXiv 2506.22712 does). */
    LEARNED,
    /** The same, with both ends moving (arXiv 2606.23607). */
    LEARNED_BOTH,
    /** Soft orders (appendix D of arXiv 2506.22712), the stream rotated by weights: the end of the path changes. */
    SOFT,
    /** Every replica of a data set to the mean of all, by weights as {@link #WEIGHT}: one basis for all of them. */
    UNIVERSE,
    /** The same, then rotations of all replicas learned together, at means drawn on their simplex. */
    UNIVERSE_LEARNED;

    /**
     * How methods learn that do.
     *
     * @param steps of the optimiser
     * @param batch training examples of a step
     * @param learningRate the highest
     */
    record Learning(int steps, int batch, double learningRate) implements Serializable {
        /** Adds these numbers to what a step states. */
        void state(ObjectNode content) {
            content.put("steps", steps).put("batch", batch).put("learning_rate", learningRate);
        }

        /** How stream and bases are learned, all else as usual. */
        LearnedMatchSettings settings(long seed) {
            LearnedMatchSettings usual = LearnedMatchSettings.defaults();
            return usual.with(seed).with(new LearnedMatchSettings.Steps(
                    steps, batch, learningRate, usual.steps().warmup(), usual.steps().weightDecay()));
        }
    }

    /** Whether it has steps of an optimiser. */
    boolean learns() {
        return switch (this) {
            case VANILLA, PERMUTATIONS, WEIGHT, ACTIVATION, ACTIVATION_ORTHOGONAL, UNIVERSE -> false;
            case LEARNED_PERMUTATIONS, LEARNED, LEARNED_BOTH, SOFT, UNIVERSE_LEARNED -> true;
        };
    }

    /** Whether all replicas stand in one basis, so that the mean of all of them says something. */
    boolean isOfAll() {
        return this == VANILLA || carriesAll();
    }

    /** Whether all replicas are carried into one basis. */
    boolean carriesAll() {
        return this == UNIVERSE || this == UNIVERSE_LEARNED;
    }

    /** Names of all of them. */
    static List<String> known() {
        return Arrays.stream(values()).map(StudyMethod::label).toList();
    }

    /** The name in study files and results. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static StudyMethod named(String label) {
        return Arrays.stream(values()).filter(method -> method.label().equals(label)).findFirst()
                .orElseThrow(() -> new WrongUse("methods names " + Shown.name(label) + ", expected "
                        + String.join(", ", known()) + "."));
    }

    /**
     * The matching behind it; of methods that carry all replicas that of one to the mean, or of all together.
     *
     * @param examples of the training set, for methods that look at data
     * @param learning how long methods that learn do
     * @param seed of all that is random
     * @param running where methods that learn do so, and keep their state
     * @return nothing for the models as they were trained
     */
    Optional<MatchingMethod> matching(Examples examples, Learning learning, long seed, Running running) {
        WeightMatching orders = weights(ResidualMatching.PERMUTATION);
        WeightMatching rotations = weights(ResidualMatching.ORTHOGONAL);
        LearnedMatchSettings learned = learning.settings(seed);
        return switch (this) {
            case VANILLA -> Optional.empty();
            case PERMUTATIONS -> Optional.of(orders);
            case WEIGHT -> Optional.of(rotations);
            case ACTIVATION, ACTIVATION_ORTHOGONAL -> Optional.of(byActivations(examples, seed));
            case LEARNED_PERMUTATIONS -> Optional.of(new LearnedMatching(
                    learned.with(Set.of(Part.STREAM, Part.ORDERS)), orders, examples, running));
            case LEARNED -> Optional.of(new LearnedMatching(learned, rotations, examples, running));
            case LEARNED_BOTH -> Optional.of(new LearnedMatching(
                    learned.withBothEnds(), rotations, examples, running));
            case SOFT -> Optional.of(new LearnedMatching(learned.with(LearnedMatchSettings.SOFT)
                    .with(Set.of(Part.ORDERS)), rotations, examples, running));
            case UNIVERSE -> Optional.of(rotations);
            case UNIVERSE_LEARNED -> Optional.of(new LearnedMatching(
                    learned.with(Sampler.DIRICHLET), rotations, examples, running));
        };
    }

    /** Matching by activations on as many inputs as usual, for the two methods that do so. */
    MatchingMethod byActivations(Examples examples, long seed) {
        return byActivations(examples, ActivationMatchSettings.SAMPLES, seed);
    }

    /** Matching by activations on so many inputs, for the two methods that do so. */
    MatchingMethod byActivations(Examples examples, int inputs, long seed) {
        boolean rotates = switch (this) {
            case ACTIVATION -> false;
            case ACTIVATION_ORTHOGONAL -> true;
            case VANILLA, PERMUTATIONS, WEIGHT, LEARNED_PERMUTATIONS, LEARNED, LEARNED_BOTH, SOFT, UNIVERSE,
                    UNIVERSE_LEARNED ->
                throw new IllegalStateException(label() + " does not look at activations");
        };
        return new ActivationMatching(new ActivationMatchSettings(
                rotates ? ResidualMatching.ORTHOGONAL : ResidualMatching.NONE,
                rotates ? Values.ROTATIONS : Values.ORDERS,
                ExpertOrdering.BEST, inputs, seed), examples);
    }

    /** Matching by weights as the methods do it. */
    static WeightMatching weights(ResidualMatching residual) {
        return new WeightMatching(
                new WeightMatchSettings(ExpertOrdering.BEST, residual, MatchingGauge.BALANCED));
    }
}
