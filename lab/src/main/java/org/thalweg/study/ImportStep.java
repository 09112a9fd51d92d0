package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.InitialWeights;

/**
 * Reads the backbone from a directory: float32, by the names of the family's specification, and with a new head where
 * the data's classes are others.
 *
 * @param directory of a stock ViT or GPT-2
 * @param digest of its configuration and weights, in hexadecimal digits
 * @param config the {@code config.json} of the network for the data
 * @param seed of a new head
 */
public record ImportStep(String directory, String digest, String config, long seed) implements Step {
    @Override
    public String kind() {
        return "import";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        return JsonNodeFactory.instance.objectNode().put("directory", directory).put("digest", digest)
                .put("seed", seed).set("config", TrainedModel.config(config));
    }

    @Override
    public String label() {
        return "backbone";
    }

    @Override
    public long work(StepData data) {
        return 1;
    }

    @Override
    public void run(StepContext context) throws IOException {
        Path place = Path.of(directory);
        BackboneDirectory found = BackboneDirectory.open(place);
        if (!found.digest().hex().equals(digest)) {
            throw new WorkFailure("the files in " + directory
                    + " have changed since the study was begun; begin again.");
        }
        ObjectNode json = TrainedModel.config(config);
        List<String> fresh = found.newTensors(json);
        try (Scope scope = Scope.open()) {
            Network network = StudyNetwork.of(json).network();
            Parameters stored = ModelDirectory.open(place).load().to(DType.FLOAT32);
            Parameters drawn = fresh.isEmpty() ? Parameters.of(Map.of()) : InitialWeights.alike()
                    .draw(network, Random.childSeed(seed, "initialisation"));
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            network.tensors().keySet().forEach(name ->
                    tensors.put(name, fresh.contains(name) ? drawn.get(name) : stored.get(name)));
            Parameters all = Parameters.of(tensors);
            Checkpoint.requireFinite(directory, all);
            TrainedModel.writeModel(context.output(), json, all,
                    Map.of("step", kind(), "seed", Long.toString(seed)));
        }
    }
}
