package org.thalweg.family;

import java.util.List;
import java.util.Set;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;

/** The object {@code moe} in the configurations of models with Mixture-of-Experts layers of ours. */
final class StudyMoeFields {
    private static final int MOST_MAPS = 64;

    private StudyMoeFields() {}

    /**
     * Reads what {@link VitConfig.MoeLayers#toJson} writes.
     *
     * @param fields the object
     * @param tensors names of the model's tensors; they show whether gates have biases
     * @return the layers
     */
    static VitConfig.MoeLayers read(ConfigFields fields, Set<String> tensors) {
        List<Integer> layers = fields.numbers("layers");
        List<Integer> hidden = fields.numbers("expert_hidden_sizes");
        if (layers.isEmpty() || hidden.isEmpty()) {
            throw fields.wrong(
                    layers.isEmpty() ? "layers" : "expert_hidden_sizes", "an array of at least one whole number");
        }
        if (hidden.size() > MOST_MAPS) {
            throw fields.wrong("expert_hidden_sizes", "an array of at most " + MOST_MAPS + " whole numbers");
        }
        Gating gating = switch (fields.word("gating", "")) {
            case "dense" -> new Gating.Dense();
            case "sparse" -> new Gating.Sparse(fields.size("num_experts_per_tok"));
            case "deepseek" -> new Gating.DeepSeek(
                    fields.size("num_experts_per_tok"), fields.count("n_shared_experts", 0));
            default -> throw fields.wrong("gating", "dense, sparse or deepseek");
        };
        UnitFunction function = switch (fields.word("expert_act", "")) {
            case "gelu" -> UnitFunction.GELU;
            case "relu" -> UnitFunction.RELU;
            default -> throw fields.wrong("expert_act", "gelu or relu");
        };
        boolean named = tensors.stream().anyMatch(name -> name.contains(".moe.gate."));
        boolean gateBias = !named || tensors.stream().anyMatch(name -> name.endsWith(".moe.gate.bias"));
        return new VitConfig.MoeLayers(
                layers, new MoeConfig(fields.size("num_experts"), gating, hidden, function), gateBias);
    }
}
