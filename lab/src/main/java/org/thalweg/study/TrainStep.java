package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.network.Network;
import org.thalweg.storage.DurableFile;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Augmentation;
import org.thalweg.training.Trainer;
import org.thalweg.training.TrainingOutcome;
import org.thalweg.training.TrainingPlan;

/**
 * Trains a whole Transformer from random weights: one replica, written as a stock directory. Replicas differ in their
 * seed, hence in initial weights, order of batches and changes of images, and in nothing else.
 *
 * @param label for example {@code gpt2-tiny-shakespeare-r0}
 * @param family of the network
 * @param config its {@code config.json}
 * @param plan how to train
 * @param patience looks at held-out examples without a better model after which it ends; 0 to keep the last model
 * @param lookEvery steps between two looks; 0 for an epoch
 * @param seed of all that is random
 */
record TrainStep(
        String label, TransformerFamily family, String config, TrainingPlan plan, int patience, long lookEvery,
        long seed) implements Step {
    @Override
    public String kind() {
        return "train";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        ObjectNode content = TrainedModel.content(label, config, plan, seed);
        return content.put("family", family.label()).put("patience", patience).put("look_every", lookEvery);
    }

    @Override
    public long work(StepData data) {
        return TrainedModel.work(plan, data);
    }

    @Override
    public void run(StepContext context) throws IOException {
        try (Scope scope = Scope.open()) {
            TransformerData data = (TransformerData) context.data();
            ObjectNode json = TrainedModel.config(config);
            Network network = TransformerFamily.network(json);
            Trainer trainer = new Precautions(Augmentation.NONE, 0, 0, patience, lookEvery)
                    .trainer(network, context, plan, seed);
            TrainingOutcome outcome = trainer.train(
                    family.initial(network).draw(network, Random.childSeed(seed, "initial weights")),
                    name -> true,
                    Optional.of(context.snapshots()),
                    context.trainingMonitor(TrainedModel.workPerStep(plan)));
            switch (outcome) {
                case TrainingOutcome.Trained trained -> {
                    EvaluationSet test = new EvaluationSet(0, data.test().inOrder(data.evaluationBatch()));
                    EvaluationSet.Score score = test.score(network, trained.parameters());
                    if (Double.isFinite(score.loss())) {
                        TrainedModel.write(context, json,
                                new TrainedModel.Result(family.stock(trained.parameters()), trained, score),
                                Map.of("step", kind(), "seed", Long.toString(seed)));
                        writeTokenizer(context, data);
                    } else {
                        writeDiverged(context, "its test loss is " + score.loss());
                    }
                }
                case TrainingOutcome.Diverged(String reason) -> writeDiverged(context, reason);
            }
        }
    }

    /** Writes the tokenizer of a text whose tokens are characters. */
    static void writeTokenizer(StepContext context, TransformerData data) {
        data.corpus().flatMap(corpus -> corpus.tokenizer())
                .ifPresent(text -> DurableFile.writeText(context.output().resolve("tokenizer.json"), text));
    }

    private void writeDiverged(StepContext context, String reason) {
        TrainedModel.writeDiverged(context, "replica " + label + " diverged: " + reason + ".");
    }
}
