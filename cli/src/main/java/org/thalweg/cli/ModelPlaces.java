package org.thalweg.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import picocli.CommandLine.Option;

/** Where models stand that a configuration calls by names. Nothing is ever downloaded. */
final class ModelPlaces {
    @Option(names = "--models", paramLabel = "NAME=DIR", description = "Where a model of the configuration stands; may "
            + "be given several times.")
    private Map<String, Path> named = new LinkedHashMap<>();

    @Option(names = "--model-root", paramLabel = "DIR",
            description = "A directory with models: DIR/NAME, or for owner/name also DIR/name.")
    private Optional<Path> root = Optional.empty();

    /**
     * The directory of a model.
     *
     * @param name by which the configuration calls it
     * @param file the configuration, beside which names may be directories
     * @throws WorkFailure when there is none
     */
    Path of(String name, Optional<Path> file) {
        if (named.containsKey(name)) {
            return named.get(name);
        }
        List<Path> places = new ArrayList<>();
        try {
            Path given = Path.of(name);
            places.add(given);
            file.map(Path::toAbsolutePath).map(Path::getParent).ifPresent(beside -> places.add(beside.resolve(given)));
            root.ifPresent(directory -> {
                places.add(directory.resolve(given));
                Optional.ofNullable(given.getFileName()).ifPresent(last -> places.add(directory.resolve(last)));
            });
        } catch (InvalidPathException impossible) {
            throw new WrongUse("'" + name + "' is no name that a directory can have; say where the model stands with "
                    + "--models '" + name + "=DIR'.");
        }
        return places.stream().filter(Files::isDirectory).findFirst().orElseThrow(() -> new WorkFailure(
                "there is no directory for the model '" + name + "'; say where it stands with --models '" + name
                        + "=DIR', or give --model-root DIR; nothing is downloaded."));
    }
}
