package org.thalweg.network;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A network that runs another one's tensors in a way of its own, and is in all other respects as that one is. */
public interface OtherwiseRun extends Network {
    /** The network whose tensors are run. */
    Network usual();

    @Override
    default int stages() {
        return usual().stages();
    }

    @Override
    default String stageName(int stage) {
        return usual().stageName(stage);
    }

    @Override
    default Map<String, DeclaredTensor> tensors() {
        return usual().tensors();
    }

    @Override
    default Inputs inputs() {
        return usual().inputs();
    }

    @Override
    default Task task() {
        return usual().task();
    }

    @Override
    default Normalisation normalisation() {
        return usual().normalisation();
    }

    @Override
    default double neutralGain() {
        return usual().neutralGain();
    }

    @Override
    default Optional<Tie> tie() {
        return usual().tie();
    }

    @Override
    default List<String> routers() {
        return usual().routers();
    }
}
