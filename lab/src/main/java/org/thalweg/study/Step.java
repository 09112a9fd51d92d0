package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;

/**
 * One piece of a study's work: a pure function from the content of its inputs (earlier artifacts and the data set)
 * and its own fields to the files of one artifact. Serialisable, so that the same graph can run in another process or
 * machine; two steps with equal kinds, versions, contents and inputs make equal files on one kind of machine with one
 * number of threads.
 */
public sealed interface Step extends Serializable
        permits ImportStep, PretrainStep, FineTuneStep, MatchStep, MeasureStep, TrainStep, AlignStep, UniverseStep,
        PathStep, MeanStep, SurfaceStep, ReinitialiseStep, TrialStep, AnglesStep, SystemStep, ConnectStep {
    /**
     * The kind of work, also a directory's name.
     *
     * @return one lower-case word
     */
    String kind();

    /**
     * Which way of doing this kind of work: raised whenever equal contents and inputs would make other files, be it by
     * another cost, another order of sums or another format. {@code GoldenArtifactsTest} holds every kind to it.
     *
     * @return at least 1
     */
    int version();

    /**
     * Everything that decides the work beside the inputs, named and in a fixed order: with kind, version and inputs,
     * the artifact's key.
     *
     * @return a new object whose text is the same for equal steps, in every process
     */
    ObjectNode content();

    /**
     * What it works on, for progress and directory names.
     *
     * @return a short name, unique among steps of a kind
     */
    String label();

    /**
     * How much work it is, as images passed forward through a network.
     *
     * @param data sizes of the data set
     * @return at least 1
     */
    long work(StepData data);

    /**
     * Does the work.
     *
     * @param context inputs, data, where to write, who watches
     * @throws IOException when the disk refuses
     */
    void run(StepContext context) throws IOException;
}
