package org.thalweg.study;

import static org.thalweg.study.StudyFile.require;
import static org.thalweg.study.StudyFile.requireName;

import java.util.List;
import java.util.Optional;

/**
 * Several studies that make one table of a paper, because their data or networks differ. Each is run for itself, in a
 * directory of its own below the list's.
 *
 * @param study name, also of the directory
 * @param description one sentence for readers
 * @param parts names of studies that come with the program, or paths of study files
 */
public record StudyList(String study, Optional<String> description, List<String> parts) implements Study {
    /** The key by which a file is known to be a list. */
    static final String MARK = "parts";

    /** Refuses lists of nothing. */
    public StudyList {
        parts = List.copyOf(parts);
        requireName(study);
        require(!parts.isEmpty(), MARK, "at least one study", "none");
    }
}
