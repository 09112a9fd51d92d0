package org.thalweg.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.SafetensorsWriter;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.training.TrainingOutcome;
import org.thalweg.training.TrainingPlan;

/**
 * The artifact of a training: a Hugging Face style directory ({@code config.json}, {@code model.safetensors}) with
 * {@code training.json} beside it; of a diverged one, only the last.
 */
final class TrainedModel {
    /** Backward passes count twice a forward pass. */
    private static final long PASSES = 3;

    private static final String NOTES = "training.json";
    private static final int LARGEST_NOTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private TrainedModel() {}

    /**
     * How a training went.
     *
     * @param trainLoss mean loss of the last epoch, nats
     * @param testLoss loss on the test set, nats
     * @param testAccuracy share of right answers on the test set
     * @param heldOutLoss loss on the examples by which the best model was kept, where it was
     * @param diverged why there is no model, if there is none
     */
    record Notes(
            double trainLoss, double testLoss, double testAccuracy, OptionalDouble heldOutLoss,
            Optional<String> diverged) {}

    static long workPerStep(TrainingPlan plan) {
        return PASSES * plan.batch();
    }

    static long work(TrainingPlan plan, StepData data) {
        return plan.steps(ExampleData.of(data).train().size()) * workPerStep(plan);
    }

    /** What a training states of itself. */
    static ObjectNode content(String label, String config, TrainingPlan plan, long seed) {
        ObjectNode content = JSON.createObjectNode().put("label", label).put("seed", seed);
        ObjectNode stated = content.putObject("plan").put("epochs", plan.epochs()).put("batch", plan.batch())
                .set("optimiser", content(plan.method()));
        if (plan.longestGradient() < Double.POSITIVE_INFINITY) {
            stated.put("longest_gradient", plan.longestGradient());
        }
        if (plan.copies() > 0) {
            stated.put("copies", plan.copies());
        }
        stated.putObject("schedule")
                .put("shape", plan.schedule().shape().name())
                .put("peak", plan.schedule().peak())
                .put("warmup", plan.schedule().warmup());
        return content.set("config", config(config));
    }

    private static ObjectNode content(Optimiser.Method method) {
        ObjectNode content = JSON.createObjectNode();
        return switch (method) {
            case Optimiser.Method.Sgd sgd -> content.put("method", "sgd")
                    .put("momentum", sgd.momentum())
                    .put("nesterov", sgd.nesterov())
                    .put("weight_decay", sgd.weightDecay());
            case Optimiser.Method.Adam adam -> content.put("method", "adam")
                    .put("beta1", adam.beta1())
                    .put("beta2", adam.beta2())
                    .put("epsilon", adam.epsilon())
                    .put("weight_decay", adam.weightDecay());
            case Optimiser.Method.AdamW adam -> content.put("method", "adamw")
                    .put("beta1", adam.beta1())
                    .put("beta2", adam.beta2())
                    .put("epsilon", adam.epsilon())
                    .put("weight_decay", adam.weightDecay());
        };
    }

    static ObjectNode config(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a step's configuration is JSON", impossible);
        }
    }

    static Parameters load(Path directory) {
        Parameters parameters = Checkpoint.open(directory).load();
        Checkpoint.requireFinite(directory.toString(), parameters);
        return parameters;
    }

    /**
     * Writes a trained model with its test loss.
     *
     * @return why nothing was written: a model without a finite test loss has diverged, whatever its training loss
     */
    static Optional<String> write(
            StepContext context, ObjectNode config, TrainingOutcome.Trained trained, Map<String, String> provenance) {
        ExampleData data = context.examples();
        EvaluationSet.Score score = EvaluationSet.score(
                StudyNetwork.of(config).network(), trained.parameters(), data.test(), data.evaluationBatch());
        if (!Double.isFinite(score.loss())) {
            return Optional.of("its test loss is " + score.loss());
        }
        write(context, config, new Result(trained.parameters(), trained, score), provenance);
        if (data instanceof StudyData seen) {
            seen.tokenizer().ifPresent(text ->
                    DurableFile.writeText(context.output().resolve("tokenizer.json"), text));
        }
        return Optional.empty();
    }

    /**
     * What a training came to.
     *
     * @param written the tensors by the names they have in the file
     * @param trained the model and how it went
     * @param score on the test set
     */
    record Result(Parameters written, TrainingOutcome.Trained trained, EvaluationSet.Score score) {}

    /** Writes a trained model of any family. */
    static void write(StepContext context, ObjectNode config, Result result, Map<String, String> provenance) {
        Map<String, String> all = new LinkedHashMap<>(provenance);
        all.put("data", context.data().digest().hex());
        writeModel(context.output(), config, result.written(), all);
        ObjectNode notes = JSON.createObjectNode();
        notes.put("train_loss", result.trained().loss()).put("test_loss", result.score().loss())
                .put("test_accuracy", result.score().accuracy());
        result.trained().best().ifPresent(best ->
                notes.put("held_out_loss", best.loss()).put("best_step", best.step()));
        DurableFile.writeText(context.output().resolve(NOTES), notes.toPrettyString() + "\n");
    }

    /** Writes a model alone. */
    static void writeModel(
            Path directory, ObjectNode config, Parameters parameters, Map<String, String> provenance) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put("tool", "thalweg");
        metadata.putAll(provenance);
        DurableFile.writeText(directory.resolve("config.json"), config.toPrettyString() + "\n");
        SafetensorsWriter.write(directory.resolve("model.safetensors"), metadata, parameters);
    }

    static void writeDiverged(StepContext context, String reason) {
        ObjectNode notes = JSON.createObjectNode().put("diverged", reason);
        DurableFile.writeText(context.output().resolve(NOTES), notes.toPrettyString() + "\n");
    }

    static Notes notes(Path directory) {
        try {
            ObjectNode notes = (ObjectNode) JSON.readTree(InputFile.text(directory.resolve(NOTES), LARGEST_NOTES));
            return new Notes(
                    notes.path("train_loss").asDouble(Double.NaN),
                    notes.path("test_loss").asDouble(Double.NaN),
                    notes.path("test_accuracy").asDouble(Double.NaN),
                    notes.has("held_out_loss") ? OptionalDouble.of(notes.get("held_out_loss").asDouble())
                            : OptionalDouble.empty(),
                    Optional.ofNullable(notes.get("diverged")).map(reason -> reason.asText()));
        } catch (IOException refused) {
            throw InputFile.unreadable(directory.resolve(NOTES), refused);
        }
    }
}
