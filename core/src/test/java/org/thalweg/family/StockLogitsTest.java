package org.thalweg.family;


import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.thalweg.model.ModelDirectory;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class StockLogitsTest {
    @Test
    void all() throws IOException {
        Path root = Path.of("/work/shared/reference/hf-oracle");
        try (Stream<Path> all = Files.list(root)) {
            for (Path one : all.sorted().toList()) {
                String text;
                try (Scope scope = Scope.open()) {
                    ModelDirectory model = ModelDirectory.open(one);
                    JsonNode expected = new ObjectMapper().readTree(one.resolve("expected.json").toFile());
                    Tensor logits = model.network().orElseThrow().forward(
                            model.load().to(DType.FLOAT64), input(expected));
                    Tensor stock = numbers(expected.get("logits"));
                    double relative = logits.reshape(stock.shape()).subtract(stock).abs().max() / stock.abs().max();
                    text = String.format(Locale.ROOT, "%.2e", relative);
                } catch (RuntimeException e) {
                    text = e.toString();
                }
                System.out.println("ORACLE " + one.getFileName() + " " + text);
            }
        }
    }

    private static Tensor input(JsonNode expected) {
        if (expected.has("pixels")) {
            return numbers(expected.get("pixels"));
        }
        if (!expected.has("decoder_ids")) {
            return ids(expected.get("ids"));
        }
        Tensor decoder = ids(expected.get("decoder_ids"));
        return Tensor.stack(List.of(ids(expected.get("ids")).narrow(1, 0, decoder.length(1)), decoder), 1);
    }

    private static Tensor ids(JsonNode node) {
        return numbers(node).to(DType.INT64);
    }

    private static Tensor numbers(JsonNode node) {
        List<Long> shape = new ArrayList<>();
        for (JsonNode at = node; at.isArray(); at = at.get(0)) {
            shape.add((long) at.size());
        }
        List<Double> values = new ArrayList<>();
        collect(node, values);
        return Tensor.of(values.stream().mapToDouble(Double::doubleValue).toArray(),
                shape.stream().mapToLong(Long::longValue).toArray());
    }

    private static void collect(JsonNode node, List<Double> values) {
        if (node.isArray()) {
            node.forEach(child -> collect(child, values));
        } else {
            values.add(node.doubleValue());
        }
    }
}
