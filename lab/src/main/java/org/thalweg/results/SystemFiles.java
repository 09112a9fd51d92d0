package org.thalweg.results;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.storage.DurableFile;

/** The files of a study of a Mixture-of-Experts system: {@code results.json}, {@code table.csv}, {@code table.md}. */
public final class SystemFiles {
    private SystemFiles() {}

    /**
     * Writes all three, each whole or not at all.
     *
     * @param directory of the run
     * @param results what
     * @throws org.thalweg.failure.WorkFailure when the disk refuses
     */
    public static void write(Path directory, SystemResults results) {
        DurableFile.writeText(directory.resolve("results.json"), text(results));
        DurableFile.writeText(directory.resolve("table.csv"), csv(results.rows()));
        DurableFile.writeText(directory.resolve("table.md"), markdown(results));
    }

    /**
     * Results as the text of {@code results.json}.
     *
     * @param results what
     * @return one JSON document
     */
    public static String text(SystemResults results) {
        return ResultsDocument.text(results);
    }

    /**
     * Whether a file holds the results of such a study.
     *
     * @param file a {@code results.json}
     * @return false also for one that cannot be read or is damaged
     */
    public static boolean isOne(Path file) {
        return ResultsDocument.isOf(file, SystemResults.SCHEMA);
    }

    /**
     * Reads results.
     *
     * @param file a file written by this program
     * @return the records in it
     * @throws org.thalweg.failure.WorkFailure when it cannot be read or holds something else
     */
    public static SystemResults read(Path file) {
        return ResultsDocument.read(file, SystemResults.class);
    }

    /**
     * The text of {@code table.csv}.
     *
     * @param rows lines of one study or of several
     * @return a header line and one line a row, line feeds
     */
    public static String csv(List<SystemRow> rows) {
        return ResultsDocument.csv(rows, SystemRow.class);
    }

    /**
     * The text of {@code table.md}.
     *
     * @param results the study
     * @return GitHub-flavoured Markdown
     */
    public static String markdown(SystemResults results) {
        StringBuilder text = new StringBuilder("# " + TableFiles.escaped(results.study()) + "\n\n"
                + TableFiles.escaped(results.source()) + "\n\n");
        text.append("| claim | paper | ours | s.d. | seeds | direction |\n|---|---|--:|--:|--:|---|\n");
        results.claims().forEach(claim -> line(text, Stream.of(claim.claim(), claim.paperValue(),
                number(claim.ourValue()), number(claim.ourSd()), Integer.toString(claim.seeds()),
                claim.directionHolds())));
        measures(text, results);
        text.append("\n| replicas | naive barrier | matched barrier | ratio | rank of the order |\n"
                + "|---|--:|--:|--:|--:|\n");
        results.pairs().forEach(pair -> line(text, Stream.of(pair.replicaA() + ", " + pair.replicaB(),
                number(pair.naiveBarrier()), number(pair.matchedBarrier()),
                pair.ratioPercent().isPresent()
                        ? String.format(Locale.ROOT, "%.1f %%", pair.ratioPercent().getAsDouble()) : "",
                pair.order().map(order -> order.ranking().rank() + " of " + pair.orders().size()).orElse(""))));
        text.append("\n**Conventions**\n\n");
        results.conventions().forEach((term, words) -> text.append("- ").append(TableFiles.escaped(term)).append(": ")
                .append(TableFiles.escaped(words)).append('\n'));
        return text.toString();
    }

    /** Mean and deviation over seeds of everything that was measured, a line a variant. */
    private static void measures(StringBuilder text, SystemResults results) {
        Set<String> names = new LinkedHashSet<>();
        results.models().forEach(model -> names.addAll(model.measures().keySet()));
        line(text.append('\n'), Stream.concat(Stream.of("variant"), names.stream()));
        text.append("|---|").append("--:|".repeat(names.size())).append('\n');
        Map<String, List<SystemModel>> variants = results.models().stream().collect(
                Collectors.groupingBy(SystemModel::variant, LinkedHashMap::new, Collectors.toList()));
        variants.forEach((variant, models) -> line(text, Stream.concat(Stream.of(variant), names.stream().map(name -> {
            List<Double> values = models.stream().map(model -> model.measures().get(name))
                    .filter(value -> value instanceof Double).toList();
            Statistic over = Statistic.of(values);
            return values.isEmpty() ? "" : number(over.mean().orElseThrow())
                    + (over.deviation().isPresent() ? " ± " + number(over.deviation().getAsDouble()) : "");
        }))));
    }

    private static void line(StringBuilder text, Stream<String> cells) {
        text.append(cells.map(TableFiles::escaped).collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
