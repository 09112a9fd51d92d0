package org.thalweg.connectivity;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * Curves in CSV files: a header line with the columns {@code t}, {@code loss} and optionally {@code accuracy} in any
 * order, then one line a grid point with t rising from 0 to 1. Empty lines are skipped. Anything else is refused with
 * one sentence that names the file and the line.
 *
 * <p>Reading takes time and memory linear in the file, which is refused unread above {@link #LARGEST} bytes.
 */
public final class CurveFile {
    /** The largest file that is read, in bytes. */
    public static final int LARGEST = 16 << 20;

    /** Differences of larger numbers could leave the finite ones. */
    private static final double LARGEST_VALUE = 1e100;
    private static final List<String> COLUMNS = List.of("t", "loss", "accuracy");

    private final Path file;
    private final MappingIterator<String[]> lines;
    private long line;

    private CurveFile(Path file, MappingIterator<String[]> lines) {
        this.file = file;
        this.lines = lines;
    }

    /**
     * Reads a curve.
     *
     * @param file a CSV file in UTF-8
     * @return loss and, where the file has the column, accuracy
     * @throws WorkFailure when the file is missing, too large or not such a curve
     */
    public static LossAndAccuracy read(Path file) {
        try {
            CsvMapper mapper = CsvMapper.builder().enable(CsvParser.Feature.WRAP_AS_ARRAY)
                    .enable(CsvParser.Feature.SKIP_EMPTY_LINES).enable(CsvParser.Feature.TRIM_SPACES).build();
            try (MappingIterator<String[]> lines =
                    mapper.readerFor(String[].class).readValues(InputFile.bytes(file, LARGEST))) {
                return new CurveFile(file, lines).parse();
            }
        } catch (IOException refused) {
            throw new WorkFailure("cannot read a curve from " + file + ": " + refused.getMessage() + ".", refused);
        }
    }

    private LossAndAccuracy parse() throws IOException {
        Optional<String[]> header = next();
        if (header.isEmpty()) {
            throw refused("it is empty, expected a header line t,loss or t,loss,accuracy");
        }
        int[] columns = columns(header.get());
        List<double[]> rows = new ArrayList<>();
        for (Optional<String[]> cells = next(); cells.isPresent(); cells = next()) {
            double[] row = row(cells.get(), columns, header.get().length);
            checkOrder(rows, row[0]);
            rows.add(row);
        }
        if (rows.size() < 2 || rows.getLast()[0] != 1) {
            throw refused("t must end at 1 (model B), found "
                    + (rows.isEmpty() ? "no points" : "" + rows.getLast()[0]));
        }
        Grid grid = new Grid(column(rows, 0));
        Curve loss = new Curve(grid, column(rows, 1));
        return new LossAndAccuracy(loss, columns[2] < 0
                ? Optional.empty() : Optional.of(new Curve(grid, column(rows, 2))));
    }

    private Optional<String[]> next() {
        try {
            // The parser already stands behind the line it has read ahead, so the line is noted before each step.
            line = lines.getCurrentLocation().getLineNr();
            return lines.hasNextValue() ? Optional.of(lines.nextValue()) : Optional.empty();
        } catch (JacksonException broken) {
            throw refused(broken.getOriginalMessage().lines().findFirst().orElse("it is no CSV"));
        } catch (IOException broken) {
            throw refused(broken.getMessage());
        }
    }

    /** The positions of t, loss and accuracy; -1 for an accuracy that is not there. */
    private int[] columns(String[] header) {
        int[] positions = {-1, -1, -1};
        for (int i = 0; i < header.length; i++) {
            int column = COLUMNS.indexOf(header[i].toLowerCase(Locale.ROOT));
            if (column < 0) {
                throw refused("unknown column '" + Shown.field(header[i]) + "', expected a header of t, loss and, if "
                        + "known, accuracy; remove the column or rename it");
            }
            if (positions[column] >= 0) {
                throw refused("the column '" + COLUMNS.get(column) + "' is there twice");
            }
            positions[column] = i;
        }
        for (int column = 0; column < 2; column++) {
            if (positions[column] < 0) {
                throw refused("the column '" + COLUMNS.get(column) + "' is missing from the header");
            }
        }
        return positions;
    }

    private double[] row(String[] cells, int[] columns, int expected) {
        if (cells.length != expected) {
            throw refused("expected " + expected + " cells as in the header, found " + cells.length);
        }
        double[] row = new double[columns.length];
        for (int column = 0; column < columns.length; column++) {
            if (columns[column] >= 0) {
                row[column] = number(cells[columns[column]], COLUMNS.get(column));
            }
        }
        if (row[2] < 0 || row[2] > 1) {
            throw refused("accuracy is a fraction from 0 to 1, found " + row[2] + "; divide percentages by 100");
        }
        return row;
    }

    private double number(String cell, String column) {
        double value;
        try {
            value = Double.parseDouble(cell);
        } catch (NumberFormatException none) {
            throw refused(column + " must be a number, found '" + Shown.field(cell) + "'");
        }
        if (!(Math.abs(value) <= LARGEST_VALUE)) {
            throw refused(column + " must be finite and at most " + LARGEST_VALUE + ", found " + value);
        }
        return value;
    }

    private void checkOrder(List<double[]> rows, double t) {
        if (rows.isEmpty() && t != 0) {
            throw refused("t must start at 0 (model A), found " + t);
        }
        if (!rows.isEmpty() && t <= rows.getLast()[0]) {
            throw refused("t must increase, found " + t + " after " + rows.getLast()[0]);
        }
        if (t > 1) {
            throw refused("t must end at 1 (model B), found " + t);
        }
    }

    private static double[] column(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).toArray();
    }

    private WorkFailure refused(String why) {
        return new WorkFailure("cannot read a curve from " + file + ", line " + line + ": " + why + ".");
    }
}
