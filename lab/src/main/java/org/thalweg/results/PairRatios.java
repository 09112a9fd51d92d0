package org.thalweg.results;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ratios formed pair by pair, before anything is averaged. */
public final class PairRatios {
    private record Pair(String a, String b) {}

    private PairRatios() {}

    /**
     * One number in percent of another, for each pair that has both.
     *
     * @param part at most one number for each pair
     * @param whole at most one number for each pair, none of them 0
     * @return the ratios in the order of {@code part}
     */
    public static List<PairValue> percent(List<PairValue> part, List<PairValue> whole) {
        Map<Pair, Double> wholes = new HashMap<>();
        whole.forEach(value -> wholes.put(new Pair(value.a(), value.b()), value.value()));
        List<PairValue> ratios = new ArrayList<>();
        for (PairValue value : part) {
            Pair pair = new Pair(value.a(), value.b());
            if (wholes.containsKey(pair)) {
                ratios.add(new PairValue(value.a(), value.b(), 100 * value.value() / wholes.get(pair)));
            }
        }
        return ratios;
    }
}
