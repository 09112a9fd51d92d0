package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.thalweg.connectivity.Barrier;
import org.thalweg.connectivity.Better;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.Grid;

/**
 * One row of the table of a study of feed-forward networks drawn anew, with exactly the columns of {@code table.csv}:
 * means over the replicas of a layer, and over every two of them. Losses in nats, accuracies as fractions, on the test
 * set.
 *
 * @param dataset the data set's name
 * @param layer whose feed-forward network was drawn anew, counted from 1
 * @param replicas how many entered the means; diverged ones did not
 * @param pretrainedLoss of the trained model
 * @param pretrainedAccuracy of the trained model
 * @param reinitialisedLoss with the weights drawn
 * @param reinitialisedAccuracy with the weights drawn
 * @param finetunedLoss after the one feed-forward network was trained
 * @param finetunedAccuracy after the one feed-forward network was trained
 * @param naiveBarrier largest rise of the loss above its chord on the path between two replicas, both ends included
 * @param interiorBarrier the same without the ends, as Table 4 must have it, in which one barrier is negative
 */
@JsonInclude
@JsonPropertyOrder({"dataset", "layer", "replicas", "pretrained_loss", "pretrained_accuracy", "reinitialised_loss",
    "reinitialised_accuracy", "finetuned_loss", "finetuned_accuracy", "naive_barrier", "interior_barrier"})
public record ReinitialisationRow(
        String dataset,
        int layer,
        int replicas,
        OptionalDouble pretrainedLoss,
        OptionalDouble pretrainedAccuracy,
        OptionalDouble reinitialisedLoss,
        OptionalDouble reinitialisedAccuracy,
        OptionalDouble finetunedLoss,
        OptionalDouble finetunedAccuracy,
        OptionalDouble naiveBarrier,
        OptionalDouble interiorBarrier) {
    /** Of which data set and layer. */
    private record Key(String dataset, int layer) {}

    /**
     * The table.
     *
     * @param trained the models that all started from, one for each data set
     * @param replicas in the order of the table
     * @param paths between every two of a layer
     * @return a row for each data set and layer, in the order in which they first occur
     */
    public static List<ReinitialisationRow> summarise(
            List<TransformerReplica> trained, List<ReinitialisedModel> replicas, List<LayerPath> paths) {
        Map<Key, List<ReinitialisedModel>> grouped = new LinkedHashMap<>();
        replicas.forEach(replica -> grouped
                .computeIfAbsent(new Key(replica.dataset(), replica.layer()), _ -> new ArrayList<>()).add(replica));
        List<ReinitialisationRow> rows = new ArrayList<>();
        grouped.forEach((key, all) -> {
            List<ReinitialisedModel> some = all.stream().filter(one -> one.diverged().isEmpty()).toList();
            Optional<TransformerReplica> start =
                    trained.stream().filter(model -> model.dataset().equals(key.dataset)).findFirst();
            List<Barrier> barriers = paths.stream()
                    .filter(path -> path.layer() == key.layer && path.path().dataset().equals(key.dataset)
                            && path.path().excluded().isEmpty())
                    .map(path -> barrier(path.path())).toList();
            rows.add(new ReinitialisationRow(key.dataset, key.layer, some.size(),
                    start.map(TransformerReplica::testLoss).orElse(OptionalDouble.empty()),
                    start.map(TransformerReplica::testAccuracy).orElse(OptionalDouble.empty()),
                    mean(some, ReinitialisedModel::reinitialisedLoss),
                    mean(some, ReinitialisedModel::reinitialisedAccuracy),
                    mean(some, ReinitialisedModel::finetunedLoss),
                    mean(some, ReinitialisedModel::finetunedAccuracy),
                    mean(barriers, barrier -> OptionalDouble.of(barrier.height())),
                    mean(barriers, barrier -> OptionalDouble.of(barrier.interior()))));
        });
        return rows;
    }

    private static Barrier barrier(MethodPath path) {
        return Barrier.of(new Curve(new Grid(path.t()), path.loss()), Better.LOWER);
    }

    private static <T> OptionalDouble mean(List<T> some, Function<T, OptionalDouble> value) {
        return Statistic.of(some.stream().map(one -> value.apply(one).orElseThrow()).toList()).mean();
    }
}
