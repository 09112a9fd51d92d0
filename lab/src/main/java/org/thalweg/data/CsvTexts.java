package org.thalweg.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * Labelled texts as AG News, DBPedia and their like have them: one text a row, comma-separated, its class in the first
 * column and the text in the others, which are joined by a space. There is no header.
 */
final class CsvTexts {
    private static final int LARGEST_FILE = 1 << 30;

    private CsvTexts() {}

    /** The rows of a file: the class of each text, and the texts. */
    record Rows(Path file, List<String> classes, List<String> texts) {}

    /**
     * Reads a file.
     *
     * @param file at most 1 GiB
     * @return its rows
     * @throws WorkFailure when a row lacks a class or a text, or there is none
     */
    static Rows read(Path file) {
        List<String> classes = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        String text = InputFile.text(file, LARGEST_FILE);
        try (MappingIterator<String[]> rows = new CsvMapper().readerFor(String[].class)
                .withFeatures(CsvParser.Feature.WRAP_AS_ARRAY, CsvParser.Feature.SKIP_EMPTY_LINES).readValues(text)) {
            while (rows.hasNextValue()) {
                String[] row = rows.nextValue();
                String joined = String.join(" ", Arrays.copyOfRange(row, Math.min(1, row.length), row.length)).strip();
                if (row.length < 2 || row[0].isBlank() || joined.isEmpty()) {
                    throw Refusal.of(file + ", row " + (texts.size() + 1), "a class, a comma and a text",
                            row.length < 2 ? row.length + " columns" : "an empty one", "correct the row");
                }
                classes.add(row[0].strip());
                texts.add(joined);
            }
        } catch (JsonProcessingException malformed) {
            throw Refusal.of(file + ", row " + (texts.size() + 1), "comma-separated columns, with quotes around those "
                    + "that hold commas or quotes", "something else", "correct the row");
        } catch (IOException refused) {
            throw Refusal.unreadable(file.toString(), refused);
        }
        if (texts.isEmpty()) {
            throw Refusal.of(file.toString(), "labelled texts, one a row", "none", "get the file again");
        }
        return new Rows(file, classes, texts);
    }

    /** All rows of a file. */
    static LabelledTexts whole(Path file) {
        Rows rows = read(file);
        return LabelledTexts.of(rows.classes, rows.texts, rows.classes);
    }

    /**
     * A training and a test file.
     *
     * @param name of the set
     * @param train the first
     * @param test the second, whose classes are those of the first
     * @return the set
     * @throws WorkFailure as {@link #read}, and when the second has a class of its own
     */
    static TextSet.Labelled parts(String name, Path train, Path test) {
        Rows first = read(train);
        Rows second = read(test);
        second.classes.stream().filter(own -> !first.classes.contains(own)).findFirst().ifPresent(own -> {
            throw Refusal.of(test.toString(), "classes that " + train + " has too", "class '" + own + "'",
                    "get both files from the same place");
        });
        return new TextSet.Labelled(name, LabelledTexts.of(first.classes, first.texts, first.classes),
                LabelledTexts.of(first.classes, second.texts, second.classes));
    }
}
