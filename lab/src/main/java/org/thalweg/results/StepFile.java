package org.thalweg.results;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;

/** What one step of a study found, as a JSON file of its own, in the form that it has in {@code results.json}. */
public final class StepFile {
    private StepFile() {}

    /**
     * Writes a record, or a list of records, whole or not at all; equal records give equal bytes.
     *
     * @param file where to
     * @param found what
     * @throws WorkFailure when the disk refuses
     */
    public static void write(Path file, Object found) {
        DurableFile.writeText(file, ResultsDocument.text(found));
    }

    /**
     * Reads a record that {@link #write} wrote.
     *
     * @param file the file
     * @param type of the record
     * @return the record
     * @throws WorkFailure when it cannot be read
     */
    public static <R extends Record> R read(Path file, Class<R> type) {
        return read(file, TypeFactory.defaultInstance().constructType(type));
    }

    /**
     * Reads a list of records that {@link #write} wrote.
     *
     * @param file the file
     * @param type of each record
     * @return the records
     * @throws WorkFailure when it cannot be read
     */
    public static <R extends Record> List<R> readAll(Path file, Class<R> type) {
        return read(file, TypeFactory.defaultInstance().constructCollectionType(List.class, type));
    }

    private static <T> T read(Path file, JavaType type) {
        try {
            return ResultsMapper.json().readValue(InputFile.bytes(file, ResultsFile.LARGEST), type);
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }
}
