package org.thalweg.symmetry;

import java.util.List;
import java.util.Optional;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.SingleLayer;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** Small random models in float64 with weights of order 1, so that every wrong move shows. */
public final class SampleModels {
    /** Width of the residual stream of every sample. */
    public static final int RESIDUAL = 6;

    private SampleModels() {}

    /**
     * Gates, one to three hidden layers, activations and three to five experts in turn: consecutive numbers go through
     * all gates before one comes again, and 168 of them through every combination.
     */
    public static MoeConfig config(long number) {
        List<Gating> gatings = List.of(
                new Gating.Dense(), new Gating.Sparse(1), new Gating.Sparse(2), new Gating.Sparse(3),
                new Gating.DeepSeek(1, 1), new Gating.DeepSeek(2, 1), new Gating.DeepSeek(2, 2));
        List<List<Integer>> widths = List.of(List.of(5), List.of(7), List.of(4, 5), List.of(3, 5, 4));
        Gating gating = inTurn(gatings, number);
        List<Integer> hidden = gating.sharedExperts() > 1 ? List.of(4) : inTurn(widths, number);
        UnitFunction activation = inTurn(List.of(UnitFunction.GELU, UnitFunction.RELU), number / widths.size());
        return new MoeConfig(inTurn(List.of(3, 4, 5), number), gating, hidden, activation);
    }

    private static <T> T inTurn(List<T> choices, long number) {
        return choices.get(Math.floorMod(number, choices.size()));
    }

    /** A layer under the prefix {@code moe}. */
    public static Parameters layer(MoeConfig config, Random random) {
        return loud(SingleLayer.initialise(config, RESIDUAL, "moe", random), random);
    }

    /** Normal numbers of deviation 1 in place of every tensor. */
    public static Parameters loud(Parameters quiet, Random random) {
        return quiet.map(tensor -> random.normal(DType.FLOAT64, tensor.shape()));
    }

    /** Probe inputs [64 residual]. */
    public static Tensor inputs(Random random) {
        return random.normal(DType.FLOAT64, 64, RESIDUAL);
    }

    /** A ViT with experts in the first and last of three layers. */
    public static VitConfig vit(MoeConfig layer) {
        return new VitConfig(new ImageSize(1, 4, 4), 2, 8, 2, 3, 5, 3, Optional.of(
                new VitConfig.MoeLayers(List.of(0, 2), layer)));
    }

    /** Its tensors, float64, normalisations not the identity. */
    public static Parameters vitParameters(VitConfig config, Random random) {
        return loud(VitFamily.network(config).initialise(random), random);
    }
}
