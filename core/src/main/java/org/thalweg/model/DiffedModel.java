package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.network.Tie;

/**
 * A directory of which as much is known as can be: all of a model that the program knows, of a family that it does not
 * know the files alone.
 *
 * @param checkpoint the files
 * @param model the model, when it is one of a known family and complete
 * @param network what its configuration says, when that can be run
 * @param canonical where tensors lie by canonical names, when the family is known
 * @param refusal why there is no model or no network; empty when there are both
 */
record DiffedModel(
        Checkpoint checkpoint,
        Optional<ModelDirectory> model,
        Optional<Network> network,
        Optional<StoredLayout> canonical,
        String refusal) {
    /**
     * Opens a directory.
     *
     * @throws WorkFailure when it is no checkpoint, or files are damaged
     */
    static DiffedModel open(Path directory) {
        Checkpoint checkpoint = Checkpoint.open(directory);
        try {
            ModelDirectory model = ModelDirectory.open(directory);
            NetworkOrReason known = NetworkOrReason.of(model);
            return new DiffedModel(checkpoint, Optional.of(model), known.network(), Optional.of(model.stored()),
                    known.reason());
        } catch (WorkFailure | WrongUse refused) {
            return incomplete(checkpoint, refused.getMessage());
        }
    }

    private static DiffedModel incomplete(Checkpoint checkpoint, String refusal) {
        try {
            StoredLayout stored = ModelDirectory.stored(checkpoint, Optional.empty());
            stored.canonical(checkpoint.tensors());
            RepeatedTensors.requireEqual(checkpoint, stored);
            return new DiffedModel(checkpoint, Optional.empty(),
                    ModelDirectory.network(checkpoint.config(), stored.places().keySet()), Optional.of(stored),
                    refusal);
        } catch (WorkFailure | WrongUse unknown) {
            return new DiffedModel(checkpoint, Optional.empty(), Optional.empty(), Optional.empty(), refusal);
        }
    }

    /** The same with tensors by their names in the files. */
    DiffedModel withStoredNames() {
        return new DiffedModel(checkpoint, model, network, Optional.empty(), refusal);
    }

    /** Where tensors lie by the names that they go by here. */
    StoredLayout layout() {
        return canonical.orElseGet(() -> StoredLayout.plain(checkpoint.tensors().keySet()));
    }

    /** Types and shapes by name. */
    Map<String, TensorLayout> tensors() {
        return layout().canonical(checkpoint.tensors());
    }

    /** Tensors that no function depends on; none where that is not known. */
    Set<String> buffers() {
        return model.filter(_ -> canonical.isPresent())
                .<Set<String>>map(known -> new HashSet<>(known.architecture().ignored()))
                .orElse(Set.of());
    }

    ConfigDifferences.Side configuration() {
        return new ConfigDifferences.Side(checkpoint.config(), layout().places().keySet(), network);
    }

    /** Embeddings that are the head too. */
    List<String> tied() {
        return network.flatMap(Network::tie).map(Tie::embedding).stream().toList();
    }

    /** The name of the directory, for sentences. */
    String name() {
        return checkpoint.directory().toString();
    }

    /** The family, as the configuration names it. */
    String family() {
        ObjectNode config = checkpoint.config();
        return config.path("model_type").asText("unnamed");
    }
}
