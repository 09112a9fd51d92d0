package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.thalweg.data.ImageShape;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.ImageSize;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.study.StudyFile.Gpt2Sizes;
import org.thalweg.study.StudyFile.VitSizes;
import org.thalweg.study.TransformerStudy.ModelSizes;

/** What the models of a study start from. */
sealed interface Backbone {
    /**
     * A Vision Transformer of sizes that the file gives.
     *
     * @param sizes the sizes
     * @param images what it takes
     */
    record OfImages(VitSizes sizes, StudyData.Kind.Images images) implements Backbone {}

    /**
     * A GPT-2 of sizes that the file gives.
     *
     * @param sizes the sizes
     * @param texts what it takes
     */
    record OfTexts(Gpt2Sizes sizes, StudyData.Kind.Texts texts) implements Backbone {}

    /**
     * A model that is there already.
     *
     * @param model the model
     * @param kind what it takes
     */
    record Stored(BackboneDirectory model, StudyData.Kind kind) implements Backbone {}

    /**
     * The backbone of a study.
     *
     * @param study the file
     * @param data its data
     * @return what the file names
     */
    static Backbone of(StudyFile study, StudyData data) {
        if (data.backbone().isPresent()) {
            return new Stored(data.backbone().get(), data.kind());
        }
        return switch (data.kind()) {
            case StudyData.Kind.Images images -> new OfImages(study.vit().orElseThrow(), images);
            case StudyData.Kind.Texts texts -> new OfTexts(study.gpt2().orElseThrow(), texts);
        };
    }

    /** Hidden units of its feed-forward networks. */
    default int feedForward() {
        return switch (this) {
            case OfImages vit -> vit.sizes.feedForward();
            case OfTexts gpt2 -> gpt2.sizes.feedForward();
            case Stored stored -> stored.model.feedForward();
        };
    }

    /**
     * The configuration of the network without experts.
     *
     * @param layers how deep
     * @return a new {@code config.json}
     * @throws WrongUse when sizes do not fit the data, or a model that is there has another depth
     */
    default ObjectNode config(int layers) {
        return switch (this) {
            case OfImages(VitSizes sizes, StudyData.Kind.Images(ImageShape shape, int classes)) ->
                new VitConfig(new ImageSize(shape.channels(), shape.height(), shape.width()), sizes.patch(),
                        sizes.residual(), sizes.heads(), layers, sizes.feedForward(), classes, Optional.empty())
                        .toJson();
            case OfTexts(Gpt2Sizes sizes, StudyData.Kind.Texts texts) -> {
                ObjectNode config = TransformerFamily.GPT2.config(
                        new ModelSizes(sizes.residual(), layers, sizes.heads(), sizes.feedForward(), Optional.empty(),
                                Optional.of(texts.window()), Optional.empty(), Optional.empty(), Optional.empty(),
                                Optional.of(sizes.tied().orElse(true))),
                        texts.vocabulary());
                texts.classes().ifPresent(classes -> {
                    config.putArray("architectures").add("GPT2ForSequenceClassification");
                    config.put("num_labels", classes);
                });
                yield config;
            }
            case Stored(BackboneDirectory model, StudyData.Kind kind) -> {
                if (model.layers() != layers) {
                    throw new WrongUse("experiments.layers is " + layers + ", but the backbone " + model.directory()
                            + " has " + model.layers() + "; correct the study file.");
                }
                yield model.configFor(kind);
            }
        };
    }
}
