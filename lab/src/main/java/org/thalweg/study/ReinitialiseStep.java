package org.thalweg.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.Network;
import org.thalweg.results.ReinitialisedModel;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.training.TrainingOutcome;
import org.thalweg.training.TrainingPlan;

/**
 * Draws the feed-forward network of one layer of a trained model anew, measures the model, trains that network alone
 * with all else frozen, and measures again: one replica, written as a stock directory. Replicas of one layer differ in
 * their seed, hence in the weights drawn and the order of batches, and in nothing else.
 *
 * @param label for example {@code gpt2-tiny-shakespeare-l1-r0}
 * @param family of the network
 * @param layer counted from 0
 * @param plan how the feed-forward network is trained
 * @param precautions against overfitting
 * @param seed of all that is random
 */
record ReinitialiseStep(
        String label, TransformerFamily family, int layer, TrainingPlan plan, Precautions precautions, long seed)
        implements Step {
    private static final String NOTES = "reinitialised.json";
    private static final int LARGEST_NOTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String kind() {
        return "reinitialise";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        return precautions.addTo(TrainedModel.content(label, "{}", plan, seed))
                .put("family", family.label()).put("layer", layer);
    }

    @Override
    public long work(StepData data) {
        return TrainedModel.work(plan, data) + 2L * ExampleData.of(data).test().size();
    }

    @Override
    public void run(StepContext context) throws IOException {
        Path trained = context.inputs().getFirst();
        Optional<String> diverged = TrainedModel.notes(trained).diverged();
        if (diverged.isPresent()) {
            TrainedModel.writeDiverged(context, diverged.get());
            return;
        }
        try (Scope scope = Scope.open()) {
            ModelDirectory model = ModelDirectory.open(trained);
            Network network = model.network().orElseThrow();
            Set<String> names = family.feedForward(network, layer);
            Parameters start = model.load().with(family.initial(network)
                    .draw(network, Random.childSeed(seed, "initial weights")).filter(names::contains));
            EvaluationSet test = test(context, network, start, names);
            EvaluationSet.Score before = test.score(network, start);
            TrainingOutcome outcome = precautions.trainer(network, context, plan, seed).train(start, names::contains,
                    Optional.of(context.snapshots()), context.trainingMonitor(TrainedModel.workPerStep(plan)));
            switch (outcome) {
                case TrainingOutcome.Trained done -> {
                    EvaluationSet.Score after = test.score(network, done.parameters());
                    if (Double.isFinite(before.loss()) && Double.isFinite(after.loss())) {
                        TrainedModel.write(context, model.checkpoint().config(),
                                new TrainedModel.Result(family.stock(done.parameters()), done, after),
                                Map.of("step", kind(), "seed", Long.toString(seed)));
                        TrainStep.writeTokenizer(context, (TransformerData) context.data());
                        write(context, before);
                    } else {
                        writeDiverged(context, "its test loss is " + before.loss() + " before and " + after.loss()
                                + " after its training");
                    }
                }
                case TrainingOutcome.Diverged(String reason) -> writeDiverged(context, reason);
            }
        }
    }

    /** The test set as the feed-forward network takes it: the stages in front of it are the same before and after. */
    private static EvaluationSet test(StepContext context, Network network, Parameters start, Set<String> names) {
        TransformerData data = (TransformerData) context.data();
        List<EvaluationSet.Batch> inputs = data.test().inOrder(data.evaluationBatch());
        return EvaluationSet.advance(network, start, inputs,
                names.stream().mapToInt(network::stageOf).min().orElseThrow());
    }

    private static void write(StepContext context, EvaluationSet.Score before) {
        DurableFile.writeText(context.output().resolve(NOTES), JSON.createObjectNode()
                .put("loss", before.loss()).put("accuracy", before.accuracy()).toPrettyString() + "\n");
    }

    private void writeDiverged(StepContext context, String reason) {
        TrainedModel.writeDiverged(context, "replica " + label + " diverged: " + reason + ".");
    }

    /**
     * What a finished step came to.
     *
     * @param directory of the artifact
     * @param place which model
     * @param checkpoint its directory, relative to the run's
     * @return the replica
     */
    static ReinitialisedModel read(Path directory, ReinitialisedModel.Place place, String checkpoint) {
        TrainedModel.Notes notes = TrainedModel.notes(directory);
        if (notes.diverged().isPresent()) {
            return ReinitialisedModel.diverged(place, notes.diverged().get());
        }
        try {
            ObjectNode before =
                    (ObjectNode) JSON.readTree(InputFile.text(directory.resolve(NOTES), LARGEST_NOTES));
            return ReinitialisedModel.of(place,
                    new ReinitialisedModel.Scores(
                            before.path("loss").asDouble(Double.NaN), before.path("accuracy").asDouble(Double.NaN)),
                    new ReinitialisedModel.Scores(notes.testLoss(), notes.testAccuracy()), checkpoint);
        } catch (IOException refused) {
            throw InputFile.unreadable(directory.resolve(NOTES), refused);
        }
    }
}
