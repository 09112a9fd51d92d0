package org.thalweg.benchmarks;

import java.util.Map;
import java.util.Optional;
import org.thalweg.family.VitFamily;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.StageSpan;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * The same function as a {@link Vit}, computed as most programs do: the last layer too computes every token, although
 * the classifier reads one. A baseline for timings only.
 *
 * @param vit the network
 * @param deeper the same with one layer more, in which none of vit's layers is the last
 */
record EveryToken(Vit vit, Vit deeper) implements Network {
    static EveryToken of(VitConfig config) {
        VitConfig more = new VitConfig(config.image(), config.patch(), config.residual(), config.heads(),
                config.layers() + 1, config.feedForward(), config.classes(), Optional.empty());
        return new EveryToken(
                VitFamily.network(config), VitFamily.network(config.moe().map(more::withExperts).orElse(more)));
    }

    @Override
    public int stages() {
        return vit.stages();
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        int classifier = stages() - 1;
        StageSpan before = new StageSpan(Math.min(span.from(), classifier), Math.min(span.to(), classifier));
        Tensor tokens = deeper.run(parameters, state, before, choice);
        return span.to() > classifier
                ? vit.run(parameters, tokens, new StageSpan(Math.max(span.from(), classifier), span.to()), choice)
                : tokens;
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        return vit.tensors();
    }

    @Override
    public Inputs inputs() {
        return vit.inputs();
    }

    @Override
    public Object configuration() {
        return vit;
    }

    @Override
    public Normalisation normalisation() {
        return vit.normalisation();
    }
}
