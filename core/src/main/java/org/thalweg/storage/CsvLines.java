package org.thalweg.storage;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;

/**
 * The lines of a CSV file that somebody else made, one after another. Empty lines are skipped and spaces around cells
 * are no part of them. What is wrong with a line is said in one sentence that names file and line.
 */
public final class CsvLines {
    /** Differences and products of a few larger numbers could leave the finite ones. */
    private static final double LARGEST_VALUE = 1e100;

    private final Path file;
    private final String what;
    private final MappingIterator<String[]> lines;
    private long line;

    private CsvLines(Path file, String what, MappingIterator<String[]> lines) {
        this.file = file;
        this.what = what;
        this.lines = lines;
    }

    /**
     * Reads a file by its lines.
     *
     * @param <T> what the file says
     * @param file a CSV file in UTF-8
     * @param most bytes that such a file can need
     * @param what what is read, for sentences: {@code a curve}
     * @param parse takes the lines to their end, or throws what {@link #refused} gives
     * @return what {@code parse} made of them
     * @throws WorkFailure when the file is missing, too large or no CSV, and whatever {@code parse} throws
     */
    public static <T> T read(Path file, int most, String what, Function<CsvLines, T> parse) {
        try {
            CsvMapper mapper = CsvMapper.builder().enable(CsvParser.Feature.WRAP_AS_ARRAY)
                    .enable(CsvParser.Feature.SKIP_EMPTY_LINES).enable(CsvParser.Feature.TRIM_SPACES).build();
            try (MappingIterator<String[]> lines =
                    mapper.readerFor(String[].class).readValues(InputFile.bytes(file, most))) {
                return parse.apply(new CsvLines(file, what, lines));
            }
        } catch (IOException refused) {
            throw new WorkFailure("cannot read " + what + " from " + file + ": " + refused.getMessage() + ".",
                    refused);
        }
    }

    /**
     * The next line.
     *
     * @return its cells, or nothing at the end
     * @throws WorkFailure when it is no CSV
     */
    public Optional<String[]> next() {
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

    /**
     * Fails unless a line has as many cells as the header.
     *
     * @param cells the line
     * @param expected cells of the header
     * @throws WorkFailure when it has more or fewer
     */
    public void requireCells(String[] cells, int expected) {
        if (cells.length != expected) {
            throw refused("expected " + expected + " cells as in the header, found " + cells.length);
        }
    }

    /**
     * A cell as a number.
     *
     * @param cell the cell
     * @param column its column, for the sentence
     * @return a finite number, at most 1e100 in size
     * @throws WorkFailure when it is none
     */
    public double number(String cell, String column) {
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

    /**
     * The failure for what is wrong with the line that {@link #next} gave last.
     *
     * @param why the end of the sentence, without a full stop
     * @return the failure to throw
     */
    public WorkFailure refused(String why) {
        return new WorkFailure("cannot read " + what + " from " + file + ", line " + line + ": " + why + ".");
    }
}
