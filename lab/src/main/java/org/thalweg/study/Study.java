package org.thalweg.study;

import java.util.Map;

/** A study as its author writes it. */
public sealed interface Study permits StudyFile, TransformerStudy, ReinitialisationStudy, SystemStudy, StudyList {
    /**
     * Its name, also of the run's directory.
     *
     * @return letters, digits, '.', '_' and '-'
     */
    String study();

    /**
     * The study as plain maps and lists, for results and reports.
     *
     * @return every key that was given, in the order of the file format
     */
    default Map<String, Object> toMap() {
        return StudyReader.toMap(this);
    }
}
