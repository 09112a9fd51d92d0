package org.thalweg.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
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
        CsvMapper mapper = ResultsMapper.configured(CsvMapper.builder()).build();
        CsvSchema schema = mapper.schemaFor(TableRowDocument.class).withHeader().withLineSeparator("\n");
        try {
            return mapper.writer(schema).writeValueAsString(rows.stream().map(TableRowDocument::of).toList());
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
        text.append("Loss barrier in nats, mean ± s.d. over pairs.\n\n");
        text.append("| dataset | variant | layers | MoE layer | experts | pairs | naive | by gate | by expert | best"
                + " | best / naive |\n");
        text.append("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        for (TableRow row : results.rows()) {
            Setting setting = row.setting();
            text.append("| ").append(escaped(setting.dataset())).append(" | ").append(escaped(setting.variant()))
                    .append(" | ").append(setting.layers()).append(" | ").append(escaped(setting.moeLayer()))
                    .append(" | ").append(setting.experts()).append(" | ").append(row.pairs());
            for (Method method : Method.values()) {
                text.append(" | ").append(cell(row.barriers().get(method)));
            }
            text.append(" | ").append(percent(row.bestRatioPercent())).append(" |\n");
        }
        if (!results.warnings().isEmpty()) {
            text.append("\n**Warnings**\n\n");
            results.warnings().forEach(warning -> text.append("- ").append(escaped(warning)).append('\n'));
        }
        appendConventions(text, results.conventions());
        return text.toString();
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
        text.append("- Seeds: ").append(String.join(", ", conventions.seeds().stream().map(String::valueOf).toList()))
                .append(".\n");
    }

    private static String cell(Statistic statistic) {
        if (statistic.mean().isEmpty()) {
            return "";
        }
        String mean = String.format(Locale.ROOT, "%.4f", statistic.mean().getAsDouble());
        OptionalDouble deviation = statistic.deviation();
        return deviation.isEmpty() ? mean : mean + " ± " + String.format(Locale.ROOT, "%.4f", deviation.getAsDouble());
    }

    private static String percent(OptionalDouble ratio) {
        return ratio.isEmpty() ? "" : String.format(Locale.ROOT, "%.1f %%", ratio.getAsDouble());
    }

    static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replaceAll("\\R", " ");
    }
}
