package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.Optional;
import org.thalweg.network.Network;
import org.thalweg.network.vit.Vit;
import org.thalweg.tensor.Random;
import org.thalweg.training.Augmentation;
import org.thalweg.training.EarlyStopping;
import org.thalweg.training.PrefixRoom;
import org.thalweg.training.Trainer;
import org.thalweg.training.TrainingExamples;
import org.thalweg.training.TrainingPlan;

/**
 * What a training does against overfitting.
 *
 * @param augmentation how images are changed, where the data set does not say
 * @param heldOut share of the images that is held out, where the data set holds out none
 * @param split seed of the choice of these
 * @param patience looks at held-out examples without a better model after which it ends; 0 to keep the last model
 * @param lookEvery steps between two looks; 0 for an epoch
 */
public record Precautions(Augmentation augmentation, double heldOut, long split, int patience, long lookEvery)
        implements Serializable {
    /** None. */
    public static final Precautions NONE = new Precautions(Augmentation.NONE, 0, 0, 0, 0);

    /** States what differs from none, so that steps without precautions state what they always did. */
    ObjectNode addTo(ObjectNode content) {
        if (augmentation.padding() != 0) {
            content.put("padding", augmentation.padding());
        }
        if (augmentation.flip()) {
            content.put("flip", true);
        }
        if (augmentation.jitter() != 0) {
            content.put("jitter", augmentation.jitter());
        }
        if (heldOut != 0) {
            content.put("held_out", heldOut);
        }
        if (split != 0) {
            content.put("split", split);
        }
        if (patience != 0) {
            content.put("patience", patience);
        }
        if (lookEvery != 0) {
            content.put("look_every", lookEvery);
        }
        return content;
    }

    /**
     * A trainer on the data of a step.
     *
     * @param network what is trained
     * @param context of the step
     * @param plan how
     * @param seed of the step; that of the batches follows from it
     * @return the trainer
     */
    Trainer trainer(Network network, StepContext context, TrainingPlan plan, long seed) {
        TrainingExamples examples = switch (context.examples()) {
            case StudyData data -> TrainingExamples.of(data.train(), augmentation, heldOut, split);
            case TransformerData data -> new TrainingExamples(data.train(), data.heldOut());
        };
        int batch = context.examples().evaluationBatch();
        long epoch = Math.ceilDiv(examples.train().size(), plan.batch());
        Optional<EarlyStopping> stopping = examples.heldOut().filter(_ -> patience > 0).map(some ->
                new EarlyStopping(some, lookEvery == 0 ? epoch : lookEvery, patience, batch));
        return new Trainer(network, examples.train(), plan, Random.childSeed(seed, "batch order"), stopping,
                new PrefixRoom(context.prefixes(), named(network, context.data())), context.device());
    }

    /** The same for trainings whose frozen stages make the same of their examples when their tensors are the same. */
    private String named(Network network, StepData data) {
        Object sizes = network instanceof Vit vit
                ? new Vit(vit.config().withoutExperts(), vit.names(), vit.centred(), vit.wider())
                : network.configuration();
        return String.join(" ", data.digest().hex(), augmentation.toString(), Double.toString(heldOut),
                Long.toString(split), sizes.toString());
    }
}
