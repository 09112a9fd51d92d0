package org.thalweg.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Function;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;

/** The study's table as {@code table.csv} for scripts (full precision) and {@code table.md} for readers. */
public final class TableFiles {
    private TableFiles() {}

    /**
     * Writes {@code table.csv}: a header line and one line a row, empty cells for absent numbers, line feeds.
     *
     * @param file where to
     * @param rows the table
     * @throws WorkFailure when the disk refuses
     */
    public static void writeCsv(Path file, List<TableRow> rows) {
        DurableFile.writeText(file, csv(rows));
    }

    /**
     * Writes {@code table.md}: the table, warnings, and the conventions under it.
     *
     * @param file where to
     * @param results the study
     * @throws WorkFailure when the disk refuses
     */
    public static void writeMarkdown(Path file, StudyResults results) {
        DurableFile.writeText(file, markdown(results));
    }

    /**
     * The text of {@code table.csv}.
     *
     * @param rows the table
     * @return header and rows
     */
    public static String csv(List<TableRow> rows) {
        List<SequencedMap<String, Object>> lines = rows.stream().map(RowColumns::of).toList();
        CsvSchema.Builder schema = CsvSchema.builder();
        if (!lines.isEmpty()) {
            lines.getFirst().sequencedKeySet().forEach(schema::addColumn);
        }
        CsvMapper mapper = ResultsMapper.configured(CsvMapper.builder()).build();
        try {
            return mapper.writer(schema.build().withHeader().withLineSeparator("\n")).writeValueAsString(lines);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a table of text and numbers is always writable", impossible);
        }
    }

    /**
     * The text of {@code table.md}.
     *
     * @param results the study
     * @return GitHub-flavoured Markdown
     */
    public static String markdown(StudyResults results) {
        StringBuilder text = new StringBuilder("# " + escaped(results.study()) + "\n\n");
        text.append("Loss barrier in nats on the test split, mean ± s.d. over pairs.\n\n");
        appendBarriers(text, results.rows(), TableRow::test);
        if (results.rows().stream().anyMatch(row -> !row.train().equals(SplitSummary.NONE))) {
            text.append("\nThe same on ").append(results.conventions().trainSplit()
                    .map(split -> split.examples() + " examples of the " + escaped(split.name()))
                    .orElse("training data"))
                    .append(".\n\n");
            appendBarriers(text, results.rows(), TableRow::train);
        }
        if (results.rows().stream().anyMatch(row -> row.ranks().values().stream()
                .anyMatch(ranks -> ranks.rank().mean().isPresent()))) {
            appendRanks(text, results);
        }
        if (!results.warnings().isEmpty()) {
            text.append("\n**Warnings**\n\n");
            results.warnings().forEach(warning -> text.append("- ").append(escaped(warning)).append('\n'));
        }
        appendConventions(text, results.conventions());
        return text.toString();
    }

    private static void appendBarriers(
            StringBuilder text, List<TableRow> rows, Function<TableRow, SplitSummary> part) {
        text.append("| dataset | variant | layers | MoE layer | experts | pairs | naive | by gate | by expert | best"
                + " | best / naive, % | 95 % interval |\n");
        text.append("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        for (TableRow row : rows) {
            SplitSummary summary = part.apply(row);
            text.append(setting(row.setting())).append(" | ").append(row.pairs());
            for (Method method : Method.values()) {
                text.append(" | ").append(cell(summary.barriers().get(method), 4));
            }
            text.append(" | ").append(cell(summary.ratioPercent(), 1));
            text.append(" | ").append(summary.ratioPercent().interval().map(interval -> String.format(Locale.ROOT,
                    "%.1f to %.1f", interval.low(), interval.high())).orElse("")).append(" |\n");
        }
    }

    private static void appendRanks(StringBuilder text, StudyResults results) {
        text.append("\nRank of the order that each method chooses, and L̂ in percent, mean ± s.d. over pairs.\n\n");
        text.append("| dataset | variant | layers | MoE layer | experts | pairs | orders | by expert: rank | L̂"
                + " | by gate: rank | L̂ | accuracy, by expert: rank | L̂ | by gate: rank | L̂ |\n");
        text.append("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        for (TableRow row : results.rows()) {
            RankSummary expert = row.ranks().get(Method.EXPERT);
            RankSummary gate = row.ranks().get(Method.GATE);
            text.append(setting(row.setting())).append(" | ").append(row.pairs()).append(" | ")
                    .append(ordersOf(row.setting(), results.orders()));
            for (PairStatistic statistic : List.of(expert.rank(), expert.lHat(), gate.rank(), gate.lHat(),
                    expert.rankAccuracy(), expert.lHatAccuracy(), gate.rankAccuracy(), gate.lHatAccuracy())) {
                text.append(" | ").append(cell(statistic, 2));
            }
            text.append(" |\n");
        }
    }

    /** How many orders were measured of how many, of the setting's first pair. */
    private static String ordersOf(Setting setting, List<PairOrders> all) {
        return all.stream().filter(pair -> pair.setting().equals(setting)).findFirst()
                .map(pair -> String.format(Locale.ROOT, "%d of %.0f", pair.orders().size() + pair.leftOut(),
                        pair.possible()))
                .orElse("");
    }

    private static String setting(Setting setting) {
        return "| " + escaped(setting.dataset()) + " | " + escaped(setting.variant()) + " | " + setting.layers()
                + " | " + escaped(setting.moeLayer()) + " | " + setting.experts();
    }

    private static void appendConventions(StringBuilder text, Conventions conventions) {
        text.append("\n**Conventions**\n\n");
        text.append("- Path: ").append(conventions.t()).append(' ').append(conventions.gridPoints())
                .append(" points, on the ").append(escaped(conventions.split().name())).append(" split (")
                .append(conventions.split().examples()).append(" examples).\n");
        text.append("- Loss barrier: ").append(conventions.lossBarrier()).append('\n');
        text.append("- Accuracy barrier: ").append(conventions.accuracyBarrier()).append('\n');
        text.append("- AUC: ").append(conventions.auc()).append('\n');
        text.append("- Units: ").append(conventions.units()).append('\n');
        text.append("- Best: ").append(conventions.best()).append('\n');
        text.append("- Rank: ").append(conventions.rank()).append('\n');
        text.append("- L̂: ").append(conventions.lHat()).append('\n');
        text.append("- ±: ").append(conventions.spread()).append('\n');
        conventions.interval().ifPresent(interval -> text.append("- Interval: ").append(interval).append('\n'));
        conventions.trainSplit().ifPresent(split -> text.append("- Training data: ").append(split.examples())
                .append(" examples of the ").append(escaped(split.name())).append(".\n"));
        text.append("- Seeds: ").append(String.join(", ", conventions.seeds().stream().map(String::valueOf).toList()))
                .append(".\n");
    }

    private static String cell(PairStatistic statistic, int digits) {
        if (statistic.mean().isEmpty()) {
            return "";
        }
        String format = "%." + digits + "f";
        String mean = String.format(Locale.ROOT, format, statistic.mean().getAsDouble());
        OptionalDouble deviation = statistic.deviation();
        return deviation.isEmpty() ? mean : mean + " ± " + String.format(Locale.ROOT, format, deviation.getAsDouble());
    }

    static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replaceAll("\\R", " ");
    }
}
