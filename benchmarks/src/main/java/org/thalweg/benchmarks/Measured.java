package org.thalweg.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.tensor.Engine;

/** What a timing program prints: one line of JSON with the machine it ran on. */
public final class Measured {
    private Measured() {}

    /**
     * A document that starts with what ran where.
     *
     * @param what was measured
     * @return a new map, to be added to
     */
    public static Map<String, Object> document(String what) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("measurement", what);
        document.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        document.put("libtorch", Engine.version());
        document.put("blas", Engine.blas());
        document.put("processors", Runtime.getRuntime().availableProcessors());
        return document;
    }

    /**
     * JSON text.
     *
     * @param document maps, lists, strings and numbers
     * @return one line
     */
    public static String json(Object document) {
        try {
            return new JsonMapper().writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("maps, strings and numbers are always JSON", impossible);
        }
    }

    /**
     * Middle value; the mean of the two middle ones when the number is even.
     *
     * @param values at least one; not changed
     * @return the median
     */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int count = sorted.length;
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    }
}
