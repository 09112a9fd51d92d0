package org.thalweg.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;
import org.thalweg.storage.MalformedJson;

/** Results as one JSON document that names its format, and their rows as comma-separated values. */
final class ResultsDocument {
    private ResultsDocument() {}

    /** The text of a record. */
    static String text(Object results) {
        try {
            return ResultsMapper.json().writeValueAsString(results) + "\n";
        } catch (JsonProcessingException refused) {
            throw new IllegalArgumentException("the results hold something that is no JSON: "
                    + refused.getOriginalMessage(), refused);
        }
    }

    /** Rows as text: a header line and one line a row, empty cells for absent numbers, line feeds. */
    static <R extends Record> String csv(List<R> rows, Class<R> type) {
        CsvMapper mapper = ResultsMapper.configured(CsvMapper.builder()).build();
        CsvSchema schema = mapper.schemaFor(type).withHeader().withLineSeparator("\n");
        try {
            return mapper.writer(schema).writeValueAsString(rows);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a table of text and numbers is always writable", impossible);
        }
    }

    /** Whether a file holds a document of a format; false also for one that cannot be read or is damaged. */
    static boolean isOf(Path file, String schema) {
        try {
            return ResultsMapper.json().readTree(InputFile.bytes(file, ResultsFile.LARGEST))
                    .path("schema").asText("").equals(schema);
        } catch (IOException | WorkFailure unreadable) {
            return false;
        }
    }

    /**
     * Reads a document.
     *
     * @param <T> the kind of results
     * @param file a file written by this program
     * @param type the record in it
     * @return the record
     * @throws WorkFailure when it cannot be read or holds something else
     */
    static <T> T read(Path file, Class<T> type) {
        try {
            return ResultsMapper.json().readValue(InputFile.bytes(file, ResultsFile.LARGEST), type);
        } catch (JsonProcessingException damaged) {
            throw new WorkFailure("cannot read results from " + file + ": " + MalformedJson.reason(damaged) + ".",
                    damaged);
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }
}
