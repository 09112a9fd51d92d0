package org.thalweg.network.decoder;

import java.util.Optional;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/** One layer's tensors by role, whatever the family calls them and however it lays them out. */
record LayerTensors(Decoder decoder, Parameters parameters, int layer) {
    /** One expert's maps, [width residual], [width residual] and [residual width], with biases where there are any. */
    record Expert(Map gate, Map up, Map down) {}

    /** A linear map: weight [out in] and bias [out]. */
    record Map(Tensor weight, Optional<Tensor> bias) {
        Tensor apply(Tensor x) {
            return Functions.linear(x, weight, bias);
        }
    }

    DecoderConfig config() {
        return decoder.config();
    }

    LayerPlan plan() {
        return config().layers().get(layer);
    }

    boolean has(Role role) {
        return decoder.names().has(role) && decoder.reads(decoder.names().weight(role, layer, 0));
    }

    Tensor weight(Role role) {
        return parameters.get(decoder.names().weight(role, layer, 0));
    }

    Tensor linear(Role role, Tensor x) {
        return map(role, 0).apply(x);
    }

    /** A norm of the model's kind. */
    Tensor norm(Role role, Tensor x) {
        Norm norm = config().norm();
        if (norm.centred()) {
            String name = decoder.names().weight(role, layer, 0);
            return Functions.layerNorm(
                    x, parameters.get(name), parameters.get(TensorNames.biasOf(name)), norm.epsilon());
        }
        Tensor scaled = rmsNorm(role, x, norm.epsilon());
        return norm.shifted()
                ? scaled.add(parameters.get(TensorNames.biasOf(decoder.names().weight(role, layer, 0))))
                : scaled;
    }

    Tensor rmsNorm(Role role, Tensor x, double epsilon) {
        return Functions.rmsNorm(x, epsilon).multiply(weight(role));
    }

    Expert expert(int expert) {
        int width = config().sparseExperts().width();
        return switch (decoder.names().experts()) {
            case ONE_EACH -> {
                Map up = map(Role.EXPERT_UP, expert);
                boolean gated = config().sparseExperts().units().gated();
                yield new Expert(gated ? map(Role.EXPERT_GATE, expert) : up, up, map(Role.EXPERT_DOWN, expert));
            }
            case FUSED_ROWS -> halves(fused(Role.EXPERTS_GATE_UP, expert, false), expert, width);
            case FUSED_COLUMNS -> halves(fused(Role.EXPERTS_GATE_UP, expert, true), expert, width);
            case FUSED_ALTERNATING -> {
                Map both = fused(Role.EXPERTS_GATE_UP, expert, true);
                yield new Expert(
                        alternate(both, 0), alternate(both, 1), fused(Role.EXPERTS_DOWN, expert, true));
            }
        };
    }

    private Expert halves(Map both, int expert, int width) {
        boolean columns = decoder.names().experts() == ExpertLayout.FUSED_COLUMNS;
        return new Expert(half(both, 0, width), half(both, width, width), fused(Role.EXPERTS_DOWN, expert, columns));
    }

    private static Map half(Map both, int start, int width) {
        return new Map(both.weight.narrow(0, start, width), both.bias.map(bias -> bias.narrow(0, start, width)));
    }

    private static Map alternate(Map both, int which) {
        long in = both.weight.length(1);
        return new Map(
                both.weight.reshape(-1, 2, in).select(1, which),
                both.bias.map(bias -> bias.reshape(-1, 2).select(1, which)));
    }

    private Map fused(Role role, int expert, boolean inputsFirst) {
        String name = decoder.names().weight(role, layer, 0);
        Tensor slice = parameters.get(name).select(0, expert);
        return new Map(
                inputsFirst ? slice.transpose(0, 1) : slice, bias(name).map(biases -> biases.select(0, expert)));
    }

    private Map map(Role role, int expert) {
        String name = decoder.names().weight(role, layer, expert);
        Tensor weight = parameters.get(name);
        return new Map(decoder.names().inputsFirst(role) ? weight.transpose(0, 1) : weight, bias(name));
    }

    private Optional<Tensor> bias(String weight) {
        String name = TensorNames.biasOf(weight);
        return decoder.reads(name) ? Optional.of(parameters.get(name)) : Optional.empty();
    }
}
