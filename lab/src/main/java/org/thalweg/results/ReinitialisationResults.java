package org.thalweg.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a study of feed-forward networks drawn anew reports.
 *
 * @param schema the file format's name and version, {@link #SCHEMA}
 * @param study the study's name
 * @param conventions what the numbers mean: terms and the words shown to the reader, in order
 * @param environment where it ran
 * @param configuration the study as it was asked for: text, numbers, truth values, lists and maps of these, in order
 * @param trained the models that all started from, one for each data set
 * @param replicas the models with one feed-forward network trained anew
 * @param paths between every two replicas of a layer
 * @param rows the table
 * @param paper the rows of the paper's table, to be shown beside
 * @param warnings what the reader must know before believing the numbers, one sentence each
 * @param timing what the clock decided
 */
public record ReinitialisationResults(
        String schema,
        String study,
        Map<String, String> conventions,
        Environment environment,
        Map<String, Object> configuration,
        List<TransformerReplica> trained,
        List<ReinitialisedModel> replicas,
        List<LayerPath> paths,
        List<ReinitialisationRow> rows,
        List<PaperReinitialisation> paper,
        List<String> warnings,
        Timing timing) {
    /** The format this program writes and reads. */
    public static final String SCHEMA = "thalweg-reinitialisation/1";

    /** Copies the lists and the maps, whose inner values the caller must leave alone. */
    public ReinitialisationResults {
        conventions = Collections.unmodifiableMap(new LinkedHashMap<>(conventions));
        configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
        trained = List.copyOf(trained);
        replicas = List.copyOf(replicas);
        paths = List.copyOf(paths);
        rows = List.copyOf(rows);
        paper = List.copyOf(paper);
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
        words.put("Pretrained", "The trained model, on the test set as all that follows.");
        words.put("Reinitialised", "The feed-forward network of one layer has weights drawn anew as before the "
                + "training, all else is the trained model's; mean over the replicas, which differ in the seed.");
        words.put("Fine-tuned", "That feed-forward network was then trained, all else frozen; mean over the replicas.");
        words.put("Layer", "Counted from 1; the paper counts from 0, and its table says of no row which layer it is.");
        words.put("Path", "t is the weight on B: t=0 is A, t=1 is B, two replicas of one layer as they were trained; "
                + gridPoints + " points, both ends included, on the whole test set");
        words.put("Naive barrier", standard.lossBarrier() + " Mean over every two replicas of a layer.");
        words.put("Interior barrier", "The same without the two ends, so that it can be negative; so can the paper's, "
                + "which is -0.0454 in one row.");
        words.put("Units", standard.units());
        words.put("Paper", "Table 4 of arXiv 2509.11348: other networks and other data, of which the paper says no "
                + "sizes; losses of its word and character models as published.");
        return words;
    }
}
