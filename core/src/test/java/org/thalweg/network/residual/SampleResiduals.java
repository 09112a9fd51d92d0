package org.thalweg.network.residual;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** Small residual networks of every kind, with 5 inputs and outputs; experts have 3 units. */
public final class SampleResiduals {
    public static final int WIDTH = 5;
    /** With fewer, what the last block writes would have directions that no output sees. */
    public static final int OUTPUTS = 5;
    public static final int HIDDEN = 3;

    private SampleResiduals() {}

    private static Router switching() {
        return new Router.Softmax(1, Router.Weighting.OVER_ALL, Router.Groups.ONE, 1, false);
    }

    /** Layers of so many experts each, with one router or a router each. */
    public static ResidualConfig omni(boolean shared, Integer... experts) {
        List<ResidualConfig.Block> blocks = List.of(experts).stream()
                .<ResidualConfig.Block>map(count -> new ResidualConfig.Block.Sparse(new MoeLayer(count,
                        new Experts.Stack(List.of(HIDDEN), UnitFunction.RELU), switching(), true,
                        Optional.empty()), 1))
                .toList();
        return new ResidualConfig(WIDTH, OUTPUTS, Norm.layer(1e-5), blocks, shared);
    }

    /** Layers of gated experts and a shared one, with a decoupled or a plain router. */
    public static ResidualConfig adamoe(int layers, int experts, Optional<Router.Decoupling> weights) {
        Router router = weights.<Router>map(one -> new Router.Decoupled(1, one)).orElseGet(SampleResiduals::switching);
        HiddenUnits units = new HiddenUnits.Gated(UnitFunction.GELU_TANH);
        return new ResidualConfig(WIDTH, OUTPUTS, Norm.rms(1e-6), Collections.nCopies(layers,
                new ResidualConfig.Block.Sparse(new MoeLayer(experts, new Experts.OneLayer(HIDDEN, units, false),
                        router, false, Optional.of(new MoeLayer.Shared(HIDDEN, false))), 0.5)), false);
    }

    /** Two feed-forward networks. */
    public static ResidualConfig dense(boolean gated) {
        HiddenUnits units = gated ? new HiddenUnits.Gated(UnitFunction.GELU_TANH)
                : new HiddenUnits.Plain(UnitFunction.RELU);
        return new ResidualConfig(WIDTH, OUTPUTS, gated ? Norm.rms(1e-6) : Norm.layer(1e-5),
                Collections.nCopies(2, new ResidualConfig.Block.Dense(HIDDEN, units, !gated)), false);
    }

    /** A model at a generic point, float64, whose routers tell inputs apart enough that every expert is used. */
    public static Parameters model(ResidualNetwork network, long seed) {
        return DeclaredTensor.draw(network.tensors().values(), Random.seeded(seed)).to(DType.FLOAT64)
                .mapNamed((name, tensor) -> network.routers().contains(name) ? tensor.multiply(3) : tensor);
    }

    /** Inputs [count 5], float64. */
    public static Tensor inputs(int count, long seed) {
        return Random.seeded(seed).normal(DType.FLOAT64, count, WIDTH);
    }
}
