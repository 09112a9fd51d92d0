package org.thalweg.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.results.AnalysisPoint;
import org.thalweg.results.MethodPath;
import org.thalweg.results.ReplicaMean;
import org.thalweg.results.ReplicaSurface;
import org.thalweg.results.RotationAngles;
import org.thalweg.results.TransformerReplica;

/**
 * One data set of a study of Transformers, or of a variant of it, with its steps.
 *
 * @param variant what is otherwise than in the file, if anything is
 * @param study the file, or the variant of it as a file of its own
 * @param data the data set
 * @param graph the steps of the methods
 * @param analyses these and the steps of the analyses, of which a variant has none
 */
record StudyPart(
        Optional<VarySpec.Change> variant, TransformerStudy study, TransformerData data, TransformerGraph graph,
        AnalysisGraph analyses) {
    /**
     * All parts of a study.
     *
     * @param study the file
     * @param data one for each data set
     * @return those of the study as it is written, then those of its variants
     */
    static List<StudyPart> of(TransformerStudy study, List<TransformerData> data) {
        List<StudyPart> parts = new ArrayList<>();
        data.forEach(set -> parts.add(of(Optional.empty(), study, set)));
        VariedStudy.of(study).forEach(varied -> data.forEach(set ->
                parts.add(of(Optional.of(varied.change()), varied.study(), set.as(varied.study())))));
        return parts;
    }

    /** The part of a study, or of a variant, that is about one data set. */
    static StudyPart of(Optional<VarySpec.Change> variant, TransformerStudy study, TransformerData data) {
        TransformerGraph graph = TransformerGraph.of(study, data);
        return new StudyPart(variant, study, data, graph, AnalysisGraph.of(study, data, graph));
    }

    /** All steps. */
    List<StudyGraph.Node> nodes() {
        return analyses.nodes();
    }

    /** The trained models; places of checkpoints are relative to a directory. */
    List<TransformerReplica> replicas(GraphRun.Outcome outcome, Path directory) {
        return graph.replicas().stream()
                .map(replica -> TransformerRun.replica(directory, data, replica, outcome)).toList();
    }

    /** What was measured of every pair by every method. */
    List<MethodPath> paths(GraphRun.Outcome outcome) {
        return graph.paths().stream().map(node -> PathStep.read(outcome.artifacts().get(node).directory())).toList();
    }

    /** What was measured of the means of all replicas. */
    List<ReplicaMean> means(GraphRun.Outcome outcome) {
        return graph.means().stream().map(node -> MeanStep.read(outcome.artifacts().get(node).directory())).toList();
    }

    /** What was measured over the simplex of replicas. */
    List<ReplicaSurface> surfaces(GraphRun.Outcome outcome) {
        return graph.surfaces().stream().map(node -> SurfaceStep.read(outcome.artifacts().get(node).directory()))
                .toList();
    }

    /** What the analyses measured; of a variant what the methods did. */
    List<AnalysisPoint> points(GraphRun.Outcome outcome) {
        return variant.isEmpty() ? analyses.points(outcome) : paths(outcome).stream()
                .map(path -> AnalysisPoint.of(
                        new AnalysisPoint.Place(variant.get().analysis(), path.method(),
                                variant.get().value().toString()),
                        path, AnalysisPoint.Reached.NOTHING))
                .toList();
    }

    /** The angles that were found. */
    List<RotationAngles> angles(GraphRun.Outcome outcome) {
        return analyses.angles(outcome);
    }
}
