package org.thalweg.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.merging.RouterRecalibration;
import org.thalweg.network.Network;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * The routers of a merged model with experts: how far they choose as those of the sources, and others that do so more.
 * Nothing is changed on disk.
 *
 * @param network of all models
 * @param sources at least one, aligned to each other before
 * @param merged the merged model, in memory or read whenever it is asked for; not changed
 */
public record MergedRouters(Network network, List<Source> sources, Parameters merged) {
    /**
     * A source.
     *
     * @param model its tensors, carried to where they were merged; in memory or read whenever they are asked for; not
     *     changed
     * @param inputs texts or images on which the merged model shall choose as this source does: best those that the
     *     source is good at, as in the paper; otherwise the same for all sources
     * @param share how much the source counts for a router, by the name of its weight: from 0 on, as its weight in the
     *     merge; all alike in the paper. Where no source counts, the router stays
     */
    public record Source(Parameters model, Examples inputs, ToDoubleFunction<String> share) {
        /** Counts as every other. */
        public Source(Parameters model, Examples inputs) {
            this(model, inputs, _ -> 1);
        }
    }

    /** What a source's router is applied to, to say which scores are wanted of the merged model's. */
    public enum Reference {
        /** What enters the merged model's router: the paper's choice, for models of one base. */
        MERGED_STREAM,
        /** What enters it in the source itself: the merged model shall choose as the source chooses. */
        OWN_STREAM
    }

    /** Which errors of scores matter. */
    public enum Weighing {
        /** Those that change probabilities, by their curvature at the source's scores: the paper's choice. */
        CURVATURE,
        /** All alike: second moments alone. */
        MOMENTS
    }

    /**
     * How routers are recalibrated.
     *
     * @param rule solves the equations
     * @param reference which scores are wanted
     * @param weighing which errors matter
     */
    public record Settings(RouterRecalibration rule, Reference reference, Weighing weighing) {
        /** As in the paper. */
        public static final Settings USUAL =
                new Settings(RouterRecalibration.USUAL, Reference.MERGED_STREAM, Weighing.CURVATURE);
    }

    /**
     * A recalibrated router.
     *
     * @param router name of its weight
     * @param steps of conjugate gradients
     * @param error left in the equations, in units of their right side; above the rule's tolerance where the steps did
     *     not suffice
     * @param change norm of what was added to the merged router, in units of the merged router's norm
     */
    public record Layer(String router, int steps, double error, double change) {}

    /**
     * What was done.
     *
     * @param routers new weights [experts residual] by name, in the type in which the merged model has them; in the
     *     scope that was current at the call
     * @param layers in order
     * @param before overlap of each source with the merged model
     * @param after the same with the new routers
     */
    public record Done(
            Map<String, Tensor> routers, List<Layer> layers, List<RouterOverlap> before, List<RouterOverlap> after) {}

    /** Copies the list. */
    public MergedRouters {
        sources = List.copyOf(sources);
    }

    /**
     * The overlap of each source with the merged model, on the source's inputs.
     *
     * @param observer told how many inputs are behind
     * @return in the order of the sources
     * @throws WorkFailure when the activations of a model are not finite
     */
    public List<RouterOverlap> overlaps(WorkObserver observer) {
        return overlaps(merged, observer);
    }

    private List<RouterOverlap> overlaps(Parameters model, WorkObserver observer) {
        return sources.stream()
                .map(source -> RouterOverlap.measure(network, source.model(), model, source.inputs(), observer))
                .toList();
    }

    /**
     * Recalibrates all routers, first to last, as HARC does (arXiv 2606.03391): the merged model is run on each
     * source's inputs up to a router; from what enters there and the sources' routers a new one is solved for
     * ({@link RouterRecalibration}), with the gate's own curvature; with it the layer is run, so that the routers
     * behind are recalibrated on the stream that they will see. Biases of routers and corrections of the choice stay as
     * merged. Of one input for all sources, second moments alone and the merged stream nothing but the weighted mean of
     * the routers comes.
     *
     * <p>Memory grows with the inputs: for each token three rows of the stream in the type in which is computed, six
     * with {@link Reference#OWN_STREAM}, one more row in float64, and two of scores in float64; give as many inputs as
     * fit ({@link Examples#first}). Tensors are read as {@link RouterOverlap#measure} reads them, of layers with
     * experts one expert more.
     *
     * @param settings how
     * @param observer told how many stages or inputs are behind
     * @return the routers, none for networks without
     * @throws WorkFailure when activations are not finite
     */
    public Done recalibrate(Settings settings, WorkObserver observer) {
        List<RouterOverlap> before = overlaps(merged, observer);
        Map<String, Tensor> routers = new LinkedHashMap<>();
        Parameters changed = replaced(routers);
        List<Layer> layers = new ArrayList<>();
        Gradients.without(() -> layers.addAll(
                new RecalibratedLayers(this, settings, changed, routers).run(observer)));
        return new Done(routers, List.copyOf(layers), before, overlaps(changed, observer));
    }

    /**
     * The merged model with other tensors in some places.
     *
     * @param others by name; looked at whenever a tensor is asked for
     * @return its parameters, read as the merged model's are
     */
    private Parameters replaced(Map<String, Tensor> others) {
        return Parameters.reading(network.tensors().keySet(),
                name -> others.containsKey(name) ? others.get(name) : merged.stored(name),
                RouterOverlap.computed(network, merged));
    }
}
