package org.thalweg.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.thalweg.storage.DurableFile;

/** The files of a study's analyses: a CSV file for each beside {@code table.csv}. */
public final class AnalysisFiles {
    private static final double[] QUANTILES = {0, 0.1, 0.25, 0.5, 0.75, 0.9, 1};

    private AnalysisFiles() {}

    /**
     * Writes a file for each analysis: {@code iterations.csv} and so on, and {@code angles.csv}.
     *
     * @param directory beside {@code table.csv}
     * @param analyses what was found
     * @throws org.thalweg.failure.WorkFailure when the disk refuses
     */
    public static void writeCsv(Path directory, Analyses analyses) {
        analyses.tables().forEach(table -> write(directory.resolve(table.analysis() + ".csv"), lines(table)));
        if (!analyses.angles().isEmpty()) {
            write(directory.resolve("angles.csv"), lines(analyses.angles()));
        }
    }

    private static List<List<String>> lines(AnalysisTable table) {
        List<List<String>> lines = new ArrayList<>();
        boolean hasObjective = table.rows().stream().anyMatch(row -> row.squaredDistanceMean().isPresent());
        List<String> titles = new ArrayList<>(List.of(
                "dataset", table.series(), table.setting(), "pairs", "barrier_mean", "barrier_se", "midpoint_mean"));
        if (hasObjective) {
            titles.addAll(List.of("inner_product_mean", "squared_distance_mean"));
        }
        lines.add(titles);
        for (AnalysisRow row : table.rows()) {
            List<String> line = new ArrayList<>(List.of(row.dataset(), row.series(), row.setting(),
                    Integer.toString(row.pairs()), text(row.barrierMean()), text(row.barrierSe()),
                    text(row.midpointMean())));
            if (hasObjective) {
                line.addAll(List.of(text(row.innerProductMean()), text(row.squaredDistanceMean())));
            }
            lines.add(line);
        }
        return lines;
    }

    private static List<List<String>> lines(List<RotationAngles> angles) {
        List<List<String>> lines = new ArrayList<>();
        List<String> titles = new ArrayList<>(List.of("dataset", "rotation", "replica_a", "replica_b", "angles"));
        DoubleStream.of(QUANTILES).forEach(share -> titles.add("quantile_" + share));
        lines.add(titles);
        for (RotationAngles found : angles) {
            List<String> line = new ArrayList<>(List.of(found.dataset(), found.rotation(), found.replicaA(),
                    found.replicaB(), Integer.toString(found.angles().length)));
            DoubleStream.of(QUANTILES).forEach(share -> line.add(
                    found.excluded().isPresent() ? "" : Double.toString(found.quantile(share))));
            lines.add(line);
        }
        return lines;
    }

    private static void write(Path file, List<List<String>> lines) {
        CsvSchema schema = CsvSchema.emptySchema().withLineSeparator("\n");
        try {
            DurableFile.writeText(file, new CsvMapper().writer(schema).writeValueAsString(lines));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("lines of text are always writable", impossible);
        }
    }

    /** The tables as Markdown, each with its title; nothing without analyses. */
    static String markdown(Analyses analyses) {
        StringBuilder text = new StringBuilder();
        for (AnalysisTable table : analyses.tables()) {
            text.append("\n**").append(table.analysis()).append("**\n\n| dataset | ").append(table.series())
                    .append(" | ").append(table.setting()).append(" | pairs | barrier | at t = 0.5 |\n")
                    .append("|---|---|---|--:|--:|--:|\n");
            table.rows().forEach(row -> text.append("| ").append(TableFiles.escaped(row.dataset())).append(" | ")
                    .append(row.series()).append(" | ").append(row.setting()).append(" | ").append(row.pairs())
                    .append(" | ").append(rounded(row.barrierMean()))
                    .append(row.barrierSe().isPresent() ? " ± " + rounded(row.barrierSe()) : "").append(" | ")
                    .append(rounded(row.midpointMean())).append(" |\n"));
        }
        if (!analyses.angles().isEmpty()) {
            text.append("\n**angles** (radians)\n\n")
                    .append("| dataset | rotation | A | B | smallest | median | 0.9 | largest |\n")
                    .append("|---|---|---|---|--:|--:|--:|--:|\n");
            analyses.angles().stream().filter(found -> found.excluded().isEmpty()).forEach(found ->
                    text.append("| ").append(TableFiles.escaped(found.dataset())).append(" | ")
                            .append(found.rotation()).append(" | ").append(TableFiles.escaped(found.replicaA()))
                            .append(" | ").append(TableFiles.escaped(found.replicaB())).append(" | ")
                            .append(DoubleStream.of(0, 0.5, 0.9, 1)
                                    .mapToObj(share -> rounded(OptionalDouble.of(found.quantile(share))))
                                    .reduce((left, right) -> left + " | " + right).orElseThrow())
                            .append(" |\n"));
        }
        return text.toString();
    }

    private static String text(OptionalDouble value) {
        return value.isEmpty() ? "" : Double.toString(value.getAsDouble());
    }

    private static String rounded(OptionalDouble value) {
        return value.isEmpty() ? "" : String.format(Locale.ROOT, "%.4f", value.getAsDouble());
    }
}
