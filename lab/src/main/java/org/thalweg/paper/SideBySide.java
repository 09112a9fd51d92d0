package org.thalweg.paper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.Nearest;
import org.thalweg.failure.WrongUse;
import org.thalweg.results.PairStatistic;
import org.thalweg.results.Statistic;
import org.thalweg.results.StudyResults;

/**
 * The tables of arXiv 2509.11348 that a study makes, with the published figures and ours beside each other. Each of our
 * settings stands in the row of the same kind of model: of the same layers in Tables 9 to 11, of the nearest depth in
 * Tables 5 to 8, where a row holds one setting. What finds no row stands below.
 */
public final class SideBySide {
    private final String name;
    private final List<Section> sections = new ArrayList<>();

    private record Section(PublishedTable table, List<Line> lines) {}

    /** A published row, ours, or both. */
    private record Line(Optional<PaperRow> paper, Optional<OurRow> ours) {
        /** Where our experts stand. */
        String place() {
            return ours.map(row -> row.setting().moeLayer() + " of " + row.setting().layers()).orElse("");
        }
    }

    private SideBySide(String name) {
        this.name = name;
    }

    /**
     * The names of the tables that there are.
     *
     * @return names of studies, such as {@code table-9-10-11}
     */
    public static List<String> names() {
        return PaperTables.NAMES;
    }

    /**
     * The tables of a name.
     *
     * @param name one of {@link #names}
     * @param results ours, of one study or several, none where nothing was run
     * @return both beside each other
     * @throws WrongUse when there is no table of that name
     */
    public static SideBySide of(String name, List<StudyResults> results) {
        if (!PaperTables.NAMES.contains(name)) {
            throw new WrongUse("there is no published table for '" + name + "', the nearest is '"
                    + Nearest.to(name, PaperTables.NAMES) + "'; expected one of "
                    + String.join(", ", PaperTables.NAMES) + ".");
        }
        List<OurRow> ours = results.stream().flatMap(study -> OurRow.of(study).stream()).toList();
        SideBySide tables = new SideBySide(name);
        for (PublishedTable table : PaperTables.of(name)) {
            tables.sections.add(new Section(table, match(table.rows(), ours)));
        }
        return tables;
    }

    private static List<Line> match(List<PaperRow> rows, List<OurRow> ours) {
        Map<PaperRow, OurRow> matched = new LinkedHashMap<>();
        List<OurRow> left = new ArrayList<>();
        for (OurRow own : ours) {
            Optional<PaperRow> nearest = nearest(rows, own);
            if (nearest.isEmpty()) {
                left.add(own);
                continue;
            }
            OurRow other = matched.get(nearest.get());
            boolean nearer = !matched.containsKey(nearest.get())
                    || distance(nearest.get(), own) < distance(nearest.get(), other);
            if (nearer) {
                Optional.ofNullable(matched.put(nearest.get(), own)).ifPresent(left::add);
            } else {
                left.add(own);
            }
        }
        return Stream.concat(
                rows.stream().map(row -> new Line(Optional.of(row), Optional.ofNullable(matched.get(row)))),
                left.stream().map(own -> new Line(Optional.empty(), Optional.of(own)))).toList();
    }

    private static Optional<PaperRow> nearest(List<PaperRow> rows, OurRow own) {
        return rows.stream().filter(row -> row.distance(own.setting()).isPresent())
                .min((a, b) -> Double.compare(distance(a, own), distance(b, own)));
    }

    private static double distance(PaperRow row, OurRow own) {
        return row.distance(own.setting()).orElse(Double.POSITIVE_INFINITY);
    }

