package org.thalweg.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.CostRule;
import org.thalweg.matching.Objective;
import org.thalweg.matching.Polishing;
import org.thalweg.matching.StartSettings;
import org.thalweg.matching.WeightMatchSettings;
import picocli.CommandLine.Option;

/** How weight matching searches. */
final class WeightOptions {
    @Option(names = "--starts", paramLabel = "N", defaultValue = "1",
            description = "Match from N starts and keep the one that leaves the raw weights closest; ${DEFAULT-VALUE} "
                    + "when absent.")
    private int starts;

    @Option(names = "--start-seed", paramLabel = "N", defaultValue = "0",
            description = "Seed of the starts behind the first; ${DEFAULT-VALUE} when absent.")
    private long seed;

    @Option(names = "--polish", paramLabel = "P",
            description = "Coordinate descent in the weights as they are stored follows: by orders (and signs and a "
                    + "matched stream), by maps (also those inside heads), or none; when absent orders, with --maps "
                    + "discrete none.")
    private Optional<String> polish = Optional.empty();

    @Option(names = "--costs", paramLabel = "C", defaultValue = "paper",
            description = "What heads, units and the stream are compared by: paper, or official as the paper's "
                    + "published code does; ${DEFAULT-VALUE} when absent.")
    private String costs;

    /** The settings with these options. */
    WeightMatchSettings on(WeightMatchSettings settings) {
        if (starts < 1) {
            throw new WrongUse("--starts is " + starts + ", expected 1 or more.");
        }
        Polishing polishing = polish.map(named -> Choice.of("--polish", named, Polishing.values()))
                .orElse(settings.starts().polish());
        return settings.with(new StartSettings(starts, seed, polishing))
                .with(Choice.of("--costs", costs, CostRule.values()));
    }

    /** How close B came by each step. */
    static List<Map<String, Object>> objectives(List<Objective> objectives) {
        return objectives.stream().map(WeightOptions::objective).toList();
    }

    private static Map<String, Object> objective(Objective objective) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("start", objective.start());
        entry.put("stage", objective.stage().name().toLowerCase(Locale.ROOT));
        entry.put("iteration", objective.iteration());
        objective.innerProduct().ifPresent(product -> entry.put("inner_product", product));
        entry.put("squared_distance", objective.squaredDistance());
        return entry;
    }

    /** Adds what was chosen. */
    static void addTo(Map<String, Object> conventions, WeightMatchSettings chosen) {
        conventions.put("starts", chosen.starts().count());
        conventions.put("start_seed", chosen.starts().seed());
        conventions.put("polish", chosen.starts().polish().name().toLowerCase(Locale.ROOT));
        conventions.put("costs", chosen.costs().name().toLowerCase(Locale.ROOT));
    }
}
