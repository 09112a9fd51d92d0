package org.thalweg.connectivity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.CsvLines;

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

    private static final List<String> COLUMNS = List.of("t", "loss", "accuracy");

    private final CsvLines lines;

    private CurveFile(CsvLines lines) {
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
        return CsvLines.read(file, LARGEST, "a curve", lines -> new CurveFile(lines).parse());
    }

    private LossAndAccuracy parse() {
        Optional<String[]> header = lines.next();
        if (header.isEmpty()) {
            throw lines.refused("it is empty, expected a header line t,loss or t,loss,accuracy");
        }
        int[] columns = columns(header.get());
        List<double[]> rows = new ArrayList<>();
        for (Optional<String[]> cells = lines.next(); cells.isPresent(); cells = lines.next()) {
            double[] row = row(cells.get(), columns, header.get().length);
            checkOrder(rows, row[0]);
            rows.add(row);
        }
        if (rows.size() < 2 || rows.getLast()[0] != 1) {
            throw lines.refused("t must end at 1 (model B), found "
                    + (rows.isEmpty() ? "no points" : "" + rows.getLast()[0]));
        }
        Grid grid = new Grid(column(rows, 0));
        Curve loss = new Curve(grid, column(rows, 1));
        return new LossAndAccuracy(loss, columns[2] < 0
                ? Optional.empty() : Optional.of(new Curve(grid, column(rows, 2))));
    }

    /** The positions of t, loss and accuracy; -1 for an accuracy that is not there. */
    private int[] columns(String[] header) {
        int[] positions = {-1, -1, -1};
        for (int i = 0; i < header.length; i++) {
            int column = COLUMNS.indexOf(header[i].toLowerCase(Locale.ROOT));
            if (column < 0) {
                throw lines.refused("unknown column '" + Shown.field(header[i]) + "', expected a header of t, loss "
                        + "and, if known, accuracy; remove the column or rename it");
            }
            if (positions[column] >= 0) {
                throw lines.refused("the column '" + COLUMNS.get(column) + "' is there twice");
            }
            positions[column] = i;
        }
        for (int column = 0; column < 2; column++) {
            if (positions[column] < 0) {
                throw lines.refused("the column '" + COLUMNS.get(column) + "' is missing from the header");
            }
        }
        return positions;
    }

    private double[] row(String[] cells, int[] columns, int expected) {
        lines.requireCells(cells, expected);
        double[] row = new double[columns.length];
        for (int column = 0; column < columns.length; column++) {
            if (columns[column] >= 0) {
                row[column] = lines.number(cells[columns[column]], COLUMNS.get(column));
            }
        }
        if (row[2] < 0 || row[2] > 1) {
            throw lines.refused("accuracy is a fraction from 0 to 1, found " + row[2]
                    + "; divide percentages by 100");
        }
        return row;
    }

    private void checkOrder(List<double[]> rows, double t) {
        if (rows.isEmpty() && t != 0) {
            throw lines.refused("t must start at 0 (model A), found " + t);
        }
        if (!rows.isEmpty() && t <= rows.getLast()[0]) {
            throw lines.refused("t must increase, found " + t + " after " + rows.getLast()[0]);
        }
        if (t > 1) {
            throw lines.refused("t must end at 1 (model B), found " + t);
        }
    }

    private static double[] column(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).toArray();
    }
}
