package org.thalweg.paper;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.thalweg.failure.WorkFailure;
import org.thalweg.results.Method;
import org.thalweg.results.PairStatistic;
import org.thalweg.results.StudyResults;
import org.thalweg.results.TableRow;
import org.thalweg.storage.InputFile;

/**
 * Every gate that studies train and every published system of the zoo: gate, symmetries, matching cost, and the barrier
 * between replicas before and after matching. What a gate is stands in a resource; numbers come from result files.
 */
public final class ZooTable {
    private static final String RESOURCE = "zoo.csv";
    private static final int LARGEST = 1 << 20;

    /** Columns of the measured systems, and at the same time the first line of their file. */
    private static final List<String> COLUMNS = List.of(
            "system", "claim", "paper_value", "our_value", "our_sd", "seeds", "direction_holds", "naive_barrier",
            "matched_barrier", "ratio_percent");

    private final List<Row> rows;
    private final List<Map<String, String>> claims;

    /**
     * One gate or system.
     *
     * @param variant as it was measured, such as {@code mixtral(k=2)}
     * @param text what is known of it, by column
     * @param naive barrier as trained, nats or what the system's loss is in
     * @param matched barrier after matching
     * @param ratio matched in percent of naive
     */
    private record Row(
            String variant, Map<String, String> text, PairStatistic naive, PairStatistic matched,
            OptionalDouble ratio) {
        boolean isSystem() {
            return text.get("kind").equals("system");
        }
    }

    private ZooTable(List<Row> rows, List<Map<String, String>> claims) {
        this.rows = List.copyOf(rows);
        this.claims = List.copyOf(claims);
    }

    /**
     * Gates and systems that the table has a row for.
     *
     * @return names, gates first
     */
    public static List<String> names() {
        return known().stream().map(row -> row.get("name")).toList();
    }

    /**
     * The table.
     *
     * @param gates results of studies of experts on a common backbone, of which the rows are taken
     * @param systems lines of {@link #systems(Path)}
     * @return all gates and systems, those without results with empty numbers
     */
    public static ZooTable of(List<StudyResults> gates, List<Map<String, String>> systems) {
        List<Row> rows = new ArrayList<>();
        for (Map<String, String> text : known()) {
            String name = text.get("name");
            List<Row> found = text.get("kind").equals("gate")
                    ? gates.stream().flatMap(study -> study.rows().stream())
                            .filter(row -> name.equals(row.setting().variant().replaceFirst("\\(.*", "")))
                            .map(row -> gate(text, row)).toList()
                    : systems.stream().filter(line -> line.get("system").equals(name)
                                    && !line.get("naive_barrier").isEmpty()).limit(1)
                            .map(line -> system(text, line)).toList();
            rows.addAll(found.isEmpty() ? List.of(new Row(
                    name, text, PairStatistic.NONE, PairStatistic.NONE, OptionalDouble.empty())) : found);
        }
        return new ZooTable(rows, systems);
    }

    private static Row gate(Map<String, String> text, TableRow row) {
        return new Row(row.setting().variant() + ", n = " + row.setting().experts(), text,
                row.barriers().get(Method.NAIVE), row.barriers().get(Method.BEST), row.bestRatioPercent());
    }

    private static Row system(Map<String, String> text, Map<String, String> line) {
        return new Row(line.get("system"), text, mean(line.get("naive_barrier")), mean(line.get("matched_barrier")),
                number(line.get("ratio_percent")));
    }

    private static PairStatistic mean(String text) {
        return new PairStatistic(number(text), OptionalDouble.empty(), Optional.empty());
    }

    private static OptionalDouble number(String text) {
        return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
    }

    private static String shown(PairStatistic statistic) {
        return shown("%.4f", statistic.mean())
                + (statistic.deviation().isPresent() ? " ± " + shown("%.4f", statistic.deviation()) : "");
    }

    private static String shown(String format, OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "";
    }

    /**
     * Reads a table of measured systems: a line for each claim.
     *
     * @param file CSV with the columns {@code system,claim,paper_value,our_value,our_sd,seeds,direction_holds,
     *     naive_barrier,matched_barrier,ratio_percent}
     * @return each line by column, texts as they stand there
     * @throws WorkFailure with file, line and column when the file is another, or holds a number that is none
     */
    public static List<Map<String, String>> systems(Path file) {
        String text = InputFile.text(file, LARGEST);
        if (text.lines().findFirst().filter(String.join(",", COLUMNS)::equals).isEmpty()) {
            throw new WorkFailure(file + " is no table of systems: its first line is not "
                    + String.join(",", COLUMNS) + ".");
        }
        List<Map<String, String>> lines;
        try {
            lines = lines(text);
        } catch (JsonProcessingException damaged) {
            throw new WorkFailure("cannot read " + file + ": it is no CSV of " + COLUMNS.size() + " columns.", damaged);
        } catch (IOException impossible) {
            throw new IllegalStateException("a text in memory is always readable", impossible);
        }
        for (int line = 0; line < lines.size(); line++) {
            for (String column : COLUMNS) {
                requireValue(file, line + 2, column, Optional.ofNullable(lines.get(line).get(column)));
            }
        }
        return lines;
    }

