package org.thalweg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Leftovers;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParseResult;

/** The files and directories that a user names on a command line, whichever command it is. */
final class NamedPlaces {
    private static final int MOST_LINKS = 8;

    private NamedPlaces() {}

    /**
     * Clears what killed runs left where the named places are: half-written files go, and directories that were moved
     * aside to be replaced are put back, so that the command finds them.
     */
    static void clear(ParseResult parsed, PrintWriter errors) {
        Set<Path> named = new LinkedHashSet<>();
        for (ParseResult command = parsed; command != null;
                command = command.hasSubcommand() ? command.subcommand() : null) {
            command.matchedArgs().forEach(argument -> add(argument, named));
        }
        Set<Path> parents = new LinkedHashSet<>();
        named.forEach(path -> parents(path, parents));
        for (Path parent : parents) {
            try {
                Leftovers.clear(parent).forEach(told -> errors.println("thalweg: " + told));
            } catch (WorkFailure refused) {
                // A disk that may only be read is no reason not to read from it.
                errors.println("thalweg: " + refused.getMessage());
            }
        }
        errors.flush();
    }

    private static void add(ArgSpec argument, Set<Path> named) {
        Object value = argument.getValue();
        Object given = value instanceof Optional<?> optional && optional.isPresent() ? optional.get() : value;
        if (given instanceof Collection<?> several) {
            several.stream().filter(Path.class::isInstance).map(Path.class::cast).forEach(named::add);
        } else if (given instanceof Path path) {
            named.add(path);
        }
    }

    /** The parent of a place; of what it leads to, when it is a link; and, for a file in a model, the model's. */
    private static void parents(Path path, Set<Path> parents) {
        Path place = path.toAbsolutePath().normalize();
        for (int links = 0; links <= MOST_LINKS && place.getParent() != null; links++) {
            Path parent = place.getParent();
            if (!Files.exists(parent) && parent.getParent() != null) {
                parents.add(parent.getParent());
            }
            parents.add(parent);
            if (!Files.isSymbolicLink(place)) {
                return;
            }
            try {
                place = place.resolveSibling(Files.readSymbolicLink(place)).normalize();
            } catch (IOException goneMeanwhile) {
                return;
            }
        }
    }
}
