package org.thalweg.family;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.network.moe.Router;
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
        Gating gating = gating(fields, hidden.getFirst());
        UnitFunction function = function(fields, gating);
        boolean named = tensors.stream().anyMatch(name -> name.contains(".moe.gate."));
        boolean gateBias = named
                ? tensors.stream().anyMatch(name -> name.endsWith(".moe.gate.bias")) : gating.hasBias();
        return new VitConfig.MoeLayers(
                layers, new MoeConfig(fields.size("num_experts"), gating, hidden, function), gateBias);
    }

    private static Gating gating(ConfigFields fields, int width) {
        return switch (fields.word("gating", "")) {
            case "dense" -> new Gating.Dense();
            case "sparse" -> new Gating.Sparse(fields.size("num_experts_per_tok"));
            case "deepseek" -> new Gating.DeepSeek(
                    fields.size("num_experts_per_tok"), fields.count("n_shared_experts", 0));
            case String name -> published(fields, MoeModel.named(name).orElseThrow(() -> fields.wrong(
                    "gating", "one of dense, sparse, deepseek, " + String.join(", ", MoeModel.labels()))), width);
        };
    }

    private static Gating published(ConfigFields fields, MoeModel model, int width) {
        int shared = fields.count("n_shared_experts", 0);
        fields.times("n_shared_experts", shared, width);
        Router.Groups groups = fields.optionalSize("n_group").isEmpty() ? Router.Groups.ONE
                : groups(model, fields.size("n_group"), fields.size("topk_group"));
        return new Gating.Published(model, fields.size("num_experts_per_tok"), shared, groups);
    }

    private static Router.Groups groups(MoeModel model, int count, int kept) {
        return count == 1 && kept == 1 ? Router.Groups.ONE : model.groups(count, kept);
    }

    private static UnitFunction function(ConfigFields fields, Gating gating) {
        String name = fields.word("expert_act", "");
        if (gating instanceof Gating.Published published) {
            UnitFunction own = published.model().activation();
            return UnitFunction.named(name).filter(own::equals).orElseThrow(() -> fields.wrong(
                    "expert_act", own.name().toLowerCase(Locale.ROOT) + " behind this gate"));
        }
        return switch (name) {
            case "gelu" -> UnitFunction.GELU;
            case "relu" -> UnitFunction.RELU;
            default -> throw fields.wrong("expert_act", "gelu or relu");
        };
    }
}