    private static void requireValue(Path file, int line, String column, Optional<String> value) {
        boolean isNumber = column.endsWith("barrier") || column.equals("ratio_percent") || column.startsWith("our_");
        boolean fits = value.filter(text -> !isNumber || text.isEmpty() && !column.startsWith("our_")
                || text.matches("-?[0-9]{1,15}(\\.[0-9]{1,20})?([eE]-?[0-9]{1,3})?")).isPresent();
        if (!fits) {
            throw new WorkFailure(file + ", line " + line + ": the column " + column + " is "
                    + value.map(text -> "'" + text + "', expected a number or nothing").orElse("missing") + ".");
        }
    }

    private static List<Map<String, String>> lines(String text) throws IOException {
        try (MappingIterator<Map<String, String>> lines = new CsvMapper().readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader()).readValues(text)) {
            return lines.readAll();
        }
    }

    private static List<Map<String, String>> known() {
        try (InputStream in = ZooTable.class.getResourceAsStream(RESOURCE)) {
            return lines(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException broken) {
            throw new IllegalStateException("the resource " + RESOURCE + " of the program cannot be read", broken);
        }
    }

    /**
     * The table for people.
     *
     * @return GitHub-flavoured Markdown, line by line
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(
                "# Gates and systems with a Mixture of Experts", "",
                "Written by `thalweg study table zoo --out docs/results/zoo` from result files; change nothing here.",
                "d is the width of the stream, n the number of experts, h that of an expert's hidden units, m and G",
                "the size and number of groups. What stands after `experts` is there for each of them. Gains of",
                "normalisations and what lies outside the layer are left out.", "",
                "## Gates on one task", "",
                "Barriers of the study `zoo-gates`, in nats on test data, mean ± s.d. over pairs of replicas; matched",
                "is the better of the orders by router and by experts, pair by pair.", ""));
        table(lines, rows.stream().filter(row -> !row.isSystem()).toList(), false);
        lines.addAll(List.of("", "## Systems", "",
                "Each on a task of its own, so barriers of two systems are not comparable; means over pairs.", ""));
        table(lines, rows.stream().filter(Row::isSystem).toList(), true);
        if (!claims.isEmpty()) {
            lines.addAll(List.of("", "## What their authors claim", "",
                    "At our size, where directions can be compared and sizes cannot.", ""));
            lines.add(row(List.of("system", "claim", "paper", "ours", "seeds", "direction holds")));
            lines.add(row(List.of("---", "---", "---", "---", "--:", "---")));
            claims.forEach(line -> lines.add(row(List.of(line.get("system"), line.get("claim"),
                    line.get("paper_value"), rounded(line.get("our_value")) + " ± " + rounded(line.get("our_sd")),
                    line.get("seeds"), line.get("direction_holds")))));
        }
        return lines;
    }

    private static String rounded(String number) {
        return String.format(Locale.ROOT, "%.4f", Double.parseDouble(number));
    }

    private static void table(List<String> lines, List<Row> rows, boolean linked) {
        lines.add(row(List.of(linked ? "system" : "model", linked ? "page" : "gate measured", "gate", "symmetry group",
                "matching cost", "naive", "matched", "matched / naive")));
        lines.add(row(List.of("---", "---", "---", "---", "---", "--:", "--:", "--:")));
        for (Row row : rows) {
            String name = row.text.get("name");
            lines.add(row(List.of(row.text.get("title"), linked ? "[" + name + "](" + name + ".md)" : row.variant,
                    row.text.get("gate"), row.text.get("group"), row.text.get("cost"), shown(row.naive),
                    shown(row.matched), shown("%.1f %%", row.ratio))));
        }
    }

    private static String row(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |"));
    }

    /**
     * The table as comma-separated values, a line for each gate and system.
     *
     * @return text with a header line
     */
    public String csv() {
        CsvSchema.Builder columns = CsvSchema.builder();
        List.of("kind", "name", "title", "gate", "group", "cost", "variant", "naive_barrier", "matched_barrier",
                "ratio_percent").forEach(columns::addColumn);
        try {
            return new CsvMapper().writer(columns.build().withHeader())
                    .writeValueAsString(rows.stream().map(ZooTable::document).toList());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("texts and numbers are always writable", impossible);
        }
    }

    /**
     * The table for scripts.
     *
     * @return lists, maps, texts and numbers
     */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("rows", rows.stream().map(ZooTable::document).toList());
        document.put("claims", claims);
        return document;
    }

    private static Map<String, Object> document(Row row) {
        Map<String, Object> document = new LinkedHashMap<>(row.text);
        document.put("variant", row.variant);
        row.naive.mean().ifPresent(mean -> document.put("naive_barrier", mean));
        row.matched.mean().ifPresent(mean -> document.put("matched_barrier", mean));
        row.ratio.ifPresent(percent -> document.put("ratio_percent", percent));
        return document;
    }
}
