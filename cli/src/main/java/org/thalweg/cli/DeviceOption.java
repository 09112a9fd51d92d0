package org.thalweg.cli;

import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Device;
import picocli.CommandLine.Option;

/** On which device models are trained, and alignments learned. */
final class DeviceOption {
    @Option(names = "--device", paramLabel = "D", defaultValue = "cpu",
            description = "Where models run while something is trained or learned: cpu or cuda, which takes a build "
                    + "with the Maven profile 'cuda' and was never tried; ${DEFAULT-VALUE} when absent. May change "
                    + "last digits.")
    private String device;

    /**
     * The device.
     *
     * @throws WrongUse when the word names none
     * @throws WorkFailure when there is none
     */
    Device device() {
        Device chosen = Choice.of("--device", device, Device.values());
        chosen.require();
        return chosen;
    }

    /** Whether another one than the CPU was asked for. */
    boolean isOther() {
        return Choice.of("--device", device, Device.values()) != Device.CPU;
    }
}
