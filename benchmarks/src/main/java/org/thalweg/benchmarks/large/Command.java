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
    CANONICAL(2);

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
        return name().toLowerCase(Locale.ROOT);
    }

    boolean writes() {
        return this != INSPECT && this != VERIFY;
    }

    boolean needsMoved() {
        return this == APPLY || this == VERIFY || this == ALIGN;
    }

    boolean hasGoal() {
        return this != INSPECT;
    }

    /** Most seconds for each second of what is necessary. */
    double goal() {
        return goal;
    }

    /** Seconds of the products that it needs, of what {@link NecessaryProducts} prints. */
    double products(JsonNode products) {
        return switch (this) {
            case INSPECT, SCRAMBLE, APPLY -> 0;
            case VERIFY -> products.path("forward_float64").asDouble();
            case ALIGN -> products.path("align").asDouble();
            case CANONICAL -> products.path("canonical").asDouble();
        };
    }
}
