package org.thalweg.matching;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.thalweg.network.Network;

/**
 * Matching by weights alone, as {@link WeightMatcher} does it; no data and no network are needed.
 *
 * @param matched what is matched and how
 */
public record WeightMatching(WeightMatchSettings matched) implements MatchingMethod {
    @Override
    public Matcher on(Network network) {
        return withoutNetwork();
    }

    @Override
    public Matcher withoutNetwork() {
        return new WeightMatcher(matched);
    }

    @Override
    public ResidualMatching residual() {
        return matched.residual();
    }

    @Override
    public WeightMatching withResidual(ResidualMatching other) {
        return new WeightMatching(matched.with(other));
    }

    @Override
    public String label() {
        return "weight";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("order", matched.experts().name().toLowerCase(Locale.ROOT));
        settings.put("residual", matched.residual().name().toLowerCase(Locale.ROOT));
        settings.put("costs", matched.costs().name().toLowerCase(Locale.ROOT));
        settings.put("starts", String.valueOf(matched.starts().count()));
        settings.put("start_seed", String.valueOf(matched.starts().seed()));
        settings.put("polish", matched.starts().polish().name().toLowerCase(Locale.ROOT));
        settings.put("maps", matched.gauge() == MatchingGauge.BALANCED ? "all" : "discrete");
        if (matched.passes() != WeightMatchSettings.MOST_PASSES) {
            settings.put("passes", String.valueOf(matched.passes()));
        }
        return settings;
    }
}
