package org.thalweg.spark;

import java.io.Serializable;
import org.thalweg.study.GraphRun;

/**
 * What every worker is told once about the steps on one data set of a study.
 *
 * @param source the study and its data set
 * @param share where artifacts pass between machines
 * @param options how a step is done
 * @param expected what the worker must find
 */
record StudyWork(Source source, Share share, GraphRun.Options options, Expected expected) implements Serializable {
    /** In place of the directory that a user gives. */
    static final String NO_PLACE = "";

    /**
     * Where the steps and their data come from.
     *
     * @param yaml the study
     * @param dataset name of one of its data sets
     * @param place where the data set's files are, or {@link #NO_PLACE} to look in the usual places
     */
    record Source(String yaml, String dataset, String place) implements Serializable {}

    /**
     * What the driver found, without which results would be others.
     *
     * @param data digest of the data set
     * @param arithmetic threads, BLAS, libtorch, system and device
     */
    record Expected(String data, String arithmetic) implements Serializable {}
}