    /**
     * The tables for people.
     *
     * @return GitHub-flavoured Markdown, line by line
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Section section : sections) {
            lines.add("## Table " + section.table.number() + ": " + section.table.title());
            lines.add("");
            List<String> keys = keys(section);
            List<String> heads = new ArrayList<>(keys);
            heads.add("our MoE layer");
            heads.add("pairs");
            for (Quantity quantity : section.table.quantities()) {
                heads.addAll(columns(section, quantity));
            }
            lines.add(row(heads));
            lines.add(row(heads.stream().map(_ -> "---").toList()));
            section.lines.forEach(line -> lines.add(row(cells(section, line, keys))));
            lines.add("");
        }
        lines.add("Ours: mean ± s.d. over pairs, of losses and accuracies at the ends over replicas; matched is the"
                + " better of the orders by experts and by gate, pair by pair; ratios are formed pair by pair. Pairs"
                + " that share a replica are not independent: --json has 95 % intervals by bootstrap over replicas.");
        return lines;
    }

    private static List<String> keys(Section section) {
        return section.table.rows().getFirst().keys().keySet().stream()
                .filter(key -> !key.equals("moe_position")).toList();
    }

    private static List<String> columns(Section section, Quantity quantity) {
        List<String> columns = new ArrayList<>();
        if (!quantity.published().isEmpty()) {
            columns.add(quantity.title() + ": paper");
        }
        columns.add(quantity.title() + ": ours");
        if (hasTraining(section, quantity)) {
            columns.add("ours, training");
        }
        return columns;
    }

    private static boolean hasTraining(Section section, Quantity quantity) {
        return section.lines.stream().flatMap(line -> line.ours.stream())
                .anyMatch(own -> number(own, "train_" + quantity.ours()).mean().isPresent());
    }

    private static List<String> cells(Section section, Line line, List<String> keys) {
        List<String> cells = new ArrayList<>();
        keys.forEach(key -> cells.add(key(line, key)));
        cells.add(line.place());
        cells.add(line.ours.map(own -> Integer.toString(own.pairs())).orElse(""));
        for (Quantity quantity : section.table.quantities()) {
            if (!quantity.published().isEmpty()) {
                cells.add(line.paper.map(paper -> paper.numbers().get(quantity.published()))
                        .map(published -> cell(published.mean(), published.deviation(), 1, quantity.digits()))
                        .orElse(""));
            }
            cells.add(line.ours.map(own -> cell(number(own, quantity.ours()), quantity)).orElse(""));
            if (hasTraining(section, quantity)) {
                cells.add(line.ours.map(own -> cell(number(own, "train_" + quantity.ours()), quantity)).orElse(""));
            }
        }
        return cells;
    }

    /** What a line is about, in the paper's words where the paper has the line. */
    private static String key(Line line, String key) {
        return line.paper.map(row -> row.keys().get(key)).orElseGet(() -> {
            var setting = line.ours.orElseThrow().setting();
            return switch (key) {
                case "variant" -> setting.variant();
                case "dataset" -> setting.dataset();
                case "layers" -> Integer.toString(setting.layers());
                case "moe_layer" -> setting.moeLayer();
                case "experts" -> Integer.toString(setting.experts());
                default -> "";
            };
        });
    }

    private static PairStatistic number(OurRow row, String name) {
        return row.numbers().getOrDefault(name, PairStatistic.NONE);
    }

    private static String cell(PairStatistic statistic, Quantity quantity) {
        return cell(statistic.mean(), statistic.deviation(), quantity.scale(), quantity.digits());
    }

    private static String cell(OptionalDouble mean, OptionalDouble deviation, double scale, int digits) {
        String format = "%." + digits + "f";
        return mean.isEmpty() ? "" : String.format(Locale.ROOT, format, scale * mean.getAsDouble())
                + (deviation.isEmpty() ? ""
                        : " ± " + String.format(Locale.ROOT, format, scale * deviation.getAsDouble()));
    }

    private static String row(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    /**
     * The tables for scripts.
     *
     * @return lists, maps, texts and numbers
     */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", name);
        document.put("source", "arXiv 2509.11348, version 1");
        document.put("tables", sections.stream().map(SideBySide::document).toList());
        return document;
    }

    private static Map<String, Object> document(Section section) {
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("table", section.table.number());
        table.put("title", section.table.title());
        table.put("rows", section.lines.stream().map(line -> {
            Map<String, Object> row = new LinkedHashMap<>();
            keys(section).forEach(key -> row.put(key, key(line, key)));
            line.ours.ifPresent(own -> {
                row.put("our_layers", own.setting().layers());
                row.put("our_moe_layer", own.setting().moeLayer());
                row.put("pairs", own.pairs());
            });
            Map<String, Object> numbers = new LinkedHashMap<>();
            section.table.quantities().forEach(quantity -> numbers.put(
                    quantity.published().isEmpty() ? quantity.ours() : quantity.published(),
                    document(line, quantity)));
            row.put("numbers", numbers);
            return row;
        }).toList());
        return table;
    }

    private static Map<String, Object> document(Line line, Quantity quantity) {
        Map<String, Object> number = new LinkedHashMap<>();
        line.paper.map(paper -> paper.numbers().get(quantity.published())).ifPresent(published ->
                number.put("paper", statistic(new PairStatistic(published.mean(), published.deviation(),
                        Optional.empty()), 1)));
        line.ours.ifPresent(own -> {
            number.put("ours", statistic(number(own, quantity.ours()), quantity.scale()));
            PairStatistic train = number(own, "train_" + quantity.ours());
            if (train.mean().isPresent()) {
                number.put("ours_training", statistic(train, quantity.scale()));
            }
        });
        return number;
    }

