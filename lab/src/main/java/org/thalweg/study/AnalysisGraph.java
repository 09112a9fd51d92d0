package org.thalweg.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.learned.Sampler;
import org.thalweg.results.Analysis;
import org.thalweg.results.AnalysisPoint;
import org.thalweg.results.PathForm;
import org.thalweg.results.RotationAngles;
import org.thalweg.study.StudyGraph.Node;

/**
 * The steps of a study of Transformers on one data set with those of its analyses. Where an analysis wants what a
 * method of the study does, it shares that method's steps.
 *
 * @param nodes the study's and the analyses', in an order in which every node comes after those it needs
 * @param points what is measured, in the order of tables
 * @param angles names of the nodes that measure rotations
 */
record AnalysisGraph(List<Node> nodes, List<Planned> points, List<String> angles) {
    /** Copies the lists. */
    AnalysisGraph {
        nodes = List.copyOf(nodes);
        points = List.copyOf(points);
        angles = List.copyOf(angles);
    }

    /**
     * A point of an analysis before it is measured.
     *
     * @param place which
     * @param node the name of the node that measures it
     * @param isOfMethod whether that is the node of a method's path, and no trial
     */
    private record Planned(AnalysisPoint.Place place, String node, boolean isOfMethod) {
        AnalysisPoint read(Path artifact) {
            return isOfMethod
                    ? AnalysisPoint.of(place, PathStep.read(artifact), AnalysisPoint.Reached.NOTHING)
                    : TrialStep.read(artifact);
        }
    }

    /**
     * The steps of a study and of its analyses.
     *
     * @param study the file
     * @param data the data set
     * @param graph the steps of its methods
     * @return the whole graph
     */
    static AnalysisGraph of(TransformerStudy study, TransformerData data, TransformerGraph graph) {
        Builder builder = new Builder(study, data);
        graph.nodes().forEach(node -> builder.nodes.put(node.name(), node));
        List<TransformerGraph.Pair> pairs = TransformerGraph.pairs(StudyMethod.VANILLA, graph.replicas()).stream()
                .limit(study.howToAnalyse().mostPairs()).toList();
        for (Analysis analysis : study.analysed()) {
            pairs.forEach(pair -> builder.add(analysis, pair));
        }
        return new AnalysisGraph(List.copyOf(builder.nodes.values()), builder.points, builder.angles);
    }

    /** What was measured. */
    List<AnalysisPoint> points(GraphRun.Outcome outcome) {
        return points.stream()
                .map(planned -> planned.read(outcome.artifacts().get(planned.node).directory())).toList();
    }

    /** The angles that were found. */
    List<RotationAngles> angles(GraphRun.Outcome outcome) {
        return angles.stream()
                .flatMap(node -> AnglesStep.read(outcome.artifacts().get(node).directory()).stream()).toList();
    }

    /** Collects nodes. */
    private static final class Builder {
        private final TransformerStudy study;
        private final TransformerData data;
        private final Map<String, Node> nodes = new LinkedHashMap<>();
        private final List<Planned> points = new ArrayList<>();
        private final List<String> angles = new ArrayList<>();

        Builder(TransformerStudy study, TransformerData data) {
            this.study = study;
            this.data = data;
        }

        private void add(Analysis analysis, TransformerGraph.Pair pair) {
            switch (analysis) {
                case ITERATIONS -> {
                    for (ResidualMatching residual
                            : List.of(ResidualMatching.ORTHOGONAL, ResidualMatching.PERMUTATION)) {
                        share(Trial.Passes.place(residual, 0), StudyMethod.VANILLA, pair);
                        for (int passes = 1; passes <= study.howToAnalyse().mostIterations(); passes++) {
                            add(new Trial.Passes(residual, passes), pair);
                        }
                    }
                }
                case ANGLES -> addAngles(pair);
                case INPUTS -> {
                    for (StudyMethod method : List.of(StudyMethod.ACTIVATION, StudyMethod.ACTIVATION_ORTHOGONAL)) {
                        study.howToAnalyse().numbersOfInputs().forEach(count ->
                                add(new Trial.Inputs(method, count), pair));
                    }
                }
                case INITIALISATIONS -> addStarts(pair);
                case VARY_RESIDUAL, VARY_LAYERS, VARY_WEIGHT_DECAY, VARY_EPOCHS ->
                    throw new IllegalStateException("a varied key is a study of its own");
            }
        }

        /** Every start with the usual sampler, every sampler from the usual start; the usual both are a method. */
        private void addStarts(TransformerGraph.Pair pair) {
            StudyMethod.Learning learning = study.howToLearn();
            for (Trial.Origin origin : Trial.Origin.values()) {
                Trial.Learnt trial = new Trial.Learnt(origin, Sampler.NARROW, learning);
                if (origin == Trial.Origin.WEIGHT) {
                    share(trial.place(), StudyMethod.LEARNED, pair);
                } else {
                    add(trial, pair);
                }
            }
            for (Sampler sampler : Sampler.ofLine()) {
                if (sampler != Sampler.NARROW) {
                    add(new Trial.Learnt(Trial.Origin.WEIGHT, sampler, learning), pair);
                }
            }
        }

        private void share(AnalysisPoint.Place place, StudyMethod method, TransformerGraph.Pair pair) {
            points.add(new Planned(place, TransformerGraph.path(
                    study, data, pair.by(method), PathForm.WEIGHTS, nodes), true));
        }

        private void add(Trial trial, TransformerGraph.Pair pair) {
            TrialStep step = new TrialStep(data.name(), trial, pair.a().id(), pair.b().id(), pair.seed(study),
                    study.gridPoints());
            String name = "trial " + step.label();
            nodes.put(name, new Node(name, step, pair.nodes()));
            points.add(new Planned(trial.place(), name, false));
        }

        private void addAngles(TransformerGraph.Pair pair) {
            List<String> needs = new ArrayList<>(pair.nodes());
            needs.add(TransformerGraph.align(study, pair.by(StudyMethod.WEIGHT), nodes));
            needs.add(TransformerGraph.align(study, pair.by(StudyMethod.LEARNED), nodes));
            AnglesStep step = new AnglesStep(data.name(), pair.a().id(), pair.b().id());
            String name = "angles " + step.label();
            nodes.put(name, new Node(name, step, needs));
            angles.add(name);
        }
    }
}
