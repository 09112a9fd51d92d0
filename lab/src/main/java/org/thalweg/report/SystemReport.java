package org.thalweg.report;

import java.nio.file.Path;
import java.util.Map;
import org.thalweg.results.SystemFiles;
import org.thalweg.results.SystemResults;
import org.thalweg.storage.DurableFile;

/**
 * {@code report.html} of a study of a Mixture-of-Experts system: what its authors claim beside what was measured, every
 * variant, and the paths between replicas, as one self-contained page like {@link HtmlReport}'s. Equal results give
 * equal bytes.
 */
public final class SystemReport {
    private SystemReport() {}

    /**
     * Writes the page whole or not at all.
     *
     * @param file where to
     * @param results the study
     * @throws org.thalweg.failure.WorkFailure when the disk refuses
     */
    public static void write(Path file, SystemResults results) {
        DurableFile.writeText(file, render(results));
    }

    /**
     * The page as text.
     *
     * @param results the study
     * @return one HTML document
     */
    public static String render(SystemResults results) {
        return Page.of("system.html", results.study(), SystemFiles.text(results),
                Map.of("parts", "parts.js", "frame", "frame.js", "system", "system.js"));
    }
}
