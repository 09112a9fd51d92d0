package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.results.StepFile;
import org.thalweg.results.SystemModel;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.zoo.SystemTraining;
import org.thalweg.zoo.Variant;

/**
 * Trains one model of a Mixture-of-Experts system and measures it.
 *
 * @param variant which of the system's variants
 * @param number of the replica, from 0
 * @param seed of everything random; variants of one replica share it
 */
record SystemStep(String variant, int number, long seed) implements Step {
    private static final String FOUND = "model.json";

    @Override
    public String kind() {
        return "system";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        return JsonNodeFactory.instance.objectNode().put("variant", variant).put("replica", number).put("seed", seed);
    }

    @Override
    public String label() {
        return label(variant, number);
    }

    static String label(String variant, int number) {
        return variant + "-r" + number;
    }

    @Override
    public long work(StepData data) {
        return data instanceof SystemData system ? variant(system).steps() : 1;
    }

    private Variant variant(SystemData data) {
        return data.system().variants(data.settings()).stream().filter(one -> one.name().equals(variant)).findFirst()
                .orElseThrow();
    }

    @Override
    public void run(StepContext context) {
        SystemData data = SystemData.of(context);
        Variant which = variant(data);
        try (Scope scope = Scope.open()) {
            Optional<Parameters> start = context.inputs().stream().findFirst().map(TrainedModel::load);
            Parameters model = data.system().train(which, start,
                    new SystemTraining(data.settings(), seed, context.trainingMonitor(1)));
            Map<String, Double> measures =
                    Gradients.without(() -> data.system().measure(which, model, data.settings()));
            measures.forEach((name, value) -> {
                if (!Double.isFinite(value)) {
                    throw new WorkFailure("the " + name + " of " + label() + " is " + value
                            + "; lower the learning rate.");
                }
            });
            ObjectNode config = JsonNodeFactory.instance.objectNode()
                    .put("system", data.system().name()).put("variant", variant);
            data.settings().values().forEach(config.putObject("settings")::put);
            TrainedModel.writeModel(context.output(), config, model,
                    Map.of("step", kind(), "seed", Long.toString(seed)));
            StepFile.write(context.output().resolve(FOUND),
                    List.of(new SystemModel(label(), variant, seed, measures, "")));
        }
    }

    /**
     * What a finished step made.
     *
     * @param artifact its directory
     * @param checkpoint that directory, relative to the run's
     * @return the model with what was measured
     */
    static SystemModel read(Path artifact, String checkpoint) {
        return StepFile.readAll(artifact.resolve(FOUND), SystemModel.class).getFirst().at(checkpoint);
    }
}
