package org.thalweg.network.birdseye;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
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
import org.thalweg.network.birdseye.BirdsEyeConfig.Block;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * Two agents that look at one scene, after UniMM-V2X (arXiv 2511.09013): each encodes the patches that it sees by the
 * same map and block; their features are added; an object is asked for by the feature of the patch where an agent
 * tracks it, and a decoder predicts its trajectories, of which those of both agents are averaged.
 *
 * <p>Takes [batch inputs], see {@link BirdsEyeScene}; answers for each cell a logit that it is occupied, then for each
 * object its modes, the likeliest first, each as x and y at every step and a score. One stage. Every vector of the
 * stream leaves a hyperbolic tangent, so nothing but orders and signs of its coordinates is free.
 *
 * @param config sizes
 * @param names what the tensors are called
 */
public record BirdsEye(BirdsEyeConfig config, TensorNames names) implements Network {
    private static final int AGENTS = BirdsEyeScene.AGENTS;
    private static final int PATCH = BirdsEyeScene.PATCH;

    @Override
    public int stages() {
        return 1;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        if (span.from() == span.to()) {
            return state;
        }
        LayerTensors tensors = new LayerTensors(names, parameters, 0);
        Tensor map = map(tensors, state, choice); // [batch*patches width]
        int across = config.scene().side() / PATCH;
        Tensor occupancy = tensors.linear(Role.OCCUPANCY, true).apply(map)
                .reshape(-1, across, across, PATCH, PATCH).permute(0, 1, 3, 2, 4)
                .reshape(-1, config.scene().cells());
        return Tensor.concatenate(List.of(occupancy, trajectories(tensors, map, places(state), choice)), 1);
    }

    private Tensor map(LayerTensors tensors, Tensor state, ExpertChoice choice) {
        BirdsEyeScene scene = config.scene();
        long batch = state.length(0);
        Tensor cells = state.narrow(1, 0, (long) scene.frames() * scene.cells())
                .reshape(batch, scene.frames(), scene.cells());
        Tensor unseen = Tensor.zeros(state.dtype(), batch, scene.frames(), 1);
        long[] windows = scene.windows();
        Tensor patches = Tensor.concatenate(List.of(cells, unseen), 2)
                .indexSelect(2, Tensor.of(windows, windows.length))
                .reshape(batch, scene.frames(), AGENTS, scene.patches(), scene.window())
                .permute(2, 0, 3, 1, 4)
                .reshape(AGENTS * batch * scene.patches(), -1);
        Tensor features = block(tensors, 0, Functions.tanh(tensors.linear(Role.PATCHES, true).apply(patches)), choice);
        return Functions.tanh(features.reshape(AGENTS, -1, config.width()).sum(0, false));
    }

    private Tensor trajectories(LayerTensors tensors, Tensor map, Tensor places, ExpertChoice choice) {
        BirdsEyeScene scene = config.scene();
        long views = places.length(0);
        long objects = places.length(1) * places.length(2);
        int across = scene.side() / PATCH;
        Tensor patches = Functions.clamp(places.floorDivide(PATCH), 0, across - 1); // [views batch objects 2], x and y
        Tensor scenes = Tensor.of(LongStream.range(0, places.length(1)).toArray(), 1, places.length(1), 1);
        Tensor rows = patches.select(3, 1).multiply(across).add(patches.select(3, 0))
                .add(scenes.multiply(scene.patches())).to(DType.INT64).reshape(-1);
        Tensor offsets = places.subtract(patches.multiply(PATCH).add(PATCH / 2.0)).reshape(-1, 2);
        Tensor asked = Functions.tanh(map.indexSelect(0, rows)
                .add(tensors.linear(Role.OBJECT_POSITION, true).apply(offsets))); // [views*batch*objects width]
        Tensor starts = Tensor.concatenate(List.of(
                places.unsqueeze(3).expand(-1, -1, -1, scene.horizon(), -1).reshape(views, objects, 1, -1),
                Tensor.zeros(places.dtype(), views, objects, 1, 1)), 3); // [views batch*objects 1 numbers]
        Tensor fused = tensors.linear(Role.TRAJECTORIES, true).apply(Functions.tanh(block(tensors, 1, asked, choice)))
                .reshape(views, objects, scene.modes(), scene.numbers()).add(starts).mean(0, false);
        Tensor order = fused.select(2, scene.numbers() - 1).detach().argsortDescending(1); // [batch*objects modes]
        return fused.gather(1, order.unsqueeze(2).expand(-1, -1, scene.numbers()))
                .reshape(places.length(1), -1);
    }

