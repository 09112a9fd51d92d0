package org.thalweg.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.thalweg.connectivity.Examples;
import org.thalweg.merging.RouterCurvature;
import org.thalweg.merging.RouterRecalibration;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * Recalibrates routers layer by layer, on the stream that the routers before leave. For one run by one thread.
 *
 * @param routers the models
 * @param settings how
 * @param changed the merged model with the routers found so far
 * @param found where they are put
 */
record RecalibratedLayers(
        MergedRouters routers, MergedRouters.Settings settings, Parameters changed, Map<String, Tensor> found) {
    /** Where the runs on one source's inputs stand: states of the merged model, and the source's where it is asked. */
    private record Track(MergedRouters.Source source, List<Tensor> merged, Optional<List<Tensor>> own) {}

    /** What enters routers while a stage runs, batch by batch. */
    private static final class Watch {
        private final Map<String, List<Tensor>> entering = new LinkedHashMap<>();
        private final Map<String, Boolean> shiftFree = new LinkedHashMap<>();

        /** Writes down what the routers are shown while a batch runs in a scope. */
        ExpertChoice in(Scope batch, boolean isWanted) {
            return new ExpertChoice() {
                @Override
                public void look(String router, Tensor input, boolean isShiftFree) {
                    entering.computeIfAbsent(router, _ -> new ArrayList<>()).add(batch.keep(input));
                    shiftFree.put(router, isShiftFree);
                }

                @Override
                public Tensor decide(String router, Tensor chosen) {
                    // Where the output is not wanted, one expert spares reading the others.
                    return isWanted ? chosen : Tensor.zeros(DType.INT64, chosen.length(0), 1);
                }
            };
        }
    }

    List<MergedRouters.Layer> run(WorkObserver observer) {
        List<MergedRouters.Layer> layers = new ArrayList<>();
        int last = RouterOverlap.stages(routers.network());
        observer.began("recalibrating routers", last);
        try (Scope whole = Scope.open()) {
            List<Track> tracks = routers.sources().stream().map(this::started).toList();
            for (int stage = 0; stage < last; stage++) {
                try (Scope scope = Scope.open()) {
                    List<Track> next = passed(tracks, stage, whole, layers);
                    tracks.forEach(track -> {
                        track.merged().forEach(Tensor::close);
                        track.own().ifPresent(states -> states.forEach(Tensor::close));
                    });
                    next.forEach(track -> {
                        track.merged().forEach(scope::keep);
                        track.own().ifPresent(states -> states.forEach(scope::keep));
                    });
                    tracks = next;
                }
                observer.reached(stage + 1);
            }
        }
        return layers;
    }

    private Track started(MergedRouters.Source source) {
        boolean isOwn = settings.reference() == MergedRouters.Reference.OWN_STREAM;
        return new Track(source, inputs(source.inputs(), changed),
                isOwn ? Optional.of(inputs(source.inputs(), source.model())) : Optional.empty());
    }

    private List<Tensor> inputs(Examples examples, Parameters model) {
        List<Tensor> inputs = new ArrayList<>();
        int batch = MeasuredModels.batch(examples);
        DType computed = RouterOverlap.computed(routers.network(), model);
        for (int start = 0; start < examples.size(); start += batch) {
            inputs.add(examples.batch(start, Math.min(batch, examples.size() - start), computed).state());
        }
        return inputs;
    }

    /** Passes a stage, whose routers are recalibrated first. */
    private List<Track> passed(
            List<Track> tracks, int stage, Scope whole, List<MergedRouters.Layer> layers) {
        List<Watch> watches = tracks.stream().map(_ -> new Watch()).toList();
        List<Watch> owns = tracks.stream().map(_ -> new Watch()).toList();
        List<Track> next = new ArrayList<>();
        for (int i = 0; i < tracks.size(); i++) {
            Track track = tracks.get(i);
            Watch watch = watches.get(i);
            Watch own = owns.get(i);
            next.add(new Track(track.source(),
                    advanced(changed, stage, track.merged(), batch -> watch.in(batch, false)),
                    track.own().map(states ->
                            advanced(track.source().model(), stage, states, batch -> own.in(batch, true)))));
        }
        if (watches.getFirst().entering.isEmpty()) {
            return next;
        }
        next.forEach(track -> track.merged().forEach(Tensor::close));
        for (Map.Entry<String, Boolean> router : watches.getFirst().shiftFree.entrySet()) {
            String name = router.getKey();
            List<RouterRecalibration.Source> sources = new ArrayList<>();
            for (int i = 0; i < tracks.size(); i++) {
                sources.add(source(name, tracks.get(i), watches.get(i), owns.get(i)));
            }
            layers.add(recalibrate(name, sources, curvature(router.getValue()), whole));
        }
        List<Track> again = new ArrayList<>();
        for (int i = 0; i < tracks.size(); i++) {
            again.add(new Track(tracks.get(i).source(),
                    advanced(changed, stage, tracks.get(i).merged(), _ -> ExpertChoice.FREE),
                    next.get(i).own()));
        }
        return again;
    }

    private List<Tensor> advanced(
            Parameters model, int stage, List<Tensor> states, Function<Scope, ExpertChoice> choices) {
        List<Tensor> next = new ArrayList<>();
        for (Tensor state : states) {
            try (Scope batch = Scope.open()) {
                next.add(batch.keep(routers.network().run(model, state, new StageSpan(stage, stage + 1),
                        choices.apply(batch))));
            }
        }
        return next;
    }

    private RouterCurvature curvature(boolean isShiftFree) {
        return switch (settings.weighing()) {
            case MOMENTS -> RouterCurvature.NONE;
            case CURVATURE -> isShiftFree ? RouterCurvature.SOFTMAX : RouterCurvature.SIGMOID;
        };
    }

    private RouterRecalibration.Source source(String name, Track track, Watch merged, Watch own) {
        List<Tensor> entering = merged.entering.get(name);
        List<Tensor> reference = track.own().isPresent() ? own.entering.get(name) : entering;
        List<RouterRecalibration.Tokens> batches = new ArrayList<>();
        for (int batch = 0; batch < entering.size(); batch++) {
            batches.add(new RouterRecalibration.Tokens(entering.get(batch), reference.get(batch)));
        }
        String bias = TensorNames.biasOf(name);
        return new RouterRecalibration.Source(track.source().share().applyAsDouble(name),
                track.source().model().get(name),
                routers.network().tensors().containsKey(bias)
                        ? Optional.of(track.source().model().get(bias)) : Optional.empty(),
                batches);
    }

    private MergedRouters.Layer recalibrate(
            String name, List<RouterRecalibration.Source> sources, RouterCurvature curvature, Scope whole) {
        try (Scope scope = Scope.open()) {
            Tensor merged = routers.merged().stored(name);
            RouterRecalibration.Solved solved = settings.rule().solve(name, merged, sources, curvature);
            Tensor before = merged.to(DType.FLOAT64);
            double change = solved.weight().subtract(before).norm() / before.norm();
            found.put(name, whole.keep(solved.weight().to(merged.dtype())));
            return new MergedRouters.Layer(name, solved.steps(), solved.error(), change);
        }
    }
}
