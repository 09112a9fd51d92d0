package org.thalweg.network.decoder;

import org.thalweg.network.MoeLayer;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** The feed-forward sublayer of a decoder, dense or with experts, without norm and residual connection. */
final class FeedForwardLayer {
    private FeedForwardLayer() {}

    static Tensor forward(LayerTensors layer, Tensor x) {
        if (!layer.plan().sparse()) {
            return dense(layer, x);
        }
        Tensor tokens = x.reshape(-1, x.length(2)); // [batch*tokens residual]
        if (layer.config().moe().isPresent()) {
            String prefix = layer.decoder().names().weight(Role.MOE, layer.layer(), 0);
            return MoeLayer.forward(layer.config().moe().get(), layer.parameters(), prefix, tokens).reshape(x.shape());
        }
        Tensor logits = layer.linear(Role.ROUTER, tokens); // [batch*tokens experts]
        Tensor routed = routed(layer, tokens, Routing.of(layer, logits));
        Tensor sum = layer.config().sparseExperts().shared()
                .map(shared -> routed.add(shared(layer, shared, tokens)))
                .orElse(routed);
        return sum.reshape(x.shape());
    }

    private static Tensor dense(LayerTensors layer, Tensor x) {
        Tensor up = layer.linear(Role.UP, x); // [batch tokens width]
        Tensor hidden = switch (layer.config().dense().units()) {
            case HiddenUnits.Plain(UnitFunction function) -> function.apply(up);
            case HiddenUnits.Gated gated -> gated.combine(layer.linear(Role.GATE, x), up);
            case HiddenUnits.ClampedGated clamped -> clamped.combine(layer.linear(Role.GATE, x), up);
        };
        return layer.linear(Role.DOWN, hidden);
    }

    private static Tensor shared(LayerTensors layer, Experts.Shared shared, Tensor x) {
        Tensor hidden = layer.config().sparseExperts().units()
                .combine(layer.linear(Role.SHARED_GATE, x), layer.linear(Role.SHARED_UP, x)); // [tokens width]
        Tensor output = layer.linear(Role.SHARED_DOWN, hidden); // [tokens residual]
        return shared.weighed()
                ? output.multiply(Functions.sigmoid(layer.linear(Role.SHARED_SWITCH, x))) : output;
    }

    private static Tensor routed(LayerTensors layer, Tensor x, Routing routing) {
        Experts experts = layer.config().sparseExperts();
        boolean onInput = experts.router() instanceof Router.SigmoidOnInput;
        long slots = routing.chosen().length(1);
        Tensor chosen = routing.chosen().reshape(-1); // [tokens*selected]
        Tensor weights = routing.weights().reshape(-1, 1); // [tokens*selected 1]
        Tensor sum = Tensor.zeros(x.dtype(), x.shape()); // [tokens residual]
        for (int e = 0; e < experts.count(); e++) {
            Tensor slot = chosen.equalTo(e).nonZero(); // [used]
            if (slot.size() == 0) {
                continue;
            }
            Tensor token = slots == 1 ? slot : slot.floorDivide(slots); // [used]
            Tensor input = x.indexSelect(0, token); // [used residual]
            Tensor weight = weights.indexSelect(0, slot); // [used 1]
            LayerTensors.Expert expert = layer.expert(e);
            Tensor output = onInput
                    ? run(experts.units(), expert, input.multiply(weight))
                    : run(experts.units(), expert, input).multiply(weight);
            sum = sum.indexAdd(0, token, output);
        }
        return sum;
    }

    private static Tensor run(HiddenUnits units, LayerTensors.Expert expert, Tensor x) {
        Tensor up = expert.up().apply(x); // [used width]
        Tensor hidden = switch (units) {
            case HiddenUnits.Plain(UnitFunction function) -> function.apply(up);
            case HiddenUnits.Gated gated -> gated.combine(expert.gate().apply(x), up);
            case HiddenUnits.ClampedGated clamped -> clamped.combine(expert.gate().apply(x), up);
        };
        return expert.down().apply(hidden);
    }
}
