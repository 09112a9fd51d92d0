package org.thalweg.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.thalweg.results.ResultsFile;
import org.thalweg.results.StudyResults;
import org.thalweg.storage.DurableFile;

/**
 * {@code report.html}: a study's curves, tables and conventions as one self-contained page. It opens from disk without
 * a network; its content security policy forbids loading anything. Equal results give equal bytes.
 *
 * <p>The page's markup, style and scripts are resources beside this class; the results are embedded as JSON in which no
 * character can end the element they stand in. About 0.8 MB, most of it the chart library.
 */
public final class HtmlReport {
    private static final String CHART_LIBRARY =
            "/META-INF/resources/webjars/echarts/5.5.0/echarts.common.min.js";
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");

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
        Map<String, String> parts = Map.of(
                "title", escaped(results.study()),
                "style", resource("report.css"),
                "echarts", resource(CHART_LIBRARY),
                "results", embedded(ResultsFile.text(results)),
                "model", resource("model.js"),
                "charts", resource("charts.js"),
                "tables", resource("tables.js"),
                "page", resource("page.js"));
        Matcher places = PLACE.matcher(resource("report.html"));
        // One pass over the template: what is put in is never searched for places itself.
        return places.replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
    }

    /** JSON that can stand in a script element: inside JSON these characters occur in strings only. */
    private static String embedded(String json) {
        return json.strip().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
                .replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException("the resource " + name + " of the program cannot be read", broken);
        }
    }
}
