package org.thalweg.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Network;
import org.thalweg.tensor.TensorReader;

/**
 * A model that is merged. One of a family that is known goes by canonical names, so that experts which one directory
 * keeps in one tensor and another in many are merged with each other; any other goes by the names in its files.
 *
 * @param name by which the configuration calls it
 * @param directory what would be written of it
 * @param layouts types and shapes by name
 * @param tensors by the same names, in the types they are stored in
 * @param network runs it, where it is built in
 */
record MergeInput(
        String name,
        WrittenDirectory directory,
        Map<String, TensorLayout> layouts,
        TensorReader tensors,
        Optional<Network> network) {
    /** A model, of which all of this is written. */
    static MergeInput of(String name, WrittenDirectory directory, TensorReader tensors, Optional<Network> network) {
        return new MergeInput(name, directory, directory.tensors(), tensors, network);
    }

    /** The same model, its tensors given by another reader. */
    MergeInput reading(TensorReader others) {
        return new MergeInput(name, directory, layouts, others, network);
    }

    /** A model of a known family. */
    static MergeInput of(String name, ModelDirectory model, CheckpointReader reader) {
        return of(name, WrittenDirectory.like(model), reader, NetworkOrReason.of(model).network());
    }

    /** A model of any family. */
    static MergeInput of(String name, Checkpoint checkpoint, CheckpointReader reader) {
        return of(name, new WrittenDirectory(checkpoint, checkpoint.config(), checkpoint.tensors(),
                StoredLayout.plain(checkpoint.tensors().keySet()), checkpoint.sharding()), reader, Optional.empty());
    }

    /** The name by which filters of a configuration know a tensor: that in the files, but for slices of one. */
    String fileName(String tensor) {
        StoredLayout.Place place = directory.stored().place(tensor);
        return place.slice().isPresent() ? tensor : place.stored();
    }

    /** Fails naming the tensor with a number that is not finite, if there is one. */
    void requireFinite() {
        directory.source().requireFinite();
    }

    /** How many layers there are: one more than the largest number. */
    int layers() {
        return 1 + layouts.keySet().stream().flatMap(name -> LayerName.of(name).stream())
                .mapToInt(LayerName::number).max().orElse(-1);
    }

    /** The names of all tensors of one layer. */
    List<String> layer(int number) {
        return layouts.keySet().stream()
                .filter(name -> LayerName.of(name).filter(layer -> layer.number() == number).isPresent())
                .toList();
    }

    /** Type and shape of a tensor. */
    TensorLayout layout(String tensor) {
        return Optional.ofNullable(layouts.get(tensor)).orElseThrow(() -> new WorkFailure("the model '" + name
                + "' has no tensor '" + tensor + "', which the other models have; merge models of one architecture."));
    }
}
