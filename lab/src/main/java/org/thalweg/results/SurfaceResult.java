package org.thalweg.results;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.Surface;

/**
 * Loss and accuracy of weighted means of several models.
 *
 * @param models where they stand
 * @param surface what was measured
 * @param on the data
 */
public record SurfaceResult(List<String> models, Surface surface, MeasuredOn on) implements ModelsResult {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /** Copies the list. */
    public SurfaceResult {
        models = List.copyOf(models);
    }

    @Override
    public String title() {
        return "Between " + models.stream().map(ModelsResult::name).collect(Collectors.joining(", "));
    }

    @Override
    public ObjectNode document() {
        ObjectNode document = MeasurementDocument.begin();
        models.forEach(document.putArray("models")::add);
        ArrayNode weights = document.putArray("weights");
        surface.weights().forEach(point -> PathResult.numbers(weights.addArray(), point));
        PathResult.numbers(document.putArray("loss"), losses());
        PathResult.numbers(document.putArray("accuracy"),
                surface.scores().stream().mapToDouble(EvaluationSet.Score::accuracy).toArray());
        Surface.Rise barrier = surface.lossBarrier();
        document.put("loss_barrier", barrier.height());
        PathResult.numbers(document.putArray("loss_barrier_at"), barrier.at());
        for (int model = 0; model < models.size(); model++) {
            EvaluationSet.Score corner = surface.corner(model);
            document.set("at_" + letter(model).toLowerCase(Locale.ROOT),
                    ModelsResult.end(on, corner.loss(), corner.accuracy()));
        }
        ArrayNode edges = document.putArray("edges");
        forEachEdge((a, b) -> {
            ObjectNode edge = edges.addObject();
            edge.put("from", letter(a)).put("to", letter(b));
            PathResult.barriers(edge, surface.edge(a, b));
        });
        document.setAll(MeasurementDocument.data(on));
        document.set("conventions", conventions());
        return document;
    }

    private ObjectNode conventions() {
        ObjectNode conventions = MeasurementDocument.begin();
        LossAndAccuracy edge = surface.edge(0, 1);
        Conventions words = Conventions.standard(
                edge.grid().points(), new Conventions.Split("test", on.examples()), List.of());
        conventions.put("weights", "One weight for each model, in the order of the command; they sum to 1.");
        conventions.put("grid", surface.weights().size() + " points on the simplex, " + surface.simplex().points()
                + " along an edge, corners and edges included");
        conventions.put("loss_barrier", "Largest rise over the grid of the loss of the weighted mean of the models"
                + " above the weighted mean of their losses (Eq 2 of arXiv 2506.22712); never negative.");
        conventions.put("edges", "Of an edge, t is the weight on 'to'. " + words.lossBarrier());
        conventions.put("auc", words.auc());
        conventions.put("units", MeasurementDocument.units(on));
        conventions.put("data", on.convention());
        return conventions;
    }

    private double[] losses() {
        return surface.scores().stream().mapToDouble(EvaluationSet.Score::loss).toArray();
    }

    private static String letter(int model) {
        return LETTERS.substring(model, model + 1);
    }

    /** Takes two models. */
    private interface EdgeAction {
        void of(int a, int b);
    }

    private void forEachEdge(EdgeAction action) {
        for (int a = 0; a < models.size(); a++) {
            for (int b = a + 1; b < models.size(); b++) {
                action.of(a, b);
            }
        }
    }

    @Override
    public String csv() {
        StringBuilder text = new StringBuilder();
        for (int model = 0; model < models.size(); model++) {
            text.append("weight_").append(letter(model).toLowerCase(Locale.ROOT)).append(',');
        }
        text.append("loss,accuracy\n");
        for (int point = 0; point < surface.weights().size(); point++) {
            for (double weight : surface.weights().get(point)) {
                text.append(weight).append(',');
            }
            EvaluationSet.Score score = surface.scores().get(point);
            text.append(score.loss()).append(',').append(score.accuracy()).append('\n');
        }
        return text.toString();
    }

    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder();
        for (int model = 0; model < models.size(); model++) {
            head.append(String.format(Locale.ROOT, "%8s ", letter(model)));
        }
        lines.add(head + String.format(Locale.ROOT, "%12s %12s", "loss", "accuracy"));
        for (int point = 0; point < surface.weights().size(); point++) {
            EvaluationSet.Score score = surface.scores().get(point);
            lines.add(numbers(surface.weights().get(point), "%8.4f ")
                    + String.format(Locale.ROOT, "%12.6f %12.6f", score.loss(), score.accuracy()));
        }
        Surface.Rise barrier = surface.lossBarrier();
        lines.add("");
        lines.add(String.format(Locale.ROOT, "Loss barrier %.6f nats at weights %s.", barrier.height(),
                numbers(barrier.at(), "%.4f ").strip()));
        forEachEdge((a, b) -> lines.add(String.format(Locale.ROOT, "  %s to %s      loss barrier %.6f at t = %.4f",
                letter(a), letter(b), surface.edge(a, b).lossBarrier().height(),
                surface.edge(a, b).lossBarrier().at())));
        for (int model = 0; model < models.size(); model++) {
            lines.add("  " + letter(model) + "           " + models.get(model));
        }
        lines.add("  data        " + on.sentence() + ", " + on.counts());
        return lines;
    }

    private static String numbers(double[] numbers, String format) {
        return DoubleStream.of(numbers).mapToObj(number -> String.format(Locale.ROOT, format, number))
                .collect(Collectors.joining());
    }
}
