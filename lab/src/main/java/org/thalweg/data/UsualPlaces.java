package org.thalweg.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where data sets are looked for when the user names no place, or not there.
 *
 * @param environment the directory in the environment variable {@code THALWEG_DATA}, if set
 * @param shared the directories that hold one directory per data set, in order
 */
record UsualPlaces(Optional<Path> environment, List<Path> shared) {
    /** Takes an unmodifiable copy of the list. */
    UsualPlaces {
        shared = List.copyOf(shared);
    }

    /** The places on this machine, for this user and this working directory. */
    static UsualPlaces ofThisMachine() {
        Optional<Path> environment = Optional.ofNullable(System.getenv("THALWEG_DATA"))
                .filter(value -> !value.isBlank()).map(Path::of);
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "thalweg", "data");
        return new UsualPlaces(environment, List.of(cache, Path.of("/usr/share/datasets"), Path.of("data")));
    }

    /** The places for one data set, in the order in which they are tried. */
    List<Path> of(String datasetName) {
        List<Path> places = new ArrayList<>();
        environment.ifPresent(given -> places.addAll(List.of(given, given.resolve(datasetName))));
        shared.forEach(directory -> places.add(directory.resolve(datasetName)));
        return places;
    }
}
