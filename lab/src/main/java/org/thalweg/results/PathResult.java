package org.thalweg.results;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.connectivity.Barrier;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.LossAndAccuracy;

/**
 * Loss and accuracy along the straight line between two models.
 *
 * @param a where the model at t = 0 stands
 * @param b where the model at t = 1 stands
 * @param curves what was measured, accuracy included
 * @param circuits the same with circuits of heads in place of their maps, where that was asked for
 * @param on the data
 */
public record PathResult(
        String a, String b, LossAndAccuracy curves, Optional<Circuits> circuits, MeasuredOn on)
        implements ModelsResult {
    /** Refuses curves without accuracy: classes and tokens always have one. */
    public PathResult {
        if (curves.accuracy().isEmpty()) {
            throw new IllegalArgumentException("a path between models has an accuracy");
        }
    }

    /**
     * A path on which circuits of heads go straight from A's to B's.
     *
     * @param curves on the grid of the path of stored weights
     * @param kept why queries and keys go straight as they are stored, a clause; nothing when their circuits do
     */
    public record Circuits(LossAndAccuracy curves, Optional<String> kept) {
        private String which() {
            return kept.map(why -> "value-output circuits; queries and keys as they are stored, since " + why)
                    .orElse("query-key and value-output circuits");
        }
    }

    private Curve accuracy() {
        return curves.accuracy().orElseThrow();
    }

    @Override
    public String title() {
        return "From " + ModelsResult.name(a) + " to " + ModelsResult.name(b);
    }

    @Override
    public ObjectNode document() {
        ObjectNode document = MeasurementDocument.begin();
        document.putArray("models").add(a).add(b);
        numbers(document.putArray("t"), curves.grid().t());
        numbers(document.putArray("loss"), curves.loss().values());
        numbers(document.putArray("accuracy"), accuracy().values());
        barriers(document, curves);
        circuits.ifPresent(path -> {
            ObjectNode entry = document.putObject("circuits");
            entry.put("query_key", path.kept().isEmpty()).put("value_output", true);
            path.kept().ifPresent(why -> entry.put("query_key_kept", why));
            numbers(entry.putArray("loss"), path.curves().loss().values());
            numbers(entry.putArray("accuracy"), path.curves().accuracy().orElseThrow().values());
            barriers(entry, path.curves());
        });
        document.set("at_a", ModelsResult.end(on, curves.loss().atA(), accuracy().atA()));
        document.set("at_b", ModelsResult.end(on, curves.loss().atB(), accuracy().atB()));
        document.setAll(MeasurementDocument.data(on));
        ObjectNode conventions = document.putObject("conventions");
        Conventions words = Conventions.standard(
                curves.grid().points(), new Conventions.Split("test", on.examples()), List.of());
        conventions.put("t", "t is the weight on B: t=0 is A, t=1 is B.");
        conventions.put("grid", curves.grid().points() + " points, equally spaced, both ends included");
        circuits.ifPresent(_ -> conventions.put("circuits", "Of each head the products of its maps, biases included, go"
                + " straight from A's to B's, heads taken in their order; all other tensors as they are stored."));
        conventions.put("loss_barrier", words.lossBarrier());
        conventions.put("accuracy_barrier", words.accuracyBarrier());
        conventions.put("auc", words.auc());
        conventions.put("units", MeasurementDocument.units(on));
        conventions.put("data", on.convention());
        return document;
    }

    static void barriers(ObjectNode document, LossAndAccuracy curves) {
        Barrier loss = curves.lossBarrier();
        Barrier accuracy = curves.accuracyBarrier().orElseThrow();
        document.put("loss_barrier", loss.height());
        document.put("loss_barrier_at", loss.at());
        document.put("loss_auc", loss.area().signed());
        document.put("accuracy_barrier", accuracy.height());
        document.put("accuracy_barrier_at", accuracy.at());
        document.put("accuracy_auc", accuracy.area().signed());
    }

    static void numbers(ArrayNode array, double[] numbers) {
        for (double number : numbers) {
            array.add(number);
        }
    }

    @Override
    public String csv() {
        StringBuilder text = new StringBuilder("t,loss,accuracy\n");
        for (int i = 0; i < curves.grid().points(); i++) {
            text.append(curves.grid().at(i)).append(',').append(curves.loss().at(i)).append(',')
                    .append(accuracy().at(i)).append('\n');
        }
        return text.toString();
    }

    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%8s %12s %12s", "t", "loss", "accuracy"));
        for (int i = 0; i < curves.grid().points(); i++) {
            lines.add(String.format(Locale.ROOT, "%8.4f %12.6f %12.6f",
                    curves.grid().at(i), curves.loss().at(i), accuracy().at(i)));
        }
        Barrier loss = curves.lossBarrier();
        Barrier fall = curves.accuracyBarrier().orElseThrow();
        lines.add("");
        lines.add(String.format(Locale.ROOT, "Loss barrier %.6f nats at t = %.4f, area %.6f; accuracy barrier %.6f.",
                loss.height(), loss.at(), loss.area().signed(), fall.height()));
        circuits.ifPresent(path -> {
            Barrier mixed = path.curves().lossBarrier();
            lines.add(String.format(Locale.ROOT, "  circuits    loss barrier %.6f nats at t = %.4f, area %.6f, with %s",
                    mixed.height(), mixed.at(), mixed.area().signed(), path.which()));
        });
        lines.add("  t           is the weight on B: 0 is A, " + a + ", 1 is B, " + b);
        lines.add("  data        " + on.sentence() + ", " + on.counts());
        return lines;
    }
}
