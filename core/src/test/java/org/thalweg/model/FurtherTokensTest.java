package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.SmallConfigs;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Layers that predict further tokens (arXiv 2412.19437, section 2.2) move with the stream that they read. */
class FurtherTokensTest {
    private static final double EPSILON = 1e-5;

    @TempDir
    private Path directory;

    static Stream<SmallModels.Small> models() {
        return SmallModels.furtherTokens();
    }

    private static int depth(SmallModels.Small small) {
        return small.config().get("num_hidden_layers").intValue();
    }

    /** Logits of the token after the next one, with embedding and head either shared or the layer's own. */
    private static Tensor further(SmallModels.Small small, Parameters model, boolean own) {
        int depth = depth(small);
        ObjectNode config = small.config().deepCopy().put("num_hidden_layers", depth + 1);
        Decoder deeper = (Decoder) SmallConfigs.network(config);
        String layer = "model.layers." + depth + ".";
        Tensor text = Random.seeded(5).normal(DType.FLOAT64, 24, 9).multiply(4); // [batch tokens+1]
        long[] tokens = Arrays.stream(text.toDoubles()).mapToLong(x -> Math.floorMod(Math.round(x), 13)).toArray();
        Tensor all = Tensor.of(tokens, 24, 9);
        Tensor ids = all.narrow(1, 0, 8).contiguous();
        Tensor next = all.narrow(1, 1, 8).contiguous().reshape(-1);
        Tensor stream = norm(model, "model.norm.weight", deeper.run(model, ids, 0, 2 * depth + 1));
        Tensor embedded = model.get(own ? layer + "embed_tokens.weight" : "model.embed_tokens.weight")
                .indexSelect(0, next).reshape(24, 8, 16);
        Tensor both = Tensor.concatenate(List.of(
                norm(model, layer + "enorm.weight", embedded), norm(model, layer + "hnorm.weight", stream)), 2);
        Tensor entered = both.matmul(model.get(layer + "eh_proj.weight").transpose(0, 1));
        Tensor out = deeper.run(model, entered, 2 * depth + 1, 2 * depth + 3);
        return norm(model, layer + "shared_head.norm.weight", out)
                .matmul(model.get(own ? layer + "shared_head.head.weight" : "lm_head.weight").transpose(0, 1));
    }

    private static Tensor norm(Parameters model, String gain, Tensor x) {
        return Functions.rmsNorm(x, EPSILON).multiply(model.get(gain));
    }

    private static double change(Tensor one, Tensor other) {
        return one.subtract(other).abs().max() / one.abs().max();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void theTokenAfterTheNextStaysTheSameAndNoTensorOfTheLayerMayBeLeftOut(SmallModels.Small small) {
        try (Scope scope = Scope.open()) {
            Parameters model = small.weights().apply(Random.seeded(3)).to(DType.FLOAT64);
            Architecture architecture = SmallConfigs.architecture(small.config(), model);
            boolean repeats = model.contains("model.layers." + depth(small) + ".embed_tokens.weight");
            Parameters moved = architecture.random(Random.seeded(4)).apply(model);
            Tensor expected = further(small, model, false);
            assertThat(change(expected, further(small, moved, false))).isLessThan(1e-10);
            if (repeats) {
                assertThat(change(expected, further(small, moved, true))).isLessThan(1e-10);
            }
            Set<String> withoutEffect = new LinkedHashSet<>();
            for (String name : model.names()) {
                boolean own = name.matches(".*(shared_head\\.head|layers\\.\\d+\\.embed_tokens)\\.weight");
                Parameters without = moved.with(Parameters.of(Map.of(name, model.get(name))));
                if (name.startsWith("model.layers." + depth(small) + ".")
                        && change(expected, further(
                                small, moved.with(Parameters.of(Map.of(name, model.get(name)))), own)) < 1e-6) {
                    withoutEffect.add(name);
                }
            }
            assertThat(withoutEffect).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void theComparisonNamesTheLayerAndNothingElse(SmallModels.Small small) {
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory.resolve("a"), small.config(), small.weights().apply(Random.seeded(3)), Map.of());
        }
        assertThat(NotCompared.tensors(ModelDirectory.open(directory.resolve("a"))))
                .containsExactly("model.layers." + depth(small) + ".*");
    }
}
