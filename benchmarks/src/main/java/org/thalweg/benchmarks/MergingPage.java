package org.thalweg.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.thalweg.failure.WrongUse;

/**
 * Makes tables of what {@code benchmarks/merging/measure.sh} measured: for each pair of models and method the loss of
 * the merge as it is and of the aligned one, beside that of the sources.
 *
 * <p>Arguments: the file of measurements, one JSON document a line. Prints Markdown.
 */
public final class MergingPage {
    private static final List<String> ALIGNMENTS = List.of("auto", "activation", "learned");

    private MergingPage() {}

    /** Losses of one pair merged by one method. */
    private static final class Row {
        private final Map<String, Double> losses = new LinkedHashMap<>();
        private double sources;
        private String moved = "";
    }

    /**
     * Prints the tables.
     *
     * @param arguments the file
     * @throws IOException when it cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new WrongUse("give the file of measurements.");
        }
        Map<String, Map<String, Row>> pairs = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            add(new JsonMapper().readTree(line), pairs);
        }
        Map<String, List<Map<String, Row>>> families = new LinkedHashMap<>();
        pairs.forEach((pair, rows) ->
                families.computeIfAbsent(pair.replaceAll(" r[0-9].*", ""), _ -> new ArrayList<>()).add(rows));
        families.forEach((family, all) -> table(family, all).forEach(System.out::println));
    }

    private static void add(JsonNode line, Map<String, Map<String, Row>> pairs) {
        JsonNode merge = line.get("merge");
        Row row = pairs.computeIfAbsent(line.get("pair").asText(), _ -> new LinkedHashMap<>())
                .computeIfAbsent(merge.get("method").asText(), _ -> new Row());
        List<Double> sources = new ArrayList<>();
        boolean isMoved = false;
        for (JsonNode source : merge.get("sources")) {
            sources.add(merge.get("scores").get(source.get("name").asText()).get("loss").asDouble());
            isMoved |= source.path("moved").asBoolean();
        }
        row.sources = sources.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        row.moved = isMoved ? "yes" : "no";
        row.losses.put("none", merge.get("scores").get("merged without alignment").get("loss").asDouble());
        row.losses.put(line.get("align").asText(), merge.get("scores").get("merged").get("loss").asDouble());
    }

    private static List<String> table(String family, List<Map<String, Row>> pairs) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("### " + family + (pairs.size() > 1 ? ", mean of " + pairs.size() + " pairs" : ""));
        lines.add("");
        lines.add("| method | sources | not aligned | by weights (`auto`) | by activations | learned | moved |");
        lines.add("|---|--:|--:|--:|--:|--:|---|");
        for (String method : pairs.getFirst().keySet()) {
            List<Row> rows = pairs.stream().filter(pair -> pair.containsKey(method)).map(pair -> pair.get(method))
                    .toList();
            lines.add("| `" + method + "` | " + number(rows.stream().map(row -> row.sources).toList()) + " | "
                    + mean(rows, "none") + " | "
                    + ALIGNMENTS.stream().map(align -> mean(rows, align)).collect(Collectors.joining(" | "))
                    + " | " + rows.getFirst().moved + " |");
        }
        return lines;
    }

    private static String mean(List<Row> rows, String align) {
        return rows.stream().allMatch(row -> row.losses.containsKey(align))
                ? number(rows.stream().map(row -> row.losses.get(align)).toList()) : "";
    }

    private static String number(List<Double> values) {
        return String.format(Locale.ROOT, "%.4f",
                values.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    }
}
