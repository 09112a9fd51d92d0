package org.thalweg.report;

import java.nio.file.Path;
import java.util.Map;
import org.thalweg.results.ModelsResult;
import org.thalweg.storage.DurableFile;

/**
 * The page of {@code thalweg path}: curves between two models with their chord, or a map and a surface over the
 * triangle of three, with tables and conventions, in the style of the studies' {@link HtmlReport}. Equal results give
 * equal bytes.
 */
public final class ModelsReport {
    private ModelsReport() {}

    /**
     * Writes the page whole or not at all.
     *
     * @param file where to
     * @param result what was measured, of two or three models
     * @throws org.thalweg.failure.WorkFailure when the disk refuses
     */
    public static void write(Path file, ModelsResult result) {
        DurableFile.writeText(file, render(result));
    }

    /**
     * The page as text.
     *
     * @param result what was measured, of two or three models
     * @return one HTML document
     */
    public static String render(ModelsResult result) {
        return Page.of("models.html", result.title(), result.text(),
                Map.of("triangle", "surface.html", "surface", "surface.js", "page", "models.js"));
    }
}
