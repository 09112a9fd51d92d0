package org.thalweg.matching.activation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.IndexedName;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.SpaceReference;
import org.thalweg.symmetry.TensorLayout;

/**
 * How the groups act on what enters a sublayer's output map: along the coordinates as on the map's other axis, and not
 * at all along the samples.
 *
 * @param name of the activations
 * @param weight the map's name
 * @param streamAxis of the weight's two axes the one that runs over the stream
 * @param layout of the activations [samples coordinates], without the number of samples
 */
record FeatureLayout(String name, String weight, int streamAxis, TensorLayout.Part layout) {
    /** Of an output map that is a matrix with one axis over the stream. */
    static FeatureLayout of(Architecture architecture, String weight) {
        TensorLayout.Part part = architecture.tensors().get(weight).parts().getFirst();
        int stream = part.axes().getFirst().factors().getFirst().space()
                .filter(Architecture.STREAM::equals).isPresent() ? 0 : 1;
        List<TensorLayout.Factor> inner = part.axes().get(1 - stream).factors();
        // Factors are counted over both axes; here the samples are the first.
        int moved = stream == 0 ? 0 : 1;
        List<TensorLayout.Factor> factors = inner.stream()
                .map(factor -> new TensorLayout.Factor(
                        factor.reference().map(reference -> moved(reference, moved)), factor.length(), AxisRole.WRITER))
                .toList();
        List<TensorLayout.Vector> signs = part.scales().stream()
                .filter(scale -> scale.along().filter(along -> along + moved >= 1
                        && along + moved <= inner.size()).isPresent())
                .filter(scale -> architecture.space(scale.reference().first()).group().kind()
                        == GroupKind.SIGNED_SCALING)
                .map(scale -> new TensorLayout.Vector(moved(scale.reference(), moved),
                        scale.along().map(along -> along + moved), !scale.reciprocal()))
                .toList();
        return new FeatureLayout("features." + weight, weight, stream, part(factors, signs));
    }

    private static TensorLayout.Part part(List<TensorLayout.Factor> factors, List<TensorLayout.Vector> signs) {
        return new TensorLayout.Part(
                List.of(new TensorLayout.Axis(List.of(samples(1))), new TensorLayout.Axis(factors)),
                Optional.empty(), signs);
    }

    private static TensorLayout.Factor samples(int count) {
        return new TensorLayout.Factor(Optional.empty(), count, AxisRole.WRITER);
    }

    private static SpaceReference moved(SpaceReference reference, int by) {
        Map<String, List<Integer>> outer = new LinkedHashMap<>();
        reference.outer().forEach((variable, factors) ->
                outer.put(variable, factors.stream().map(factor -> factor + by).toList()));
        return new SpaceReference(reference.pattern(), reference.variables(), outer);
    }

    /** The stream behind a stage. */
    static FeatureLayout ofStream(int stage, int width) {
        SpaceReference stream = new SpaceReference(NamePattern.parse(Architecture.STREAM), Map.of(), Map.of());
        return new FeatureLayout(Activations.stream(stage), "", 0, part(
                List.of(new TensorLayout.Factor(Optional.of(stream), width, AxisRole.WRITER)), List.of()));
    }

    /** The layout of so many samples. */
    TensorLayout of(int samples) {
        List<TensorLayout.Axis> axes = new ArrayList<>(layout.axes());
        axes.set(0, new TensorLayout.Axis(List.of(samples(samples))));
        return new TensorLayout(
                new IndexedName(NamePattern.parse(name), Map.of(), Map.of()),
                List.of(new TensorLayout.Part(axes, Optional.empty(), layout.scales())),
                Optional.empty());
    }
}
