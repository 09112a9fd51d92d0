package org.thalweg.report;

import java.nio.file.Path;
import java.util.Map;
import org.thalweg.results.ResultsFile;
import org.thalweg.results.StudyResults;
import org.thalweg.storage.DurableFile;

/**
 * {@code report.html}: a study's curves, tables and conventions as one self-contained page, which opens from disk
 * without a network. Equal results give equal bytes. About 0.8 MB, most of it the chart library.
 */
public final class HtmlReport {
    private HtmlReport() {}

    /**
     * Writes the page whole or not at all.
     *
     * @param file where to
     * @param results the study
     * @throws org.thalweg.failure.WorkFailure when the disk refuses
     */
    public static void write(Path file, StudyResults results) {
        DurableFile.writeText(file, render(results));
    }

    /**
     * The page as text.
     *
     * @param results the study
     * @return one HTML document
     */
    public static String render(StudyResults results) {
        return Page.of("report.html", results.study(), ResultsFile.text(results), Map.of(
                "model", "model.js", "charts", "charts.js", "tables", "tables.js", "orders", "orders.js",
                "page", "page.js"));
    }
}
