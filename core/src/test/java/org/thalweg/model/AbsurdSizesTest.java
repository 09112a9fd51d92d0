package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** A number in a configuration that is absurd costs neither time nor memory, whatever it counts. */
class AbsurdSizesTest {
    private static final long MOST_BYTES = 200_000_000;
    private static final long MOST_NANOSECONDS = 5_000_000_000L;
    private static final List<JsonNode> ABSURD = List.of(
            IntNode.valueOf(1 << 17), IntNode.valueOf(1 << 20), IntNode.valueOf(1 << 24),
            IntNode.valueOf(Integer.MAX_VALUE), LongNode.valueOf(1L << 40), IntNode.valueOf(-1), IntNode.valueOf(0),
            DoubleNode.valueOf(1.5), TextNode.valueOf("x"), NullNode.instance);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path directory;

    static Stream<SmallModels.Small> models() {
        return SmallModels.all();
    }

    /** Where whole numbers stand, and a field that some models leave out. */
    private static List<String> places(String object, JsonNode node) {
        List<String> found = new ArrayList<>();
        node.properties().forEach(entry -> {
            String path = object + "/" + entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isIntegralNumber()) {
                found.add(path);
            } else if (value instanceof ObjectNode) {
                found.addAll(places(path, value));
            } else if (value instanceof ArrayNode array && !array.isEmpty() && array.get(0).isIntegralNumber()) {
                found.add(path + "/0");
            }
        });
        if (node.has("hidden_size") && !node.has("head_dim")) {
            found.add(object + "/head_dim");
        }
        return found;
    }

    private static ObjectNode changed(ObjectNode config, String path, JsonNode value) {
        ObjectNode changed = config.deepCopy();
        String key = path.substring(path.lastIndexOf('/') + 1);
        switch (changed.at(path.substring(0, path.lastIndexOf('/')))) {
            case ArrayNode array -> array.set(Integer.parseInt(key), value);
            case ObjectNode object -> object.set(key, value);
            default -> throw new AssertionError(path);
        }
        return changed;
    }

    /** Whether the model opens, and if it does and computes something, whether it equals itself. */
    private static String answer(Path place) {
        try {
            ModelDirectory model = ModelDirectory.open(place);
            if (NetworkOrReason.of(model).network().isPresent()) {
                new FunctionComparison(1e-4, 1, 1).compare(model, model);
            }
            return "opened";
        } catch (WorkFailure | WrongUse refused) {
            return refused.getMessage();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void anAbsurdSizeIsAnsweredAtOnce(SmallModels.Small small) throws IOException {
        Path place = directory.resolve("model");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, small.config(), small.weights().apply(Random.seeded(1)), Map.of());
        }
        int refused = 0;
        for (String path : places("", small.config())) {
            for (JsonNode value : ABSURD) {
                Files.writeString(place.resolve("config.json"), changed(small.config(), path, value).toString());
                long bytes = THREADS.getCurrentThreadAllocatedBytes();
                long time = THREADS.getCurrentThreadCpuTime();
                String answer = answer(place);
                assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes)
                        .as("bytes for %s of %s: %s", path, value, answer).isLessThan(MOST_BYTES);
                assertThat(THREADS.getCurrentThreadCpuTime() - time)
                        .as("nanoseconds for %s of %s: %s", path, value, answer).isLessThan(MOST_NANOSECONDS);
                refused += answer.equals("opened") ? 0 : 1;
            }
        }
        assertThat(refused).isPositive();
    }
}
