package org.thalweg.scaling;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.CsvLines;

/**
 * Measured runs in CSV files: a header line with the columns {@code activation}, {@code granularity}, {@code compute}
 * and either {@code loss} or {@code leverage} among others, which are not read, in any order; then one line a run.
 */
public final class RunsFile {
    /** The largest file that is read, in bytes: some ten thousand runs, which take seconds to fit. */
    public static final int LARGEST = 1 << 20;

    private static final List<String> SETTING = List.of("activation", "granularity", "compute");

    private final CsvLines lines;
    private final Map<String, Integer> positions = new TreeMap<>();

    private RunsFile(CsvLines lines) {
        this.lines = lines;
    }

    /**
     * Reads runs.
     *
     * @param file a CSV file in UTF-8
     * @return the runs in the file's order
     * @throws WorkFailure when the file is missing, too large, or a line is no such run
     */
    public static Runs read(Path file) {
        return CsvLines.read(file, LARGEST, "runs", lines -> new RunsFile(lines).parse(file));
    }

    private Runs parse(Path file) {
        String[] header = lines.next().orElseThrow(() -> lines.refused(
                "it is empty, expected a header line activation,granularity,compute,loss"));
        List<String> wanted = new ArrayList<>(SETTING);
        Arrays.stream(Measure.values()).map(Measure::column).forEach(wanted::add);
        for (int i = 0; i < header.length; i++) {
            String name = header[i].toLowerCase(Locale.ROOT);
            if (wanted.contains(name) && positions.put(name, i) != null) {
                throw lines.refused("the column '" + name + "' is there twice");
            }
        }
        SETTING.stream().filter(name -> !positions.containsKey(name)).findFirst().ifPresent(name -> {
            throw lines.refused("the column '" + name + "' is missing from the header");
        });
        List<Measure> measured = Arrays.stream(Measure.values())
                .filter(one -> positions.containsKey(one.column())).toList();
        if (measured.size() != 1) {
            throw lines.refused((measured.isEmpty() ? "neither" : "both") + " of the columns 'loss' and 'leverage' "
                    + "are in the header, expected one of the two");
        }
        List<Run> runs = new ArrayList<>();
        for (Optional<String[]> cells = lines.next(); cells.isPresent(); cells = lines.next()) {
            lines.requireCells(cells.get(), header.length);
            runs.add(run(cells.get(), measured.getFirst()));
        }
        return new Runs(file.toString(), measured.getFirst(), runs);
    }

    private Run run(String[] cells, Measure measure) {
        double activation = cell(cells, "activation");
        double granularity = cell(cells, "granularity");
        double compute = cell(cells, "compute");
        double measured = cell(cells, measure.column());
        Setting.refusal(activation, granularity, compute)
                .or(() -> Setting.refusal(measure.column(), measured, "a number above 0"))
                .ifPresent(why -> {
                    throw lines.refused(why);
                });
        Setting setting = new Setting(activation, granularity, compute);
        if (measure == Measure.LEVERAGE && setting.isDense()) {
            throw lines.refused("activation is 1, a dense model, whose leverage is 1 by definition; remove the line");
        }
        return new Run(setting, measured);
    }

    private double cell(String[] cells, String column) {
        return lines.number(cells[positions.get(column)], column);
    }
}
