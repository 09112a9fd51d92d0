package org.thalweg.spark;

import java.io.Serializable;
import java.util.List;
import org.thalweg.storage.Digest;
import org.thalweg.study.ArtifactStore;
import org.thalweg.study.StepOrder;

/**
 * One step, as it travels to a worker.
 *
 * @param node name of the step in the study's graph
 * @param result where its artifact belongs
 * @param inputs the artifacts that it reads, in order
 */
record StepTask(String node, Place result, List<Input> inputs) implements Serializable {
    /** Copies the list. */
    StepTask {
        inputs = List.copyOf(inputs);
    }

    /**
     * An address.
     *
     * @param kind of the step
     * @param label of the step
     * @param key digest of the step and its inputs
     */
    record Place(String kind, String label, String key) implements Serializable {
        static Place of(ArtifactStore.Address address) {
            return new Place(address.kind(), address.label(), address.key().hex());
        }

        ArtifactStore.Address address() {
            return new ArtifactStore.Address(kind, label, new Digest(key));
        }
    }

    /**
     * An artifact to read.
     *
     * @param place where it is
     * @param content digest of its files
     */
    record Input(Place place, String content) implements Serializable {}

    /**
     * The task of an order.
     *
     * @param order the step
     */
    static StepTask of(StepOrder order) {
        return new StepTask(order.node().name(), Place.of(order.address()), order.inputs().stream()
                .map(input -> new Input(Place.of(input.address()), input.content().hex())).toList());
    }
}