    /** Where each agent that predicts tracks each object, or the other one does, [views batch objects 2]. */
    private Tensor places(Tensor state) {
        int length = AGENTS * config.scene().objects() * BirdsEyeScene.TRACK;
        Tensor tracks = state.narrow(1, state.length(1) - length, length)
                .reshape(-1, AGENTS, config.scene().objects(), BirdsEyeScene.TRACK).transpose(0, 1);
        Tensor others = tracks.indexSelect(0, Tensor.of(new long[] {1, 0}, AGENTS));
        Tensor lacking = seen(others).multiply(seen(tracks).multiply(-1).add(1));
        Tensor places = tracks.narrow(3, 0, 2).multiply(lacking.multiply(-1).add(1))
                .add(others.narrow(3, 0, 2).multiply(lacking));
        return config.fusesPredictions() ? places : places.narrow(0, 0, 1);
    }

    /** 1 for a track that says that its object was seen, more than 0.5; else 0. */
    private static Tensor seen(Tensor tracks) {
        return Functions.clamp(tracks.narrow(3, 2, 1).add(-0.5).multiply(1e30), 0, 1);
    }

    private Tensor block(LayerTensors tensors, int number, Tensor x, ExpertChoice choice) {
        LayerTensors own = new LayerTensors(names, tensors.parameters(), number);
        Tensor y = switch (config.blocks().get(number)) {
            case Block.FeedForward _ -> own.linear(Role.DOWN, true).apply(
                    Functions.relu(own.linear(Role.UP, true).apply(x)));
            case Block.Experts(MoeConfig moe) -> moe.layer().forward(own, x, choice);
        };
        if (config.epsilon().isEmpty()) {
            return x.add(y);
        }
        Tensor ones = Tensor.ones(x.dtype(), config.width());
        return Functions.layerNorm(y, ones, ones.multiply(0), config.epsilon().getAsDouble());
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        BirdsEyeScene scene = config.scene();
        TensorTable table = new TensorTable(names);
        table.linear(Role.PATCHES, config.width(), (long) scene.frames() * scene.window(), true);
        for (int number = 0; number < config.blocks().size(); number++) {
            table.at(0, number);
            switch (config.blocks().get(number)) {
                case Block.FeedForward(int hidden) -> {
                    table.linear(Role.UP, hidden, config.width(), true);
                    table.linear(Role.DOWN, config.width(), hidden, true);
                }
                case Block.Experts(MoeConfig moe) -> moe.layer().declare(table, config.width());
            }
        }
        table.linear(Role.OCCUPANCY, (long) PATCH * PATCH, config.width(), true);
        table.linear(Role.OBJECT_POSITION, config.width(), 2, true);
        table.linear(Role.TRAJECTORIES, (long) scene.modes() * scene.numbers(), config.width(), true);
        return table.tensors();
    }

    @Override
    public List<String> routers() {
        return IntStream.range(0, config.blocks().size())
                .filter(number -> config.blocks().get(number) instanceof Block.Experts)
                .mapToObj(number -> names.of(Role.ROUTER, number)).toList();
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Vectors(config.scene().inputs(), config.scene().outputs());
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        return config.epsilon().isPresent() ? Normalisation.LAYER : Normalisation.NONE;
    }
}
