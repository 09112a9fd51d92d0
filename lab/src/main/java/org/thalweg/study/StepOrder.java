package org.thalweg.study;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.storage.Digest;

/**
 * A step whose inputs are there, and where its artifact belongs.
 *
 * @param node the step in its place
 * @param address of its artifact
 * @param inputs artifacts that it reads, in the order in which the node names them
 */
public record StepOrder(StudyGraph.Node node, ArtifactStore.Address address, List<ArtifactStore.Artifact> inputs) {
    /** Copies the list. */
    public StepOrder {
        inputs = List.copyOf(inputs);
    }

    /**
     * The order for a node. Processes that compute otherwise, with other numbers of threads, another BLAS or on another
     * system, come to other addresses, so that their artifacts are not mixed.
     *
     * @param node the step in its place
     * @param data what it works on
     * @param arithmetic what {@link org.thalweg.tensor.Engine#arithmetic} says of the run
     * @param inputs artifacts that it reads, in the order in which the node names them
     * @return the order
     */
    public static StepOrder of(
            StudyGraph.Node node, StepData data, String arithmetic, List<ArtifactStore.Artifact> inputs) {
        List<Digest> contents = new ArrayList<>();
        contents.add(Digest.ofText(arithmetic));
        contents.add(data.digest());
        inputs.forEach(input -> contents.add(input.content()));
        return new StepOrder(node, ArtifactStore.Address.of(node.step(), contents), inputs);
    }
}
