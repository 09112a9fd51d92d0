package org.thalweg.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a study of a Mixture-of-Experts system reports.
 *
 * @param schema the file format's name and version, {@link #SCHEMA}
 * @param study the study's name
 * @param system the system's name
 * @param source where the system was published
 * @param conventions what the numbers mean: terms and the words shown to the reader, in order
 * @param environment where it ran
 * @param configuration the study as it was asked for, with all settings
 * @param models every model that was trained
 * @param pairs every two replicas of the variant that is connected
 * @param claims what the authors claim, beside what was measured
 * @param timing what the clock decided
 */
public record SystemResults(
        String schema,
        String study,
        String system,
        String source,
        Map<String, String> conventions,
        Environment environment,
        Map<String, Object> configuration,
        List<SystemModel> models,
        List<SystemPair> pairs,
        List<SystemClaim> claims,
        Timing timing) {
    /** The format this program writes and reads. */
    public static final String SCHEMA = "thalweg-system/1";

    /** Copies the lists and the maps, whose inner values the caller must leave alone. */
    public SystemResults {
        conventions = Collections.unmodifiableMap(new LinkedHashMap<>(conventions));
        configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
        models = List.copyOf(models);
        pairs = List.copyOf(pairs);
        claims = List.copyOf(claims);
    }

    /**
     * The conventions of every such study.
     *
     * @param gridPoints how many points a curve has
     * @return terms and words
     */
    public static Map<String, String> conventions(int gridPoints) {
        Conventions standard = Conventions.standard(gridPoints, new Conventions.Split("test", 0), List.of());
        Map<String, String> words = new LinkedHashMap<>();
        words.put("Claims", "Ours is the mean over seeds of the number, or of the difference of two variants of one "
                + "seed; the direction holds when it lies on the paper's side by more than twice its standard error, "
                + "fails when on the other by as much, and is not shown else. Sizes are not compared: ours are minutes "
                + "of two cores.");
        words.put("Path", "t is the weight on B: t=0 is A, t=1 is B; " + gridPoints
                + " points, both ends included, on data that no training sees.");
        words.put("Loss barrier", standard.lossBarrier());
        words.put("Ratio", "Matched over naive barrier, formed for each pair and then averaged.");
        words.put("Orders", "Of at most four experts every order is measured, with all else matched; rank 1 is the "
                + "lowest barrier.");
        return words;
    }

    /** The lines of {@code table.csv}. */
    public List<SystemRow> rows() {
        return SystemRow.of(this);
    }
}
