package org.thalweg.matching.learned;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.thalweg.connectivity.Examples;
import org.thalweg.matching.ManyMatcher;
import org.thalweg.matching.Matcher;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.network.Network;
import org.thalweg.tensor.TensorReader;

/**
 * Matching that is learned from data, as {@link LearnedMatcher} does it.
 *
 * @param learned what is learned and how
 * @param start finds the alignment from which learning starts
 * @param examples to learn from
 * @param running where it learns, and keeps its state
 */
public record LearnedMatching(
        LearnedMatchSettings learned, MatchingMethod start, Examples examples, Running running)
        implements MatchingMethod {
    /** On the CPU, keeping no state. */
    public LearnedMatching(LearnedMatchSettings learned, MatchingMethod start, Examples examples) {
        this(learned, start, examples, Running.USUAL);
    }

    @Override
    public Matcher on(Network network) {
        return new LearnedMatcher(network, examples, start.on(network), learned, running);
    }

    /**
     * With weights drawn on the simplex all models are learned together from what the start gives; else each is learned
     * to the mean, which is a model of its own.
     */
    @Override
    public ManyMatcher amongMany(Network network, int rounds) {
        return isTogether() ? new LearnedUniverse(network, examples, start.amongMany(network, rounds), learned,
                running)
                : MatchingMethod.super.amongMany(network, rounds);
    }

    private boolean isTogether() {
        return learned.sampler() == Sampler.DIRICHLET;
    }

    @Override
    public ResidualMatching residual() {
        return start.residual();
    }

    @Override
    public LearnedMatching withResidual(ResidualMatching other) {
        return new LearnedMatching(learned, start.withResidual(other), examples, running);
    }

    /** Learning starts from the alignment that is found along the checkpoints; it looks at A and B alone. */
    @Override
    public LearnedMatching along(List<TensorReader> references, List<TensorReader> models) {
        return new LearnedMatching(learned, start.along(references, models), examples, running);
    }

    @Override
    public long bytesOfRunning(long parameters, int models) {
        // In float32 the models, all but the first moved, means of the first few, and gradients of the last two.
        int together = isTogether() ? models : 2;
        return (together + 4L * (together - 1)) * Float.BYTES * parameters;
    }

    @Override
    public String label() {
        return learned.latents().softRounds() > 0 ? "soft" : "learned";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("start", start.label());
        start.settings().forEach((name, value) -> settings.put("start." + name, value));
        settings.put("parts", learned.parts().stream().sorted().toList().toString().toLowerCase(Locale.ROOT));
        settings.put("rotation", learned.rotation().name().toLowerCase(Locale.ROOT));
        settings.put("sampler", learned.sampler().label());
        settings.put("both_ends", Boolean.toString(learned.bothEnds()));
        settings.put("steps", Integer.toString(learned.steps().count()));
        settings.put("batch", Integer.toString(learned.steps().batch()));
        settings.put("learning_rate", Double.toString(learned.steps().learningRate()));
        settings.put("seed", Long.toString(learned.seed()));
        return settings;
    }
}
