package org.thalweg.results;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;

/** The files of a study of Transformers: {@code results.json}, {@code table.csv} and {@code table.md}. */
public final class TransformerFiles {
    private TransformerFiles() {}

    /**
     * Writes {@code results.json} whole or not at all; equal results but for their timing give equal bytes but for it.
     *
     * @param file where to
     * @param results what
     * @throws WorkFailure when the disk refuses
     */
    public static void write(Path file, TransformerResults results) {
        DurableFile.writeText(file, text(results));
    }

    /**
     * Results as the text of {@code results.json}.
     *
     * @param results what
     * @return one JSON document
     */
    public static String text(TransformerResults results) {
        return ResultsDocument.text(results);
    }

    /**
     * Whether a file holds the results of such a study.
     *
     * @param file a {@code results.json}
     * @return false also for one that cannot be read or is damaged
     */
    public static boolean isOne(Path file) {
        return ResultsDocument.isOf(file, TransformerResults.SCHEMA);
    }

    /**
     * Reads results.
     *
     * @param file a file written by this program
     * @return the records in it
     * @throws WorkFailure when it cannot be read or holds something else
     */
    public static TransformerResults read(Path file) {
        return ResultsDocument.read(file, TransformerResults.class);
    }

    /**
     * Writes {@code table.csv}: a header line and one line a row, empty cells for absent numbers, line feeds.
     *
     * @param file where to
     * @param rows the table
     * @throws WorkFailure when the disk refuses
     */
    public static void writeCsv(Path file, List<MethodRow> rows) {
        DurableFile.writeText(file, ResultsDocument.csv(rows, MethodRow.class));
    }

    /**
     * Writes {@code table.md}: the table, the replicas, warnings, and the conventions under them.
     *
     * @param file where to
     * @param results the study
     * @throws WorkFailure when the disk refuses
     */
    public static void writeMarkdown(Path file, TransformerResults results) {
        DurableFile.writeText(file, markdown(results));
    }

    /**
     * The text of {@code table.md}.
     *
     * @param results the study
     * @return GitHub-flavoured Markdown
     */
    public static String markdown(TransformerResults results) {
        StringBuilder text = new StringBuilder("# " + TableFiles.escaped(results.study()) + "\n\n");
        text.append("Loss barrier in nats, mean ± standard error over pairs.\n\n");
        text.append("| dataset | method | pairs | barrier |\n|---|---|--:|--:|\n");
        results.rows().forEach(row -> text.append("| ").append(TableFiles.escaped(row.dataset())).append(" | ")
                .append(row.title()).append(" | ").append(row.pairs()).append(" | ")
                .append(number(row.barrierMean()))
                .append(row.barrierSe().isPresent() ? " ± " + number(row.barrierSe()) : "").append(" |\n"));
        if (!results.means().isEmpty()) {
            text.append("\n| dataset | method | replicas | loss of their mean | its rise |\n|---|---|--:|--:|--:|\n");
            results.means().forEach(mean -> text.append("| ").append(TableFiles.escaped(mean.dataset())).append(" | ")
                    .append(mean.method()).append(" | ").append(mean.replicas().size()).append(" | ")
                    .append(number(mean.loss())).append(" | ").append(number(mean.lossRise())).append(" |\n"));
        }
        if (!results.surfaces().isEmpty()) {
            text.append("\n| dataset | method | corners | barrier over their simplex | at their weights |\n"
                    + "|---|---|---|--:|---|\n");
            results.surfaces().forEach(surface -> text.append("| ").append(TableFiles.escaped(surface.dataset()))
                    .append(" | ").append(surface.method()).append(" | ")
                    .append(TableFiles.escaped(String.join(", ", surface.replicas()))).append(" | ")
                    .append(number(surface.lossBarrier())).append(" | ").append(surface.where()).append(" |\n"));
        }
        results.analyses().map(AnalysisFiles::markdown).ifPresent(text::append);
        text.append("\n| replica | test loss | test accuracy | train loss |\n|---|--:|--:|--:|\n");
        results.replicas().forEach(replica -> text.append("| ").append(TableFiles.escaped(replica.id())).append(" | ")
                .append(number(replica.testLoss())).append(" | ").append(number(replica.testAccuracy())).append(" | ")
                .append(number(replica.trainLoss())).append(" |\n"));
        if (!results.warnings().isEmpty()) {
            text.append("\n**Warnings**\n\n");
            results.warnings().forEach(warning -> text.append("- ").append(TableFiles.escaped(warning)).append('\n'));
        }
        text.append("\n**Conventions**\n\n");
        results.conventions().forEach((term, words) ->
                text.append("- ").append(TableFiles.escaped(term)).append(": ").append(TableFiles.escaped(words))
                        .append('\n'));
        return text.toString();
    }

    private static String number(OptionalDouble value) {
        return value.isEmpty() ? "" : String.format(Locale.ROOT, "%.4f", value.getAsDouble());
    }
}
