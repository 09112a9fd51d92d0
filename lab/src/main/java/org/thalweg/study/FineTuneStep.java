package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Trainer;
import org.thalweg.training.TrainingOutcome;
import org.thalweg.training.TrainingPlan;

/**
 * Puts randomly initialised experts into the backbone, freezes all else and trains them: one replica. Replicas differ
 * in their seed, hence in initialisation and batch order, and in nothing else.
 *
 * @param label for example {@code dense-l1-m1-n4-r0}
 * @param config the {@code config.json} of the network with experts
 * @param plan how to train
 * @param precautions against overfitting
 * @param seed of initialisation and batch order
 */
public record FineTuneStep(
        String label, String config, TrainingPlan plan, Precautions precautions, long seed) implements Step {
    @Override
    public String kind() {
        return "finetune";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        return precautions.addTo(TrainedModel.content(label, config, plan, seed));
    }

    @Override
    public long work(StepData data) {
        return TrainedModel.work(plan, data);
    }

    @Override
    public void run(StepContext context) throws IOException {
        try (Scope scope = Scope.open()) {
            ObjectNode json = TrainedModel.config(config);
            StudyNetwork network = StudyNetwork.of(json);
            Parameters start = network.withExperts(json, TrainedModel.load(context.inputs().getFirst()),
                    Random.seeded(Random.childSeed(seed, "initialisation")));
            Trainer trainer = precautions.trainer(network.network(), context, plan, seed).with(network.loss(json));
            TrainingOutcome outcome = trainer.train(
                    start,
                    name -> name.contains(".moe."),
                    Optional.of(context.snapshots()),
                    context.trainingMonitor(TrainedModel.workPerStep(plan)));
            switch (outcome) {
                case TrainingOutcome.Trained trained -> {
                    Map<String, String> provenance = new LinkedHashMap<>();
                    provenance.put("step", kind());
                    provenance.put("seed", Long.toString(seed));
                    TrainedModel.write(context, json, trained, provenance)
                            .ifPresent(reason -> writeDiverged(context, reason));
                }
                case TrainingOutcome.Diverged(String reason) -> writeDiverged(context, reason);
            }
        }
    }

    private void writeDiverged(StepContext context, String reason) {
        TrainedModel.writeDiverged(context, "replica " + label + " diverged: " + reason + ".");
    }
}
