package org.thalweg.equivalence;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.thalweg.network.ExpertChoice;
import org.thalweg.tensor.Tensor;

/**
 * Which experts a model chose for each token, held against the choices of a second model or imposed on it. For one
 * comparison by one thread.
 */
final class ExpertChoices {
    private record Asked(int batch, String router) {}

    private final ExpertPlaces places;
    private final Map<String, long[]> placesOf = new HashMap<>();
    private final Map<Asked, long[]> made = new HashMap<>();
    private long compared;
    private long differing;

    ExpertChoices(ExpertPlaces places) {
        this.places = places;
    }

    /** Writes down what the first model chooses, as places in the second. */
    ExpertChoice recorded(int batch) {
        return (router, chosen) -> {
            long[] place = placesOf.computeIfAbsent(router, places::of);
            long[] experts = chosen.toLongs();
            Arrays.setAll(experts, i -> place[(int) experts[i]]);
            made.put(new Asked(batch, router), experts);
            return chosen;
        };
    }

    /** Counts the tokens for which the second model chooses others, and imposes the first one's choice if asked. */
    ExpertChoice compared(int batch, boolean imposed) {
        return (router, chosen) -> {
            long[] expected = made.get(new Asked(batch, router));
            long[] found = chosen.toLongs();
            int selected = (int) chosen.length(1);
            for (int token = 0; token < found.length; token += selected) {
                compared++;
                differing += isSame(expected, found, token, selected) ? 0 : 1;
            }
            return imposed ? Tensor.of(expected, chosen.shape()) : chosen;
        };
    }

    private static boolean isSame(long[] expected, long[] found, int from, int selected) {
        long[] one = Arrays.copyOfRange(expected, from, from + selected);
        long[] other = Arrays.copyOfRange(found, from, from + selected);
        Arrays.sort(one);
        Arrays.sort(other);
        return Arrays.equals(one, other);
    }

    /** How many choices of the second model were other ones. */
    long differing() {
        return differing;
    }

    /** Of how many. */
    long compared() {
        return compared;
    }

    /** Counts anew. */
    void restart() {
        compared = 0;
        differing = 0;
    }
}
