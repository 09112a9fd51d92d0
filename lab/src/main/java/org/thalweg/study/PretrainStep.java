package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Trainer;
import org.thalweg.training.TrainingOutcome;
import org.thalweg.training.TrainingPlan;

/**
 * Trains the backbone that all replicas of one depth share, from random weights or, when it has an input, from those.
 *
 * @param label for example {@code l2}
 * @param config the network's {@code config.json}
 * @param plan how to train
 * @param precautions against overfitting
 * @param seed of initialisation and batch order
 */
public record PretrainStep(
        String label, String config, TrainingPlan plan, Precautions precautions, long seed) implements Step {
    @Override
    public String kind() {
        return "pretrain";
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
            Trainer trainer = precautions.trainer(network.network(), context, plan, seed);
            TrainingOutcome outcome = trainer.train(
                    context.inputs().isEmpty() ? network.initial(seed)
                            : TrainedModel.load(context.inputs().getFirst()),
                    name -> true,
                    Optional.of(context.snapshots()),
                    context.trainingMonitor(TrainedModel.workPerStep(plan)));
            switch (outcome) {
                case TrainingOutcome.Trained trained ->
                    TrainedModel.write(context, json, trained, Map.of("step", kind(), "seed", Long.toString(seed)))
                            .ifPresent(reason -> {
                                throw diverged(reason);
                            });
                case TrainingOutcome.Diverged(String reason) -> throw diverged(reason);
            }
        }
    }

    private WorkFailure diverged(String reason) {
        return new WorkFailure("the backbone " + label + " diverged: " + reason
                + "; lower pretrain.learning_rate in the study file.");
    }
}
