package org.thalweg.benchmarks.large;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import org.thalweg.failure.WrongUse;

/** A command that is measured, in the order in which they run. */
enum Command {
    /** Reads headers alone. */
    INSPECT(Double.NaN),
    /** Moves the partner; what it writes is what later commands read. */
    SCRAMBLE(1.5),
    /** Moves the partner by the alignment that scramble wrote. */
    APPLY(1.5),
    /** Compares the partner with the moved one. */
    VERIFY(1.5),
    /** Moves the moved partner back to A. */
    ALIGN(2),
    /** Writes A's canonical form. */
    CANONICAL(2),
    /** Compares A and the partner, tensor by tensor. */
    DIFF(Double.NaN),
    /** Writes the mean of A and the partner, as they are. */
    MERGE(1.5),
    /** Writes the mean of A and the moved partner, aligned first. */
    MERGE_ALIGNED(Double.NaN);

    private final double goal;

    Command(double goal) {
        this.goal = goal;
    }

    static Command of(String label) {
        return Arrays.stream(values()).filter(command -> command.label().equals(label)).findFirst()
                .orElseThrow(() -> new WrongUse("'" + label + "' is not measured; expected commands of "
                        + String.join(", ", Arrays.stream(values()).map(Command::label).toList()) + "."));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The command's own name. */
    String word() {
        return this == MERGE_ALIGNED ? "merge" : label();
    }

    boolean writes() {
        return this != INSPECT && this != VERIFY && this != DIFF;
    }

    boolean needsMoved() {
        return this == APPLY || this == VERIFY || this == ALIGN || this == MERGE_ALIGNED;
    }

    boolean hasGoal() {
        return !Double.isNaN(goal);
    }

    /** Most seconds for each second of what is necessary. */
    double goal() {
        return goal;
    }

    /** Seconds of the products that it needs, of what {@link NecessaryProducts} prints. */
    double products(JsonNode products) {
        return switch (this) {
            case INSPECT, SCRAMBLE, APPLY, DIFF, MERGE -> 0;
            case VERIFY -> products.path("forward_float64").asDouble();
            case ALIGN, MERGE_ALIGNED -> products.path("align").asDouble();
            case CANONICAL -> products.path("canonical").asDouble();
        };
    }
}
