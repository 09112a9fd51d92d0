package org.thalweg.cli;

import java.io.PrintWriter;
import java.util.List;

/**
 * How far an answer lies outside the runs that its law was fitted to.
 *
 * @param warnings sentences without a full stop; none inside
 */
record Extrapolation(List<String> warnings) {
    /** Says so on standard error. */
    void tell(PrintWriter errors) {
        warnings.forEach(warning -> errors.println("thalweg: " + warning + "."));
        errors.flush();
    }
}
