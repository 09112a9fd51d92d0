package org.thalweg.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.data.ImageShape;
import org.thalweg.data.TokenRule;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.Network;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.vit.Vit;
import org.thalweg.storage.Digest;
import org.thalweg.storage.InputFile;
import org.thalweg.storage.MalformedJson;

/**
 * A stock ViT or GPT-2 of Hugging Face's layout that a study puts experts into.
 *
 * @param directory where it is
 * @param config its {@code config.json}
 * @param shapes of its tensors, by the names of the family's specification
 * @param digest of configuration and weights
 */
public record BackboneDirectory(Path directory, String config, Map<String, List<Long>> shapes, Digest digest) {
    private static final String PREPROCESSOR = "preprocessor_config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final int LARGEST_PREPROCESSOR = 1 << 20;
    private static final int GPT2_TOKENS = 50_257;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the map. */
    public BackboneDirectory {
        shapes = Map.copyOf(shapes);
    }

    /**
     * Opens a directory: configuration and headers are read, weights digested.
     *
     * @param directory the directory
     * @return the backbone
     * @throws WorkFailure when files are missing or damaged, or it is neither a ViT nor a GPT-2 without experts
     */
    public static BackboneDirectory open(Path directory) {
        ModelDirectory model = ModelDirectory.open(directory);
        if (!List.of("vit", "gpt2").contains(model.family())) {
            throw new WorkFailure(directory + " is of the family '" + model.family()
                    + "', expected vit or gpt2, into which studies put experts; choose another backbone.");
        }
        Checkpoint checkpoint = model.checkpoint();
        StringBuilder content = new StringBuilder(checkpoint.config().toString());
        checkpoint.tensors().keySet().stream().map(checkpoint::fileOf).distinct().sorted().forEach(file ->
                content.append('\n').append(file.getFileName()).append(' ').append(Digest.ofFile(file).hex()));
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        model.tensors().forEach((name, layout) ->
                shapes.put(name, Arrays.stream(layout.shape()).boxed().toList()));
        return new BackboneDirectory(directory, checkpoint.config().toString(), shapes,
                Digest.ofText(content.toString()));
    }

    private Network network() {
        return ModelDirectory.open(directory).network().orElseThrow();
    }

    /** Whether it takes texts. */
    boolean isOfTexts() {
        return network() instanceof Decoder;
    }

    /** Pixels of a side of the square images that it takes; nothing where it takes others. */
    Optional<Integer> side() {
        return network() instanceof Vit vit && vit.config().image().height() == vit.config().image().width()
                ? Optional.of(vit.config().image().height()) : Optional.empty();
    }

    /** Layers. */
    int layers() {
        return network() instanceof Vit vit ? vit.config().layers() : decoder().config().layers().size();
    }

    /** Hidden units of its feed-forward networks. */
    int feedForward() {
        return network() instanceof Vit vit ? vit.config().feedForward() : decoder().config().dense().width();
    }

    private Decoder decoder() {
        return (Decoder) network();
    }

    /**
     * How images are prepared for it.
     *
     * @param images shape of the images that there are
     * @return as its {@code preprocessor_config.json} says
     * @throws WorkFailure when that is missing or asks for what is not done here, or images have other channels
     */
    ImagePreparation preparation(ImageShape images) {
        Path file = directory.resolve(PREPROCESSOR);
        if (!Files.exists(file)) {
            throw new WorkFailure(directory + " has no " + PREPROCESSOR + ", which says how images are scaled and "
                    + "normalised; get it from where the model came from.");
        }
        var size = ((Vit) network()).config().image();
        if (size.channels() != images.channels()) {
            throw new WorkFailure(directory + " takes images of " + size.channels() + " channels, but the data set's "
                    + "have " + images.channels() + "; choose another data set.");
        }
        try {
            if (!(JSON.readTree(InputFile.text(file, LARGEST_PREPROCESSOR)) instanceof ObjectNode fields)) {
                throw new WorkFailure(file + ": expected a JSON object; get the file again.");
            }
            return ImagePreparation.of(file.toString(), fields,
                    new ImageShape(size.channels(), size.height(), size.width()));
        } catch (JsonProcessingException malformed) {
            throw new WorkFailure(file + ": expected a JSON object, found '" + MalformedJson.reason(malformed)
                    + "' while reading; get the file again.", malformed);
        }
    }

    /**
     * What a token is.
     *
     * @return its {@code tokenizer.json}, or GPT-2's byte pairs for as many tokens as these are
     * @throws WorkFailure when it has neither
     */
    TokenRule tokens() {
        int vocabulary = decoder().config().embedding().vocabulary();
        Path file = directory.resolve(TOKENIZER);
        boolean stored = Files.exists(file);
        if (!stored && vocabulary != GPT2_TOKENS) {
            throw new WorkFailure(directory + " has no " + TOKENIZER + ", and its " + vocabulary
                    + " tokens are not the " + GPT2_TOKENS + " of GPT-2; get the file from where the model came from.");
        }
        return new TokenRule.Given(stored ? Optional.of(file) : Optional.empty(), vocabulary);
    }

    /**
     * Tokens that it sees at once.
     *
     * @param asked what the study asks for, if it does
     * @return that, or the longest text
     * @throws WrongUse when it is longer than the model's longest text
     */
    int window(Optional<Integer> asked) {
        int longest = decoder().config().embedding().positions().orElseThrow().longest();
        asked.filter(window -> window > longest).ifPresent(window -> {
            throw new WrongUse("texts.window is " + window + ", but " + directory + " has positions for " + longest
                    + " tokens; choose a smaller window.");
        });
        return asked.orElse(longest);
    }

    /**
     * The configuration of the same model with a head for some data, in float32.
     *
     * @param kind of the data
     * @return a new {@code config.json}
     */
    ObjectNode configFor(StudyData.Kind kind) {
        ObjectNode adapted = TrainedModel.config(config);
        adapted.remove(List.of("torch_dtype", "dtype"));
        switch (kind) {
            case StudyData.Kind.Images(ImageShape _, int classes) -> {
                boolean same = network() instanceof Vit vit && vit.config().details().head().isClassifier()
                        && vit.config().classes() == classes;
                if (!same) {
                    adapted.remove(List.of("id2label", "label2id"));
                    adapted.put("num_labels", classes);
                }
                adapted.putArray("architectures").add("ViTForImageClassification");
            }
            case StudyData.Kind.Texts texts -> {
                texts.classes().ifPresent(classes -> {
                    adapted.remove(List.of("id2label", "label2id"));
                    adapted.put("num_labels", classes);
                });
                adapted.putArray("architectures").add(
                        texts.classes().isPresent() ? "GPT2ForSequenceClassification" : "GPT2LMHeadModel");
            }
        }
        return adapted;
    }

    /**
     * Tensors of an adapted configuration that the directory has not, or has of another shape.
     *
     * @param adapted what {@link #configFor} gave; not changed
     * @return their names; none but those of the last stage, the head
     * @throws WorkFailure when another is missing
     */
    List<String> newTensors(ObjectNode adapted) {
        Network target = StudyNetwork.of(adapted).network();
        return target.tensors().values().stream()
                .filter(tensor -> !tensor.shape().equals(shapes.get(tensor.name())))
                .map(tensor -> {
                    if (tensor.stages().getFirst() < target.stages() - 1) {
                        throw new WorkFailure(directory + " lacks the tensor '" + tensor.name() + "' "
                                + tensor.shape() + "; choose another backbone.");
                    }
                    return tensor.name();
                })
                .toList();
    }
}
