package org.thalweg.results;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the analyses of a study of Transformers found.
 *
 * @param tables of the analyses that measure barriers, means over pairs
 * @param points the same pair by pair
 * @param angles of rotations of the residual stream
 * @param variants the models of the study with other values of its keys
 */
public record Analyses(
        List<AnalysisTable> tables,
        List<AnalysisPoint> points,
        List<RotationAngles> angles,
        List<StudyVariant> variants) {
    /** Copies the lists. */
    public Analyses {
        tables = List.copyOf(tables);
        points = List.copyOf(points);
        angles = List.copyOf(angles);
        variants = List.copyOf(variants);
    }

    /**
     * What was found, with its tables.
     *
     * @param points pair by pair
     * @param angles of rotations
     * @param variants the models of the study with other values of its keys
     * @return all of it
     */
    public static Analyses of(
            List<AnalysisPoint> points, List<RotationAngles> angles, List<StudyVariant> variants) {
        return new Analyses(AnalysisTable.of(points), points, angles, variants);
    }

    /**
     * What the numbers mean.
     *
     * @return terms and words shown to the reader; none when nothing was analysed
     */
    public Map<String, String> conventions() {
        Map<String, String> words = new LinkedHashMap<>();
        if (!points.isEmpty()) {
            words.put("Analyses", "Every trial matches the same pairs of replicas anew and measures the line between "
                    + "them on the same grid. At t = 0.5: rise of the loss in the middle above the mean of both ends.");
        }
        if (tables.stream().anyMatch(table -> table.analysis().equals(Analysis.ITERATIONS.label()))) {
            words.put("Iterations", "Weight matching that ends after so many passes over the stream and all else, "
                    + "without the polish that the methods of the main table have. Iteration 0 is no matching. The "
                    + "inner product of all weights is what passes make large, in the gauge in which weights are "
                    + "compared; the squared distance is of the stored weights. Models that are rotated are folded "
                    + "first, so both numbers compare within one line alone.");
        }
        if (!angles.isEmpty()) {
            words.put("Angles", "Of the eigenvalues of the rotation of the residual stream, in radians from 0 to π: of "
                    + "the one that weight matching finds, and of the correction that learning puts behind it. Where "
                    + "rotations keep the mean of the stream, as in models with LayerNorm, one of them is always 0.");
        }
        if (!variants.isEmpty()) {
            words.put("Varied keys", "The study once more with another value of one key, all else as in the file and "
                    + "with the same seeds; pairs are of replicas of one value. With residual, feed_forward changes in "
                    + "proportion.");
        }
        return words;
    }

    /**
     * Whether anything was analysed.
     *
     * @return false for a study without analyses
     */
    public boolean hasAny() {
        return !points.isEmpty() || !angles.isEmpty() || !variants.isEmpty();
    }
}
