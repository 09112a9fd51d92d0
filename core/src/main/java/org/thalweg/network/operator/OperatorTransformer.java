package org.thalweg.network.operator;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * An operator Transformer after MoE-POT (arXiv 2510.25803) for fields on a periodic line: some frames [batch
 * frames*points], the earliest first, to the next one [batch points]. Patches of each frame go through a map and a
 * GELU, those of all frames through another map to the stream. A block adds first
 * {@code F⁻¹[W₂ σ(W₁ F[x] + b₁) + b₂]}, σ being a GELU of real and imaginary parts, then its feed-forward part:
 * features {@code f = GELU(conv x)}, experts {@code GELU(W f + b)} weighed for the whole input by a gate on the mean
 * of f, and the mean of the shared ones. In front of both the stream is divided by its root mean square over positions
 * and channels. Nothing is changed.
 *
 * @param config sizes
 * @param names what the tensors are called
 */
public record OperatorTransformer(OperatorConfig config, TensorNames names) implements Network {
    private static final double EPSILON = 1e-5;

    @Override
    public int stages() {
        return config.blocks() + 2;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Tensor x = state;
        for (int stage = span.from(); stage < span.to(); stage++) {
            LayerTensors tensors = new LayerTensors(names, parameters, Math.max(0, stage - 1));
            x = stage == 0 ? patched(tensors, x)
                    : stage < stages() - 1 ? block(tensors, x, choice)
                    : tensors.linear(Role.FIELD, true).apply(x).reshape(x.length(0), config.points());
        }
        return x;
    }

    /** [batch positions width]. */
    private Tensor patched(LayerTensors tensors, Tensor frames) {
        long batch = frames.length(0);
        Tensor patches = frames.reshape(batch, config.frames(), config.positions(), config.patch());
        Tensor units = Functions.gelu(tensors.linear(Role.PATCHES, true).apply(patches));
        return tensors.linear(Role.FRAMES, true).apply(units.transpose(1, 2)
                .reshape(batch, config.positions(), (long) config.frames() * config.width()));
    }

    private Tensor block(LayerTensors tensors, Tensor x, ExpertChoice choice) {
        Tensor mixed = x.add(mixed(tensors, normalised(x)));
        return mixed.add(fedForward(tensors, normalised(mixed), choice));
    }

    private static Tensor normalised(Tensor x) {
        return Functions.rmsNorm(x.reshape(x.length(0), -1), EPSILON).reshape(x.shape());
    }

    private Tensor mixed(LayerTensors tensors, Tensor x) {
        Spectrum spectrum = new Spectrum(config.positions(), config.positions() / 2 + 1);
        Spectrum.Complex units = mapped(tensors, Role.SPECTRAL_IN, spectrum.forward(x)); // [batch modes width]
        Spectrum.Complex after = new Spectrum.Complex(
                Functions.gelu(units.real()), Functions.gelu(units.imaginary()));
        return spectrum.inverse(mapped(tensors, Role.SPECTRAL_OUT, after));
    }

    private Spectrum.Complex mapped(LayerTensors tensors, Role role, Spectrum.Complex z) {
        Tensor weight = tensors.get(role); // [2 out in]
        Tensor bias = tensors.parameters().get(TensorNames.biasOf(names.of(role, tensors.layer()))); // [2 out]
        Tensor real = weight.select(0, 0).transpose(0, 1);
        Tensor imaginary = weight.select(0, 1).transpose(0, 1);
        return new Spectrum.Complex(
                z.real().matmul(real).subtract(z.imaginary().matmul(imaginary)).add(bias.select(0, 0)),
                z.real().matmul(imaginary).add(z.imaginary().matmul(real)).add(bias.select(0, 1)));
    }

    private Tensor fedForward(LayerTensors tensors, Tensor x, ExpertChoice choice) {
        return config.layer().map(layer -> {
            Tensor features = Functions.gelu(tensors.linear(Role.FEATURES, true).apply(x)); // [batch positions width]
            return layer.byInputs(tensors, features.reshape(-1, config.width()), gate(tensors, features), choice)
                    .reshape(x.shape());
        }).orElseGet(() -> tensors.linear(Role.DOWN, true).apply(
                Functions.gelu(tensors.linear(Role.UP, true).apply(x))));
    }

    /**
     * What the router reads, [batch width]. Where the published gate has batch normalisations there is nothing here:
     * once trained they are affine maps that the maps in front of them hold.
     */
    private static Tensor gate(LayerTensors tensors, Tensor features) {
        Tensor wide = Functions.gelu(tensors.linear(Role.GATE_WIDE, true).apply(features.mean(1, false)));
        Tensor squeezed = Functions.relu(tensors.linear(Role.GATE_SQUEEZE, false).apply(wide));
        // Average and maximum over the one position that is left are the same, and both are added.
        Tensor attention = Functions.sigmoid(
                tensors.linear(Role.GATE_EXCITE, false).apply(squeezed).multiply(2));
        return Functions.gelu(tensors.linear(Role.GATE_NARROW, true).apply(wide.multiply(attention)));
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        TensorTable table = new TensorTable(names);
        long width = config.width();
        table.linear(Role.PATCHES, width, config.patch(), true);
        table.linear(Role.FRAMES, width, config.frames() * width, true);
        for (int block = 0; block < config.blocks(); block++) {
            table.at(block + 1, block);
            spectral(table, Role.SPECTRAL_IN);
            spectral(table, Role.SPECTRAL_OUT);
            switch (config.feedForward()) {
                case OperatorConfig.FeedForward.Routed _ -> declareRouted(table, config.layer().orElseThrow());
                case OperatorConfig.FeedForward.Plain(int hidden) -> {
                    table.linear(Role.UP, hidden, width, true);
                    table.linear(Role.DOWN, width, hidden, true);
                }
            }
        }
        table.at(config.blocks() + 1, 0);
        table.linear(Role.FIELD, config.patch(), width, true);
        return table.tensors();
    }

    private void spectral(TensorTable table, Role role) {
        String name = names.of(role, table.layer());
        DeclaredTensor.Filling filling = new DeclaredTensor.Filling.Uniform(1 / Math.sqrt(2.0 * config.width()));
        table.put(name, filling, 2, config.width(), config.width());
        table.put(TensorNames.biasOf(name), filling, 2, config.width());
    }

    private void declareRouted(TensorTable table, MoeLayer layer) {
        int width = config.width();
        table.linear(Role.FEATURES, width, width, true);
        table.linear(Role.GATE_WIDE, 2L * width, width, true);
        table.linear(Role.GATE_SQUEEZE, config.squeezed(), 2L * width, false);
        table.linear(Role.GATE_EXCITE, 2L * width, config.squeezed(), false);
        table.linear(Role.GATE_NARROW, width, 2L * width, true);
        layer.declare(table, width);
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Vectors(config.frames() * config.points(), config.points());
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        return Normalisation.RMS;
    }

    @Override
    public List<String> routers() {
        return config.layer().isEmpty() ? List.of() : IntStream.range(0, config.blocks())
                .mapToObj(block -> names.of(Role.ROUTER, block)).toList();
    }

    /**
     * The same network at another temperature of its gates.
     *
     * @param temperature of the softmax over the chosen scores
     * @return a network of the same tensors
     */
    public OperatorTransformer at(double temperature) {
        return new OperatorTransformer(config.at(temperature), names);
    }

    /**
     * Random weights and biases to train from, uniform in ±1/√(inputs of the map).
     *
     * @param random where the numbers come from
     * @return every tensor of the network, float32
     */
    public Parameters initialise(Random random) {
        return DeclaredTensor.draw(tensors().values(), random);
    }
}
