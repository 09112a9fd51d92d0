package org.thalweg.zoo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.Families;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.symmetry.Architecture;

/**
 * A kind of model of the sweep: a decoder whose active feed-forward width is always twice its stream's, in one network
 * or in {@code granularity} of {@code granularity · sparsity} experts.
 *
 * @param sparsity 1/A: experts over active experts; 1 for a dense network
 * @param granularity G: twice the stream's width over an expert's, and so the number of active experts
 */
record SweepModel(int sparsity, int granularity) {
    /** For names of variants: {@code dense}, or {@code a8-g2} for A = 1/8 and G = 2. */
    String label() {
        return isDense() ? "dense" : "a" + sparsity + "-g" + granularity;
    }

    boolean isDense() {
        return sparsity == 1;
    }

    int experts() {
        return sparsity * granularity;
    }

    /**
     * Ling 2.0's decoder (arXiv 2507.17702 names it as the outcome of its laws), without shared experts.
     *
     * @throws WrongUse when the sizes do not fit each other
     */
    Decoder network(Settings settings) {
        return (Decoder) Families.of(config(settings)).read(config(settings), Set.of()).network();
    }

    /** Its symmetries: groups of experts exchange as blocks, experts within their group. */
    Architecture architecture(Settings settings) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        network(settings).tensors().forEach((name, tensor) -> shapes.put(name, tensor.lengths()));
        return ModelArchitecture.of(config(settings), shapes, Set.of());
    }

    private ObjectNode config(Settings settings) {
        int residual = settings.whole("residual");
        int heads = settings.whole("heads");
        int groups = settings.whole("groups");
        int kept = settings.whole("kept_groups");
        require(residual % (2 * heads) == 0, "settings.residual is " + residual + " but must be a multiple of "
                + 2 * heads + ", twice settings.heads");
        require(2 * residual % granularity == 0, "settings.residual is " + residual + " but experts of granularity "
                + granularity + " are 2/" + granularity + " of it wide; give a multiple of " + granularity);
        require(isDense() || experts() % groups == 0, "settings.groups is " + groups + " but the " + experts()
                + " experts of " + label() + " must be in groups of equal size; give a divisor");
        require(kept <= groups, "settings.kept_groups is " + kept + " but there are " + groups + " groups");
        require(isDense() || granularity <= experts() / groups * kept, "settings.kept_groups is " + kept
                + " but so many groups of " + label() + " hold " + experts() / groups * kept + " experts, fewer than "
                + "the " + granularity + " that each token uses");
        int layers = settings.whole("layers");
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "bailing_moe_v2");
        config.put("vocab_size", settings.whole("vocabulary")).put("hidden_size", residual)
                .put("num_hidden_layers", layers).put("first_k_dense_replace", isDense() ? layers : 0)
                .put("num_attention_heads", heads).put("num_key_value_heads", heads).put("head_dim", residual / heads)
                .put("use_qk_norm", true).put("rms_norm_eps", 1e-6).put("rope_theta", 100.0)
                .put("intermediate_size", 2 * residual).put("moe_intermediate_size", 2 * residual / granularity)
                .put("num_experts", isDense() ? groups : experts()).put("num_shared_experts", 0)
                .put("num_experts_per_tok", isDense() ? 1 : granularity).put("n_group", groups)
                .put("topk_group", kept);
        // Equal weights then add the experts up as a dense network adds its parts; one sigmoid of 0 is a half.
        return config.put("routed_scaling_factor", Math.max(2.0, granularity));
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new WrongUse(sentence + ".");
        }
    }

    /**
     * M: floating-point operations of one forward pass for one token, two for a multiplication and its addition,
     * without embedding and head: maps and products of attention, the router, and the active feed-forward width.
     */
    double flopsPerToken(Settings settings) {
        double residual = settings.whole("residual");
        double attention = 4 * 2 * residual * residual + 2 * 2 * residual * settings.whole("window");
        double router = isDense() ? 0 : 2 * residual * experts();
        double feedForward = 3 * 2 * residual * 2 * residual;
        return settings.whole("layers") * (attention + router + feedForward);
    }
}
