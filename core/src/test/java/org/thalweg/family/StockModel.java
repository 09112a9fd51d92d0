package org.thalweg.family;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A small model of random weights that a stock class wrote, beside inputs and what that class computes from them.
 *
 * @param directory among the test resources
 */
public record StockModel(Path directory) {
    /** All of them, by name. */
    public static List<StockModel> all() {
        try (Stream<Path> found = Files.list(Path.of(StockModel.class.getResource("stock").toURI()))) {
            return found.filter(Files::isDirectory).sorted().map(StockModel::new).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Those whose family is known here. */
    public static List<StockModel> known() {
        return all().stream().filter(model -> Families.named(model.family()).isPresent()).toList();
    }

    /** One of them. */
    public static StockModel named(String name) {
        return all().stream().filter(model -> model.toString().equals(name)).findFirst().orElseThrow();
    }

    /** The {@code model_type}. */
    public String family() {
        return Checkpoint.open(directory).config().get("model_type").textValue();
    }

    /** The stored tensors, by stored names, in float64. */
    public Parameters stored() {
        return Checkpoint.open(directory).load().to(DType.FLOAT64);
    }

    /** Writes these tensors with this configuration and opens what was written. */
    public ModelDirectory write(Path place, Parameters tensors) {
        Checkpoint.write(place, Checkpoint.open(directory).config(), tensors, Map.of());
        return ModelDirectory.open(place);
    }

    /** The inputs as networks take them. */
    public Tensor input() {
        try (SafetensorsFile file = open()) {
            if (file.tensors().containsKey("pixel_values")) {
                return file.read("pixel_values");
            }
            Tensor ids = file.read("input_ids");
            return file.tensors().containsKey("decoder_input_ids")
                    ? Tensor.stack(List.of(ids, file.read("decoder_input_ids")), 1) : ids;
        }
    }

    /** What the stock class computes from the inputs. */
    public Tensor expected() {
        try (SafetensorsFile file = open()) {
            return file.read("outputs");
        }
    }

    /** The largest difference of a model's outputs from the stock ones, divided by the largest of these. */
    public double differenceOf(ModelDirectory model) {
        return differenceOf(model.network().orElseThrow(), model);
    }

    private double differenceOf(Network network, ModelDirectory model) {
        try (Scope scope = Scope.open()) {
            Tensor expected = expected();
            Tensor found = network.forward(model.load().to(DType.FLOAT64), input());
            return found.reshape(expected.shape()).subtract(expected).abs().max() / expected.abs().max();
        }
    }

    private SafetensorsFile open() {
        return SafetensorsFile.open(directory.resolve("expected.safetensors"));
    }

    @Override
    public String toString() {
        return directory.getFileName().toString();
    }
}
