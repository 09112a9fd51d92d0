package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.SmallConfigs;

/** Checkpoints with quantised weights. */
class QuantisedTensorsTest {
    private static final String DOWN = "model.layers.0.mlp.down_proj.weight";

    @TempDir
    private Path directory;

    private Path write(ObjectNode config, Map<String, TensorLayout> tensors) {
        Path place = directory.resolve("model" + tensors.size());
        CheckpointContent content = new CheckpointContent(config, Map.of(), tensors, (name, receiver) ->
                receiver.accept(MemorySegment.ofArray(new byte[(int) tensors.get(name).bytes()])));
        CheckpointWriter.write(place, content, CheckpointOptions.defaults());
        return place;
    }

    private static TensorLayout layout(ElementType type, long... shape) {
        return new TensorLayout(type, shape);
    }

    private static void refuses(Path place, String message) {
        assertThatThrownBy(() -> ModelDirectory.open(place)).isInstanceOf(WorkFailure.class)
                .hasMessage(place + ": " + message + ", and quantised weights are neither moved nor compared; "
                        + "dequantise the model to bfloat16 first and give that directory.");
    }

    @Test
    void eightBitFloatsAreNamed() {
        ObjectNode config = SmallConfigs.of("llama");
        config.putObject("quantization_config").put("quant_method", "fp8");
        Map<String, TensorLayout> tensors = new LinkedHashMap<>();
        tensors.put("model.norm.weight", layout(ElementType.BF16, 16));
        tensors.put(DOWN, layout(ElementType.F8_E4M3, 16, 10));
        tensors.put(DOWN + "_scale_inv", layout(ElementType.F32, 1, 1));
        refuses(write(config, tensors), "tensor '" + DOWN + "' is quantised (F8_E4M3, quant_method 'fp8')");
        refuses(write(SmallConfigs.of("llama"), Map.of(DOWN, layout(ElementType.F8_E5M2, 16, 10))),
                "tensor '" + DOWN + "' is quantised (F8_E5M2)");
    }

    @Test
    void packedFourBitFloatsAreNamed() {
        String experts = "model.layers.0.mlp.experts.gate_up_proj";
        refuses(write(SmallConfigs.of("gpt_oss"), Map.of(
                experts + "_blocks", layout(ElementType.U8, 4, 20, 2, 16),
                experts + "_scales", layout(ElementType.U8, 4, 20, 2))),
                "tensor '" + experts + "_blocks' is quantised (U8)");
    }

    @Test
    void wordsOfMlxAndCompressedTensorsAreNamed() {
        String map = "model.layers.0.mlp.down_proj";
        refuses(write(SmallConfigs.of("llama"), Map.of(
                map + ".weight", layout(ElementType.U32, 16, 2), map + ".scales", layout(ElementType.F16, 16, 1))),
                "tensor '" + map + ".weight' is quantised (U32)");
        refuses(write(SmallConfigs.of("llama"), Map.of(map + ".weight_packed", layout(ElementType.I32, 16, 2))),
                "tensor '" + map + ".weight_packed' is quantised (I32)");
    }

    @Test
    void packedIntegersAreNamed() {
        refuses(write(SmallConfigs.of("llama"), Map.of(
                "model.layers.0.mlp.down_proj.qweight", layout(ElementType.I32, 2, 10))),
                "tensor 'model.layers.0.mlp.down_proj.qweight' is quantised (I32)");
    }

    @Test
    void aConfigurationThatStillMentionsTheMethodIsNoReason() {
        ObjectNode config = SmallConfigs.of("llama").put("num_hidden_layers", 1);
        config.putObject("quantization_config").put("quant_method", "fp8");
        Path place = write(config, Map.of("model.norm.weight", layout(ElementType.BF16, 16)));
        assertThatThrownBy(() -> ModelDirectory.open(place)).satisfies(
                refused -> assertThat(refused.getMessage()).contains("is missing").doesNotContain("quantised"));
    }
}
