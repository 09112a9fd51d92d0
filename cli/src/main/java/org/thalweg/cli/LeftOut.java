package org.thalweg.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.thalweg.checkpoint.Checkpoint;

/**
 * Files beside a model that are not copied with it.
 *
 * @param reasons by path within the model's directory
 */
record LeftOut(Map<String, String> reasons) {
    static LeftOut of(Checkpoint checkpoint) {
        return new LeftOut(checkpoint.companions().leftOut());
    }

    /** Says on standard error what was left out, if anything was. */
    void tell(PrintWriter errors) {
        reasons.forEach((file, reason) -> errors.println("thalweg: '" + file + "' is not copied: " + reason + "."));
        errors.flush();
    }

    /** For the key {@code companions_left_out}. */
    List<Map<String, String>> document() {
        return reasons.entrySet().stream()
                .map(entry -> Map.of("file", entry.getKey(), "reason", entry.getValue()))
                .toList();
    }
}
