package org.thalweg.network.moe;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.UnitFunction;

/** Published models with a Mixture of Experts, each with a gate and experts of its own kind. */
public enum MoeModel {
    /** Switch Transformer (arXiv 2101.03961): the best expert, by its softmax over all; ReLU experts. */
    SWITCH,
    /** Mixtral (arXiv 2401.04088): the best by softmax, renormalised. */
    MIXTRAL,
    /** OLMoE (arXiv 2409.02060): the best by softmax, not renormalised. */
    OLMOE,
    /** Qwen2-MoE (arXiv 2407.10671): as OLMoE, beside shared experts behind a sigmoid of their own. */
    QWEN2_MOE,
    /** Qwen3-MoE (arXiv 2505.09388), renormalised as in the released configurations. */
    QWEN3_MOE,
    /** DeepSeek-V2 (arXiv 2405.04434): softmax, limited to the groups with the best experts, and shared experts. */
    DEEPSEEK_V2,
    /**
     * DeepSeek-V3 (arXiv 2412.19437): sigmoids with a correction for the choice, limited to the groups with the best
     * pairs, renormalised and times 2.5, and shared experts.
     */
    DEEPSEEK_V3,
    /** gpt-oss (arXiv 2508.10925): softmax over the chosen, biases everywhere, clamped units. */
    GPT_OSS,
    /** Llama 4: the sigmoid of the best score multiplies what goes into the expert; a shared expert. */
    LLAMA4;

    private static final double DEEPSEEK_V3_FACTOR = 2.5;
    private static final double GPT_OSS_LIMIT = 7;

    /** The name in study files and tables, for example {@code qwen2-moe}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The model of a name, if there is one. */
    public static Optional<MoeModel> named(String label) {
        return Arrays.stream(values()).filter(model -> model.label().equals(label)).findFirst();
    }

    /** All names, in the order of tables. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(MoeModel::label).toList();
    }

    /** Whether each token uses one expert and no other number. */
    public boolean isTopOne() {
        return this == SWITCH || this == LLAMA4;
    }

    /** Whether experts that every token uses may stand beside the routed ones. */
    public boolean hasShared() {
        return this == QWEN2_MOE || this == DEEPSEEK_V2 || this == DEEPSEEK_V3 || this == LLAMA4;
    }

    /** Whether the choice may be limited to groups of experts. */
    public boolean hasGroups() {
        return this == DEEPSEEK_V2 || this == DEEPSEEK_V3;
    }

    /** Whether a sigmoid weighs the shared experts. */
    boolean hasSwitch() {
        return this == QWEN2_MOE;
    }

    /** Whether the router has a bias. */
    public boolean hasRouterBias() {
        return this == GPT_OSS;
    }

    /** The non-linearity of the experts as {@code config.json} names it. */
    public UnitFunction activation() {
        return this == SWITCH ? UnitFunction.RELU : UnitFunction.SILU;
    }

    /**
     * A limit of the choice to groups, each scored as the model scores it.
     *
     * @param count groups of equal size
     * @param kept groups from which experts may come
     * @return the limit
     */
    public Router.Groups groups(int count, int kept) {
        return new Router.Groups(count, kept, this == DEEPSEEK_V3 ? 2 : 1);
    }

    /** One expert of so many hidden units. */
    Experts experts(int width) {
        return switch (this) {
            case SWITCH -> new Experts.OneLayer(width, new HiddenUnits.Plain(UnitFunction.RELU), false);
            case GPT_OSS -> new Experts.OneLayer(width, new HiddenUnits.ClampedGated(GPT_OSS_LIMIT), true);
            case MIXTRAL, OLMOE, QWEN2_MOE, QWEN3_MOE, DEEPSEEK_V2, DEEPSEEK_V3, LLAMA4 ->
                new Experts.OneLayer(width, new HiddenUnits.Gated(UnitFunction.SILU), false);
        };
    }

    /** How tokens choose so many experts. */
    Router router(int selected, Router.Groups groups) {
        return switch (this) {
            case SWITCH, OLMOE, QWEN2_MOE, DEEPSEEK_V2 ->
                new Router.Softmax(selected, Router.Weighting.OVER_ALL, groups, 1, false);
            case MIXTRAL, QWEN3_MOE ->
                new Router.Softmax(selected, Router.Weighting.OVER_ALL_RENORMALISED, groups, 1, false);
            case DEEPSEEK_V3 -> new Router.CorrectedSigmoid(selected, true, groups, DEEPSEEK_V3_FACTOR);
            case GPT_OSS -> new Router.Softmax(selected, Router.Weighting.OVER_CHOSEN, groups, 1, false);
            case LLAMA4 -> new Router.SigmoidOnInput(selected);
        };
    }
}
