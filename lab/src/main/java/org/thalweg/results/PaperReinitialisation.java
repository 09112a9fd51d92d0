package org.thalweg.results;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A row of Table 4 of arXiv 2509.11348, of an arbitrary layer: losses as published, accuracies as fractions. The
 * networks and data are the paper's, not this program's.
 *
 * @param dataset the paper's name of the data set
 * @param pretrainedLoss of the trained model
 * @param pretrainedAccuracy of the trained model, where the paper has one, as the others
 * @param reinitialisedLoss with the weights drawn
 * @param reinitialisedAccuracy with the weights drawn
 * @param finetunedLoss after the one feed-forward network was trained
 * @param finetunedAccuracy after the one feed-forward network was trained
 * @param naiveBarrier between two that were trained
 */
public record PaperReinitialisation(
        String dataset,
        double pretrainedLoss,
        OptionalDouble pretrainedAccuracy,
        double reinitialisedLoss,
        OptionalDouble reinitialisedAccuracy,
        double finetunedLoss,
        OptionalDouble finetunedAccuracy,
        double naiveBarrier) {
    private static final String RESOURCE = "paper-a-table-4.csv";

    /**
     * The whole table.
     *
     * @return its rows in the paper's order
     */
    public static List<PaperReinitialisation> table() {
        try (InputStream in = PaperReinitialisation.class.getResourceAsStream(RESOURCE);
                MappingIterator<Map<String, String>> rows = new CsvMapper().readerForMapOf(String.class)
                        .with(CsvSchema.emptySchema().withHeader()).readValues(in)) {
            return rows.readAll().stream().map(PaperReinitialisation::of).toList();
        } catch (IOException broken) {
            throw new IllegalStateException("the resource " + RESOURCE + " of the program cannot be read", broken);
        }
    }

    private static PaperReinitialisation of(Map<String, String> row) {
        return new PaperReinitialisation(row.get("dataset"), Double.parseDouble(row.get("pretrained_loss")),
                fraction(row.get("pretrained_acc")), Double.parseDouble(row.get("reinit_loss")),
                fraction(row.get("reinit_acc")), Double.parseDouble(row.get("finetune_loss")),
                fraction(row.get("finetune_acc")), Double.parseDouble(row.get("naive_barrier")));
    }

    /** Of a percentage; the table has none for language models. */
    private static OptionalDouble fraction(String percent) {
        return Optional.of(percent).filter(given -> !given.isBlank())
                .map(given -> OptionalDouble.of(Double.parseDouble(given) / 100)).orElse(OptionalDouble.empty());
    }
}
