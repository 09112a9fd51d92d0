package org.thalweg.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;

/**
 * Weights stored as small integers or 8-bit floats with scales for blocks of them. A symmetry mixes or reorders what a
 * block holds, so such weights are neither moved nor compared. Told by types and names, without reading a tensor:
 * FP8 with {@code X_scale_inv} or {@code X_scale} (DeepSeek-V3 and others), MXFP4 with {@code X_blocks} and
 * {@code X_scales} (gpt-oss), GPTQ and AWQ ({@code qweight}), bitsandbytes ({@code X.absmax}, {@code X.SCB}),
 * compressed-tensors ({@code X.weight_packed}), MLX ({@code X.weight} of 32-bit words beside {@code X.scales}).
 */
final class QuantisedTensors {
    private static final List<String> PACKED =
            List.of(".qweight", ".absmax", ".SCB", ".weight_packed", ".weight_zero_point");

    private QuantisedTensors() {}

    /** Refuses a checkpoint that has such a tensor, naming it. */
    static void refuse(Checkpoint checkpoint) {
        Map<String, TensorLayout> tensors = checkpoint.tensors();
        Optional<String> first = tensors.keySet().stream().filter(name -> isQuantised(name, tensors)).findFirst();
        first.ifPresent(name -> {
            JsonNode method = checkpoint.config().path("quantization_config").path("quant_method");
            throw new WorkFailure("tensor '" + name + "' is quantised (" + tensors.get(name).type()
                    + (method.isTextual() ? ", quant_method '" + method.textValue() + "'" : "")
                    + "), and quantised weights are neither moved nor compared; dequantise the model to bfloat16 first"
                    + " and give that directory.");
        });
    }

    private static boolean isQuantised(String name, Map<String, TensorLayout> tensors) {
        TensorLayout layout = tensors.get(name);
        boolean blocks = layout.type() == ElementType.U8 && name.endsWith("_blocks")
                && tensors.containsKey(name.substring(0, name.length() - "blocks".length()) + "scales");
        boolean scaled = tensors.containsKey(name + "_scale_inv");
        String end = ".weight";
        boolean mlx = layout.type() == ElementType.U32 && name.endsWith(end)
                && tensors.containsKey(name.substring(0, name.length() - end.length()) + ".scales");
        return blocks || scaled || mlx || small(layout.type()) || PACKED.stream().anyMatch(name::endsWith);
    }

    private static boolean small(ElementType type) {
        return switch (type) {
            case F8_E5M2, F8_E4M3, F8_E5M2FNUZ, F8_E4M3FNUZ, F8_E8M0, F6_E2M3, F6_E3M2, F4, I8 -> true;
            case F64, F32, F16, BF16, I64, I32, U8, BOOL, I16, U64, U32, U16, C64 -> false;
        };
    }
}
