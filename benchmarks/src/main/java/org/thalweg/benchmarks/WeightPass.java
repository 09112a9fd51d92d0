package org.thalweg.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.Permutation;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.Match;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.Objective;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.model.ModelDirectory;
import org.thalweg.storage.ProcessMemory;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/**
 * Times the matching of two GPT-2 models that {@code benchmarks/alignment/compare_weight_pass.py} writes. Arguments:
 * the directories of A and B, and {@code threads=2}. For each line {@code turn} on standard input one pass is timed,
 * from weights in memory, and a JSON document printed: everything that comes before the second pass, the balancing of
 * both models and the objective that the second pass is compared with included. {@code whole} times the whole match,
 * with all its passes and the choice of continuous maps, and gives orders of heads and units; {@code quit} ends. Linux
 * only.
 */
public final class WeightPass {
    private static final WeightMatchSettings SETTINGS = new WeightMatchSettings(
            ExpertOrdering.BEST, ResidualMatching.ORTHOGONAL, MatchingGauge.BALANCED);

    private final ModelDirectory model;
    private final Parameters a;
    private final Parameters b;

    private WeightPass(Path reference, Path model) {
        this.model = ModelDirectory.open(model);
        this.a = ModelDirectory.open(reference).load();
        this.b = this.model.load();
    }

    /**
     * Runs the program.
     *
     * @param arguments as above
     * @throws IOException when standard input breaks
     */
    public static void main(String[] arguments) throws IOException {
        Options options = Options.of(Arrays.copyOfRange(arguments, 2, arguments.length), Map.of("threads", 2));
        Engine.useThreadsPerOperation(options.get("threads"));
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Scope scope = Scope.open()) {
            WeightPass pass = new WeightPass(Path.of(arguments[0]), Path.of(arguments[1]));
            for (String request = requests.readLine(); request != null && !request.equals("quit");
                    request = requests.readLine()) {
                Map<String, Object> document = switch (request) {
                    case "turn" -> pass.turn();
                    case "whole" -> pass.whole();
                    default -> throw new WrongUse("'" + request + "' is no request; expected turn, whole or quit.");
                };
                document.put("peak_mib", ProcessMemory.peakResident().orElseThrow() / (double) (1 << 20));
                System.out.println(Measured.json(document));
            }
        }
    }

    /** Ends a match where its second pass begins. */
    private static final class OnePass implements WorkObserver {
        /** That the pass is over. */
        private static final class Over extends RuntimeException {}

        @Override
        public void began(String work, long tensors) {
            if (work.startsWith("matching again")) {
                throw new Over();
            }
        }

        @Override
        public void reached(long tensors) {
            // Only where a pass begins is looked at.
        }
    }

    private Map<String, Object> turn() {
        long start = System.nanoTime();
        boolean isOver = false;
        try (Scope scope = Scope.open()) {
            match(new OnePass());
        } catch (OnePass.Over _) {
            isOver = true;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!isOver) {
            throw new IllegalStateException("the match had no second pass, so there is no end of the first");
        }
        Map<String, Object> document = Measured.document("a pass of weight matching");
        document.put("seconds", seconds);
        return document;
    }

    private Match match(WorkObserver observer) {
        return new WeightMatcher(SETTINGS).match(model.architecture(), a::get, b::get, observer);
    }

    private Map<String, Object> whole() {
        long start = System.nanoTime();
        Match match;
        try (Scope scope = Scope.open()) {
            match = match(WorkObserver.SILENT);
        }
        Map<String, Object> document = Measured.document("weight matching");
        document.put("seconds", (System.nanoTime() - start) / 1e9);
        document.put("passes", match.objectives().stream()
                .filter(objective -> objective.stage() == Objective.Stage.MATCH).count());
        document.put("heads", orders(match, ".heads"));
        document.put("units", orders(match, ".hidden"));
        return document;
    }

    /** For each layer, for each position of A the one of B. */
    private List<int[]> orders(Match match, String end) {
        List<int[]> orders = new ArrayList<>();
        model.architecture().spaces().keySet().stream().filter(name -> name.endsWith(end)).forEach(name ->
                orders.add(match.alignment().element(name) instanceof Permutation order ? order.image() : new int[0]));
        return orders;
    }
}
