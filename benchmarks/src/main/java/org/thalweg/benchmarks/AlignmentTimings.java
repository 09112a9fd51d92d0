package org.thalweg.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.matching.Candidate;
import org.thalweg.matching.MatchedCandidates;
import org.thalweg.matching.MoeMatcher;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/**
 * Times the matching of two MoE layers that {@code benchmarks/alignment/compare_numpy.py} writes. Arguments: the
 * directories of A and B, and options {@code experts= hidden= threads=1}. For each line {@code turn} on standard input
 * every way is timed once and one JSON document printed; {@code quit} ends.
 *
 * <p>{@code algorithm_1} is Paper A's algorithm, both expert orders and the hidden units of each: what the script does
 * in NumPy. {@code weight_matcher} is what {@code thalweg align} does with such a layer, by the better order: balanced
 * gauges before and the choice of continuous maps after it included.
 */
public final class AlignmentTimings {
    private final Parameters a;
    private final Parameters b;
    private final Architecture architecture;

    private AlignmentTimings(Path reference, Path model, Options options) {
        a = Checkpoint.open(reference).load();
        b = Checkpoint.open(model).load();
        architecture = ModelArchitecture.ofLayer(
                new MoeConfig(options.get("experts"), new Gating.Dense(), List.of(options.get("hidden")),
                        UnitFunction.GELU),
                a);
    }

    /**
     * Runs the program.
     *
     * @param arguments as above
     * @throws IOException when standard input breaks
     */
    public static void main(String[] arguments) throws IOException {
        Map<String, Integer> defaults = new LinkedHashMap<>();
        defaults.put("experts", 8);
        defaults.put("hidden", 64);
        defaults.put("threads", 1);
        Options options = Options.of(Arrays.copyOfRange(arguments, 2, arguments.length), defaults);
        Engine.useThreadsPerOperation(options.get("threads"));
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Scope scope = Scope.open()) {
            AlignmentTimings timings =
                    new AlignmentTimings(Path.of(arguments[0]), Path.of(arguments[1]), options);
            for (String request = requests.readLine(); "turn".equals(request); request = requests.readLine()) {
                System.out.println(Measured.json(timings.turn()));
            }
        }
    }

    private record Timed<T>(double seconds, T value) {}

    private static <T> Timed<T> time(Supplier<T> work) {
        long start = System.nanoTime();
        T value = work.get();
        return new Timed<>((System.nanoTime() - start) / 1e9, value);
    }

    private Map<String, Object> turn() {
        Timed<MatchedCandidates> both = time(() -> new MoeMatcher(architecture, a::get, b::get).match());
        WeightMatcher matcher = new WeightMatcher(WeightMatchSettings.defaults());
        Timed<Integer> whole = time(() ->
                matcher.match(architecture, a::get, b::get, WorkObserver.SILENT).spaces().size());
        Map<String, Object> document = Measured.document("alignment");
        document.put("algorithm_1", both.seconds());
        document.put("weight_matcher", whole.seconds());
        document.put("by_gate", found(both.value().byGate()));
        document.put("by_expert", found(both.value().byExpert()));
        return document;
    }

    /** What is compared to see that two programs found the same. */
    private static Map<String, Object> found(Candidate candidate) {
        return Map.of(
                "order", candidate.layers().getFirst().experts().order().image(),
                "similarity", candidate.layers().getFirst().units().similarity());
    }
}
