package org.thalweg.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A self-contained page: markup, style and scripts from resources beside this class, and results as JSON in which no
 * character can end the element they stand in. It opens from disk without a network; its content security policy
 * forbids loading anything.
 */
final class Page {
    private static final String CHART_LIBRARY =
            "/META-INF/resources/webjars/echarts/5.5.0/echarts.common.min.js";
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");

    private Page() {}

    /**
     * The page as text. Equal results give equal bytes.
     *
     * @param template resource with the markup, which has places such as <code>{{title}}</code>
     * @param title of the page
     * @param json the results
     * @param further for further places their resources, scripts or markup
     * @return one HTML document
     */
    static String of(String template, String title, String json, Map<String, String> further) {
        Map<String, String> parts = new HashMap<>(Map.of(
                "title", escaped(title),
                "style", resource("report.css"),
                "echarts", resource(CHART_LIBRARY),
                "results", embedded(json),
                "common", resource("common.js")));
        further.forEach((place, name) -> parts.put(place, resource(name)));
        parts.put("brand", resource("brand.html").stripTrailing());
        parts.put("configuration", resource("configuration.html").stripTrailing());
        for (String shared : List.of("head", "foot")) {
            parts.put(shared, filled(shared + ".html", parts).stripTrailing());
        }
        return filled(template, parts);
    }

    /** One pass over the template: what is put in is never searched for places itself. */
    private static String filled(String template, Map<String, String> parts) {
        return PLACE.matcher(resource(template))
                .replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
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
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException("the resource " + name + " of the program cannot be read", broken);
        }
    }
}
