package org.thalweg.report;

import java.nio.file.Path;
import java.util.Map;
import org.thalweg.results.ReinitialisationFiles;
import org.thalweg.results.ReinitialisationResults;
import org.thalweg.storage.DurableFile;

/**
 * {@code report.html} of a study of feed-forward networks drawn anew: the table beside the paper's, loss and accuracy
 * by layer as in its figures 3 and 4, and the paths between models, as one self-contained page like
 * {@link HtmlReport}'s. Equal results give equal bytes.
 */
public final class ReinitialisationReport {
    private ReinitialisationReport() {}

    /**
     * Writes the page whole or not at all.
     *
     * @param file where to
     * @param results the study
     * @throws org.thalweg.failure.WorkFailure when the disk refuses
     */
    public static void write(Path file, ReinitialisationResults results) {
        DurableFile.writeText(file, render(results));
    }

    /**
     * The page as text.
     *
     * @param results the study
     * @return one HTML document
     */
    public static String render(ReinitialisationResults results) {
        return Page.of("reinitialisation.html", results.study(), ReinitialisationFiles.text(results),
                Map.of("parts", "parts.js", "frame", "frame.js", "layers", "reinitialisation.js"));
    }
}