    private static Map<String, Object> statistic(PairStatistic statistic, double scale) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        statistic.mean().ifPresent(mean -> numbers.put("mean", scale * mean));
        statistic.deviation().ifPresent(deviation -> numbers.put("sd", scale * deviation));
        statistic.interval().ifPresent(interval -> {
            numbers.put("low", scale * interval.low());
            numbers.put("high", scale * interval.high());
        });
        return numbers;
    }

    /**
     * Our figures for a spreadsheet. Of {@code table-9-10-11} the columns of the published loss table, in its units,
     * with the ratio matched / naive in percent and the number of pairs behind them; of others every number of both.
     *
     * @return comma-separated values with a head
     */
    public String csv() {
        return name.equals("table-9-10-11") ? ratesCsv() : bothCsv();
    }

    private String ratesCsv() {
        Section losses = sections.stream().filter(section -> section.table.number().equals("10")).findFirst()
                .orElseThrow();
        List<List<String>> lines = new ArrayList<>();
        List<String> heads = new ArrayList<>(keys(losses));
        losses.table.quantities().forEach(quantity -> heads.addAll(
                List.of(quantity.published() + "_mean", quantity.published() + "_sd")));
        heads.addAll(List.of("ratio_percent_mean", "ratio_percent_sd", "pairs"));
        lines.add(heads);
        for (Line line : losses.lines) {
            line.ours.ifPresent(own -> {
                List<String> cells = new ArrayList<>();
                keys(losses).forEach(key -> cells.add(key(line, key)));
                losses.table.quantities().forEach(quantity ->
                        addMean(cells, number(own, quantity.ours()), quantity.scale()));
                addMean(cells, number(own, "barrier_ratio"), 1);
                cells.add(Integer.toString(own.pairs()));
                lines.add(cells);
            });
        }
        return text(lines);
    }

    private String bothCsv() {
        List<List<String>> lines = new ArrayList<>();
        List<String> heads = new ArrayList<>(List.of("table"));
        heads.addAll(keys(sections.getFirst()));
        heads.addAll(List.of("our_layers", "our_moe_layer", "pairs", "quantity", "paper_mean", "paper_sd", "mean",
                "sd", "low", "high", "train_mean", "train_sd"));
        lines.add(heads);
        for (Section section : sections) {
            for (Line line : section.lines) {
                for (Quantity quantity : section.table.quantities()) {
                    lines.add(cells(section, line, quantity));
                }
            }
        }
        return text(lines);
    }

    private static List<String> cells(Section section, Line line, Quantity quantity) {
        List<String> cells = new ArrayList<>(List.of(section.table.number()));
        keys(section).forEach(key -> cells.add(key(line, key)));
        cells.add(line.ours.map(own -> Integer.toString(own.setting().layers())).orElse(""));
        cells.add(line.ours.map(own -> own.setting().moeLayer()).orElse(""));
        cells.add(line.ours.map(own -> Integer.toString(own.pairs())).orElse(""));
        cells.add(quantity.published().isEmpty() ? quantity.ours() : quantity.published());
        Statistic paper = line.paper.map(row -> row.numbers().get(quantity.published()))
                .orElse(new Statistic(OptionalDouble.empty(), OptionalDouble.empty()));
        addMean(cells, new PairStatistic(paper.mean(), paper.deviation(), Optional.empty()), 1);
        PairStatistic ours = line.ours.map(own -> number(own, quantity.ours())).orElse(PairStatistic.NONE);
        addMean(cells, ours, quantity.scale());
        cells.add(ours.interval().map(interval -> Double.toString(quantity.scale() * interval.low())).orElse(""));
        cells.add(ours.interval().map(interval -> Double.toString(quantity.scale() * interval.high())).orElse(""));
        addMean(cells, line.ours.map(own -> number(own, "train_" + quantity.ours())).orElse(PairStatistic.NONE),
                quantity.scale());
        return cells;
    }

    private static void addMean(List<String> cells, PairStatistic statistic, double scale) {
        for (OptionalDouble number : List.of(statistic.mean(), statistic.deviation())) {
            cells.add(number.isEmpty() ? "" : Double.toString(scale * number.getAsDouble()));
        }
    }

    private static String text(List<List<String>> lines) {
        return lines.stream().map(cells -> cells.stream()
                .map(cell -> cell.matches("[^\",\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(",", "", "\n"))).collect(Collectors.joining());
    }
}
