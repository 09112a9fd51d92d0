package org.thalweg.results;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;

/**
 * The files of a study of feed-forward networks drawn anew: {@code results.json}, {@code table.csv} and
 * {@code table.md}.
 */
public final class ReinitialisationFiles {
    private ReinitialisationFiles() {}

    /**
     * Writes {@code results.json} whole or not at all; equal results but for their timing give equal bytes but for it.
     *
     * @param file where to
     * @param results what
     * @throws WorkFailure when the disk refuses
     */
    public static void write(Path file, ReinitialisationResults results) {
        DurableFile.writeText(file, text(results));
    }

    /**
     * Results as the text of {@code results.json}.
     *
     * @param results what
     * @return one JSON document
     */
    public static String text(ReinitialisationResults results) {
        return ResultsDocument.text(results);
    }

    /**
     * Whether a file holds the results of such a study.
     *
     * @param file a {@code results.json}
     * @return false also for one that cannot be read or is damaged
     */
    public static boolean isOne(Path file) {
        return ResultsDocument.isOf(file, ReinitialisationResults.SCHEMA);
    }

    /**
     * Reads results.
     *
     * @param file a file written by this program
     * @return the records in it
     * @throws WorkFailure when it cannot be read or holds something else
     */
    public static ReinitialisationResults read(Path file) {
        return ResultsDocument.read(file, ReinitialisationResults.class);
    }

    /**
     * Writes {@code table.csv}: a header line and one line a row, empty cells for absent numbers, line feeds.
     *
     * @param file where to
     * @param rows the table
     * @throws WorkFailure when the disk refuses
     */
    public static void writeCsv(Path file, List<ReinitialisationRow> rows) {
        DurableFile.writeText(file, ResultsDocument.csv(rows, ReinitialisationRow.class));
    }

    /**
     * Writes {@code table.md}: the table, the paper's beside it, warnings, and the conventions under them.
     *
     * @param file where to
     * @param results the study
     * @throws WorkFailure when the disk refuses
     */
    public static void writeMarkdown(Path file, ReinitialisationResults results) {
        DurableFile.writeText(file, markdown(results));
    }

    /**
     * The text of {@code table.md}.
     *
     * @param results the study
     * @return GitHub-flavoured Markdown
     */
    public static String markdown(ReinitialisationResults results) {
        StringBuilder text = new StringBuilder("# " + TableFiles.escaped(results.study()) + "\n\n");
        text.append("Test loss in nats and accuracy in percent of a trained model, with the feed-forward network of "
                + "one layer drawn anew, and after that network alone was trained.\n\n");
        text.append("| | layer | pretrained || reinitialised || fine-tuned || naive barrier | interior |\n"
                .replace("||", "| |"));
        text.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        results.rows().forEach(row -> line(text, Stream.of(row.dataset(), Integer.toString(row.layer()),
                number(row.pretrainedLoss()), percent(row.pretrainedAccuracy()), number(row.reinitialisedLoss()),
                percent(row.reinitialisedAccuracy()), number(row.finetunedLoss()), percent(row.finetunedAccuracy()),
                number(row.naiveBarrier()), number(row.interiorBarrier()))));
        results.paper().forEach(row -> line(text, Stream.of("paper: " + row.dataset(), "",
                number(OptionalDouble.of(row.pretrainedLoss())), percent(row.pretrainedAccuracy()),
                number(OptionalDouble.of(row.reinitialisedLoss())), percent(row.reinitialisedAccuracy()),
                number(OptionalDouble.of(row.finetunedLoss())), percent(row.finetunedAccuracy()),
                number(OptionalDouble.of(row.naiveBarrier())), "")));
        if (!results.warnings().isEmpty()) {
            text.append("\n**Warnings**\n\n");
            results.warnings().forEach(warning -> text.append("- ").append(TableFiles.escaped(warning)).append('\n'));
        }
        text.append("\n**Conventions**\n\n");
        results.conventions().forEach((term, words) -> text.append("- ").append(TableFiles.escaped(term)).append(": ")
                .append(TableFiles.escaped(words)).append('\n'));
        return text.toString();
    }

    private static void line(StringBuilder text, Stream<String> cells) {
        text.append(cells.map(TableFiles::escaped).collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String number(OptionalDouble value) {
        return value.isEmpty() ? "" : String.format(Locale.ROOT, "%.4f", value.getAsDouble());
    }

    private static String percent(OptionalDouble value) {
        return value.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", 100 * value.getAsDouble());
    }
}
