package org.thalweg.matching.learned;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * At which weighted mean of the models the loss of a step is: of two models at which t of the straight line between A
 * (t = 0) and B (t = 1), see arXiv 2506.22712, C.1.2; of any number of models where on their simplex.
 */
public enum Sampler {
    /** The middle of a line. */
    FIXED,
    /** Uniform between 0.4 and 0.6, the paper's choice for a line. */
    NARROW,
    /** Uniform between 0 and 1. */
    UNIFORM,
    /** Normal around the middle with deviation 0.1, cut at the ends. */
    GAUSSIAN,
    /** Dirichlet with all parameters 0.1 on the simplex, the paper's choice for many models. */
    DIRICHLET;

    private static final Dirichlet SPARSE = new Dirichlet(0.1);

    /**
     * Draws.
     *
     * @param random where the numbers come from
     * @param models how many there are, at least 2
     * @return one weight for each model, from 0 on, that sum to 1
     * @throws WrongUse when there are more than two models, between which there is no line
     */
    double[] draw(Random random, int models) {
        if (this == DIRICHLET) {
            return SPARSE.draw(random, models);
        }
        if (models != 2) {
            throw new WrongUse("the sampler " + label() + " is for the line between two models, and there are " + models
                    + "; take " + DIRICHLET.label() + ".");
        }
        double t = place(random);
        return new double[] {1 - t, t};
    }

    private double place(Random random) {
        try (Scope scope = Scope.open()) {
            return switch (this) {
                case FIXED -> 0.5;
                case NARROW -> random.uniform(DType.FLOAT64, 0.4, 0.6, 1).item();
                case UNIFORM -> random.uniform(DType.FLOAT64, 0, 1, 1).item();
                case GAUSSIAN -> Math.clamp(0.5 + 0.1 * random.normal(DType.FLOAT64, 1).item(), 0, 1);
                case DIRICHLET -> throw new IllegalStateException("a Dirichlet distribution has weights, no place");
            };
        }
    }

    /**
     * Those that draw places on the line between two models.
     *
     * @return all but {@link #DIRICHLET}
     */
    public static List<Sampler> ofLine() {
        return Arrays.stream(values()).filter(sampler -> sampler != DIRICHLET).toList();
    }

    /** The name on the command line and in results. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
