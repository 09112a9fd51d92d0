package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a study of whole Transformers reports.
 *
 * @param schema the file format's name and version, {@link #SCHEMA}
 * @param study the study's name
 * @param conventions what the numbers mean: terms and the words shown to the reader, in order
 * @param environment where it ran
 * @param configuration the study as it was asked for: text, numbers, truth values, lists and maps of these, in order
 * @param replicas the trained models
 * @param paths every path measured, or excluded
 * @param means of all replicas of a data set, by methods that bring all into one basis; files of earlier runs have none
 * @param surfaces over the simplex of replicas, where that was asked for
 * @param rows the table
 * @param analyses what else was analysed, if anything was; files of earlier runs have none
 * @param warnings what the reader must know before believing the numbers, one sentence each
 * @param timing what the clock decided
 */
public record TransformerResults(
        String schema,
        String study,
        Map<String, String> conventions,
        Environment environment,
        Map<String, Object> configuration,
        List<TransformerReplica> replicas,
        List<MethodPath> paths,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<ReplicaMean> means,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<ReplicaSurface> surfaces,
        List<MethodRow> rows,
        Optional<Analyses> analyses,
        List<String> warnings,
        Timing timing) {
    /** The format this program writes and reads. */
    public static final String SCHEMA = "thalweg-transformers/1";

    /** Copies the lists and the maps, whose inner values the caller must leave alone. */
    public TransformerResults {
        conventions = Collections.unmodifiableMap(new LinkedHashMap<>(conventions));
        configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
        replicas = List.copyOf(replicas);
        paths = List.copyOf(paths);
        means = List.copyOf(means);
        surfaces = List.copyOf(surfaces);
        rows = List.copyOf(rows);
        warnings = List.copyOf(warnings);
    }

    /**
     * The conventions of every such study.
     *
     * @param gridPoints how many points a curve has
     * @return terms and words
     */
    public static Map<String, String> conventions(int gridPoints) {
        Conventions standard =
                Conventions.standard(gridPoints, new Conventions.Split("test", 0), List.of());
        Map<String, String> words = new LinkedHashMap<>();
        words.put("Path", "t is the weight on B: t=0 is A, t=1 is B. By vanilla between the replicas as they were "
                + "trained, by universe and universe-learned between both as all replicas were carried into one basis, "
                + "else between A in the form in which the two were matched and B carried to it: both compute what "
                + "the replicas do, unless a method says otherwise.");
        words.put("Grid", gridPoints + " points, both ends included, on the whole test set");
        words.put("Loss barrier", standard.lossBarrier());
        words.put("Rise of the mean", "Of the mean of all replicas' weights: its loss less the mean of the replicas' "
                + "losses. At most the barrier of all of them (Equation 2 of arXiv 2506.22712), which is the largest "
                + "such difference over all weights; negative where the mean is better than the replicas.");
        words.put("Accuracy barrier", standard.accuracyBarrier());
        words.put("AUC", standard.auc());
        words.put("Units", standard.units());
        words.put("±", "Mean and standard error over pairs: sample deviation (divisor n - 1) divided by the root of n. "
                + "Pairs share replicas, so they are not independent. Excluded pairs enter neither.");
        return words;
    }
}
