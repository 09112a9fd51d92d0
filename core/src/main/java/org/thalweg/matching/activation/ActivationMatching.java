package org.thalweg.matching.activation;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.thalweg.connectivity.Examples;
import org.thalweg.matching.Matcher;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.network.Network;

/**
 * Matching by activations, as {@link ActivationMatcher} does it.
 *
 * @param matched what is matched and how
 * @param examples to run the models on
 */
public record ActivationMatching(ActivationMatchSettings matched, Examples examples) implements MatchingMethod {
    @Override
    public Matcher on(Network network) {
        return new ActivationMatcher(network, examples, matched);
    }

    @Override
    public ResidualMatching residual() {
        return matched.residual();
    }

    @Override
    public ActivationMatching withResidual(ResidualMatching other) {
        return new ActivationMatching(matched.with(other), examples);
    }

    @Override
    public long bytesOfRunning(long parameters, int models) {
        // One model at a time in float32, and what comes along while it is read.
        return 2L * Float.BYTES * parameters;
    }

    @Override
    public String label() {
        return "activation";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("residual", matched.residual().name().toLowerCase(Locale.ROOT));
        settings.put("values", matched.values().name().toLowerCase(Locale.ROOT));
        settings.put("order", matched.experts().name().toLowerCase(Locale.ROOT));
        settings.put("samples", Integer.toString(matched.samples()));
        settings.put("seed", Long.toString(matched.seed()));
        return settings;
    }
}
