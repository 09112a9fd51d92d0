package org.thalweg.study;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;

/**
 * One data set of a study and the steps on it, as any process finds them that is given the study.
 *
 * @param data the data set
 * @param nodes in an order in which every node comes after those it needs
 */
public record StudySteps(StepData data, List<StudyGraph.Node> nodes) {
    /** Copies the list. */
    public StudySteps {
        nodes = List.copyOf(nodes);
    }

    /**
     * Finds and reads one data set of a study.
     *
     * @param study the study
     * @param dataset name of one of its data sets
     * @param given where the data set's files are, when the user says so
     * @return the data and the steps on them
     * @throws WorkFailure when they are not found, are damaged, or too few
     */
    public static StudySteps load(Study study, String dataset, Optional<Path> given) {
        return of(study, switch (study) {
            case StudyFile file -> StudyData.load(file, given);
            case TransformerStudy file -> TransformerData.load(file, dataset, given);
            case ReinitialisationStudy file -> TransformerData.load(file.trained(), dataset, given);
            case SystemStudy file -> file.data();
            case StudyList list -> throw new IllegalArgumentException(list.study() + " has no data of its own");
        });
    }

    /**
     * The steps on data that are there, without those of variants of the study, which are studies of their own.
     *
     * @param study the study
     * @param data one of its data sets
     * @return the data and the steps on them
     */
    public static StudySteps of(Study study, StepData data) {
        return switch (study) {
            case StudyFile file when data instanceof StudyData images ->
                new StudySteps(data, StudyGraph.of(file, images).nodes());
            case TransformerStudy file when data instanceof TransformerData set ->
                new StudySteps(data, StudyPart.of(Optional.empty(), file, set).nodes());
            case ReinitialisationStudy file when data instanceof TransformerData set ->
                new StudySteps(data, ReinitialisationGraph.of(file, set).nodes());
            case SystemStudy file when data instanceof SystemData system ->
                new StudySteps(data, SystemGraph.of(file, system).nodes());
            default -> throw new IllegalArgumentException("the data are of another kind of study");
        };
    }

    /**
     * The step of a name.
     *
     * @param name of a node
     * @return the node
     * @throws WorkFailure when this version of Thalweg makes no such step of the study
     */
    public StudyGraph.Node node(String name) {
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow(() ->
                new WorkFailure("the study has no step '" + name + "' here; let every machine have the same version "
                        + "of Thalweg."));
    }
}
