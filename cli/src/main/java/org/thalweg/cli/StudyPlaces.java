package org.thalweg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.study.Study;
import org.thalweg.study.StudyList;
import org.thalweg.study.StudyReader;

/** Where runs of studies are when nobody says otherwise. */
final class StudyPlaces {
    private StudyPlaces() {}

    /** The directory of a list of studies. */
    static Path ofList(StudyList list, Optional<String> profile) {
        return Path.of("runs", list.study() + "-" + profile.orElse(StudyReader.USUAL_PROFILE));
    }

    /** The directory of a part of a list, below the list's. */
    static Path ofPart(Path directory, String part) {
        return directory.resolve(Path.of(part).getFileName().toString().replaceFirst("\\.ya?ml$", ""));
    }

    /** A part of a list, in a profile where it has profiles. */
    static Study part(String part, Optional<String> profile) {
        return StudyReader.read(part, profile.filter(_ -> !StudyReader.profiles(part).isEmpty()));
    }

    /**
     * The results files of a run: its own, or those of its parts.
     *
     * @param directory of the run
     * @return files that are there, in alphabetical order
     */
    static List<Path> results(Path directory) {
        List<Path> found = new ArrayList<>();
        Path own = directory.resolve("results.json");
        if (Files.exists(own)) {
            found.add(own);
        }
        if (Files.isDirectory(directory)) {
            try (Stream<Path> below = Files.list(directory)) {
                below.map(part -> part.resolve("results.json")).filter(Files::exists).sorted().forEach(found::add);
            } catch (IOException refused) {
                throw new WorkFailure("cannot list " + directory + ": " + refused.getMessage() + ".", refused);
            }
        }
        return found;
    }
}
