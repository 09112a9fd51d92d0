package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.Locale;
import org.thalweg.connectivity.Examples;
import org.thalweg.matching.IdentityMatching;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.Polishing;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.StartSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.matching.learned.LearnedMatching;
import org.thalweg.matching.learned.Sampler;
import org.thalweg.results.Analysis;
import org.thalweg.results.AnalysisPoint;

/** One way of matching that an analysis tries, where it is none of {@link StudyMethod}. */
sealed interface Trial extends Serializable {
    /** Which analysis, line and place of its plot. */
    AnalysisPoint.Place place();

    /**
     * Adds what decides the matching beside its place.
     *
     * @param content what a step states
     */
    default void state(ObjectNode content) {
        // Most trials are decided by their place.
    }

    /**
     * The matching.
     *
     * @param examples of the training set
     * @param seed of all that is random
     * @return the method
     */
    MatchingMethod matching(Examples examples, long seed);

    /**
     * Weight matching that ends early, without a polish.
     *
     * @param residual what is done about the stream
     * @param passes at most
     */
    record Passes(ResidualMatching residual, int passes) implements Trial {
        private static final StartSettings PLAIN = new StartSettings(1, 0, Polishing.NONE);

        @Override
        public AnalysisPoint.Place place() {
            return place(residual, passes);
        }

        /** Of weight matching after so many passes. */
        static AnalysisPoint.Place place(ResidualMatching residual, int passes) {
            return new AnalysisPoint.Place(Analysis.ITERATIONS, residual.name().toLowerCase(Locale.ROOT),
                    Integer.toString(passes));
        }

        @Override
        public MatchingMethod matching(Examples examples, long seed) {
            return new WeightMatching(StudyMethod.weights(residual).matched().with(PLAIN).withPasses(passes));
        }
    }

    /**
     * Matching by activations on so many inputs.
     *
     * @param method of those by activations
     * @param inputs how many: tokens, or patches of images
     */
    record Inputs(StudyMethod method, int inputs) implements Trial {
        @Override
        public AnalysisPoint.Place place() {
            return new AnalysisPoint.Place(Analysis.INPUTS, method.label(), Integer.toString(inputs));
        }

        @Override
        public MatchingMethod matching(Examples examples, long seed) {
            return method.byActivations(examples, inputs, seed);
        }
    }

    /** From where learning starts. */
    enum Origin {
        /** From B as it is. */
        IDENTITY,
        /** From the match by weights. */
        WEIGHT,
        /** From the match by activations with rotations. */
        ACTIVATION_ORTHOGONAL;

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private MatchingMethod matching(Examples examples, long seed) {
            return switch (this) {
                case IDENTITY -> new IdentityMatching(ResidualMatching.ORTHOGONAL);
                case WEIGHT -> StudyMethod.weights(ResidualMatching.ORTHOGONAL);
                case ACTIVATION_ORTHOGONAL -> StudyMethod.ACTIVATION_ORTHOGONAL.byActivations(examples, seed);
            };
        }
    }

    /**
     * Learned matching as {@link StudyMethod#LEARNED}, from another start or with another place of the loss.
     *
     * @param origin from where
     * @param sampler where on the line the loss of a step is
     * @param learning how long
     */
    record Learnt(Origin origin, Sampler sampler, StudyMethod.Learning learning) implements Trial {
        @Override
        public AnalysisPoint.Place place() {
            return new AnalysisPoint.Place(Analysis.INITIALISATIONS, origin.label(),
                    sampler.label());
        }

        @Override
        public void state(ObjectNode content) {
            learning.state(content);
        }

        @Override
        public MatchingMethod matching(Examples examples, long seed) {
            return new LearnedMatching(
                    learning.settings(seed).with(sampler), origin.matching(examples, seed), examples);
        }
    }
}
