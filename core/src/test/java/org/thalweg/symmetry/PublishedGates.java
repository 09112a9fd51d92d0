package org.thalweg.symmetry;

import java.util.List;
import java.util.Map;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.network.moe.Router;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** Layers of every published model at small sizes. */
public final class PublishedGates {
    /** DeepSeek-V2 whose limit to two of three groups limits nothing, since no more than two experts are chosen. */
    public static final MoeConfig VACUOUS = of(6, grouped(MoeModel.DEEPSEEK_V2, 2, 2));
    /** DeepSeek-V2 that takes both experts from one of three groups. */
    public static final MoeConfig ONE_GROUP = of(6, grouped(MoeModel.DEEPSEEK_V2, 2, 1));
    /** DeepSeek-V3 with two of three groups. */
    public static final MoeConfig TWO_GROUPS = of(6, grouped(MoeModel.DEEPSEEK_V3, 2, 2));

    private PublishedGates() {}

    /** A layer of four or more experts of five hidden units. */
    public static MoeConfig of(int experts, Gating.Published gate) {
        return new MoeConfig(experts, gate, List.of(5), gate.model().activation());
    }

    private static Gating.Published grouped(MoeModel model, int selected, int kept) {
        return new Gating.Published(model, selected, 1, model.groups(3, kept));
    }

    /** Every model, some in several forms. */
    public static List<MoeConfig> all() {
        Router.Groups one = Router.Groups.ONE;
        return List.of(
                of(4, new Gating.Published(MoeModel.SWITCH, 1)),
                of(4, new Gating.Published(MoeModel.MIXTRAL, 2)),
                of(4, new Gating.Published(MoeModel.MIXTRAL, 1)),
                of(4, new Gating.Published(MoeModel.OLMOE, 2)),
                of(4, new Gating.Published(MoeModel.QWEN2_MOE, 2, 1, one)),
                of(4, new Gating.Published(MoeModel.QWEN2_MOE, 3, 2, one)),
                of(4, new Gating.Published(MoeModel.QWEN3_MOE, 3)),
                of(4, new Gating.Published(MoeModel.DEEPSEEK_V2, 2, 2, one)),
                VACUOUS, ONE_GROUP,
                of(4, new Gating.Published(MoeModel.DEEPSEEK_V3, 2, 1, one)),
                TWO_GROUPS,
                of(4, new Gating.Published(MoeModel.GPT_OSS, 2)),
                of(4, new Gating.Published(MoeModel.GPT_OSS, 1)),
                of(4, new Gating.Published(MoeModel.LLAMA4, 1, 1, one)));
    }

    /** A layer under the prefix moe with numbers of order 1; corrections as large as differences of sigmoids. */
    public static Parameters layer(MoeConfig config, Random random) {
        Parameters layer = SampleModels.layer(config, random);
        String correction = "moe.gate.e_score_correction_bias";
        return layer.contains(correction) ? layer.with(Parameters.of(
                Map.of(correction, layer.get(correction).multiply(0.2)))) : layer;
    }

    /** Inputs [tokens residual]. */
    public static Tensor inputs(Random random, int tokens) {
        return random.normal(DType.FLOAT64, tokens, SampleModels.RESIDUAL);
    }
}
