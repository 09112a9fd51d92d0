package org.thalweg.report;

import java.nio.file.Path;
import java.util.Map;
import org.thalweg.results.TransformerFiles;
import org.thalweg.results.TransformerResults;
import org.thalweg.storage.DurableFile;

/**
 * {@code report.html} of a study of whole Transformers: the table, the curves of every pair by every method, surfaces
 * over three replicas, a plot and a table of each analysis, replicas and conventions, as one self-contained page like
 * {@link HtmlReport}'s. Equal results give equal bytes.
 */
public final class TransformerReport {
    private TransformerReport() {}

    /**
     * Writes the page whole or not at all.
     *
     * @param file where to
     * @param results the study
     * @throws org.thalweg.failure.WorkFailure when the disk refuses
     */
    public static void write(Path file, TransformerResults results) {
        DurableFile.writeText(file, render(results));
    }

    /**
     * The page as text.
     *
     * @param results the study
     * @return one HTML document
     */
    public static String render(TransformerResults results) {
        return Page.of("transformers.html", results.study(), TransformerFiles.text(results),
                Map.of("triangle", "surface.html", "surface", "surface.js", "parts", "parts.js",
                        "methods", "transformers.js", "analyses", "analyses.js"));
    }
}
