package org.thalweg.paper;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.results.Statistic;

/**
 * One table of a paper, as it was published.
 *
 * @param number in the paper's first version
 * @param title what it shows
 * @param quantities its numbers
 * @param rows in the paper's order
 */
record PublishedTable(String number, String title, List<Quantity> quantities, List<PaperRow> rows) {
    private static final String MEAN = "_mean";
    private static final String SD = "_sd";

    /** Copies the lists. */
    PublishedTable {
        quantities = List.copyOf(quantities);
        rows = List.copyOf(rows);
    }

    /** The rows of a resource; one that names several numbers of experts becomes as many rows. */
    static List<PaperRow> rows(String resource) {
        List<PaperRow> rows = new ArrayList<>();
        for (Map<String, String> line : lines(resource)) {
            Map<String, String> keys = new LinkedHashMap<>();
            Map<String, Statistic> numbers = new LinkedHashMap<>();
            line.forEach((column, value) -> {
                if (column.endsWith(MEAN)) {
                    String name = column.substring(0, column.length() - MEAN.length());
                    numbers.put(name, new Statistic(number(value), number(line.get(name + SD))));
                } else if (!column.endsWith(SD)) {
                    keys.put(column, value);
                }
            });
            for (String experts : keys.getOrDefault("experts", "").split(" ")) {
                Map<String, String> own = new LinkedHashMap<>(keys);
                own.computeIfPresent("experts", (_, _) -> experts);
                rows.add(new PaperRow(own, numbers));
            }
        }
        return rows;
    }

    private static OptionalDouble number(String text) {
        return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
    }

    private static List<Map<String, String>> lines(String resource) {
        try (InputStream in = PublishedTable.class.getResourceAsStream(resource);
                MappingIterator<Map<String, String>> lines = new CsvMapper().readerForMapOf(String.class)
                        .with(CsvSchema.emptySchema().withHeader()).readValues(in)) {
            return lines.readAll();
        } catch (IOException broken) {
            throw new IllegalStateException("the resource " + resource + " of the program cannot be read", broken);
        }
    }
}
