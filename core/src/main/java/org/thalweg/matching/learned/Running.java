package org.thalweg.matching.learned;

import java.util.Optional;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.tensor.Device;

/**
 * Where learning runs and keeps its state. Of what is learned this changes last digits at most.
 *
 * @param device on which the models run while it learns
 * @param snapshots where the state is kept meanwhile, if anywhere; whoever gives them deletes them when what was
 *     learned is where it belongs
 */
public record Running(Device device, Optional<Snapshots> snapshots) {
    /** On the CPU, without a state that is kept. */
    public static final Running USUAL = new Running(Device.CPU, Optional.empty());
}
