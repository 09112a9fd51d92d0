package org.thalweg.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.study.StudyGraph.Node;
import org.thalweg.tensor.Random;
import org.thalweg.training.TrainingPlan;

/**
 * The steps of a study of Transformers on one data set: replicas, for each pair and method an alignment and a path, and
 * by methods that bring all replicas into one basis the mean of all.
 *
 * @param nodes in an order in which every node comes after those it needs
 * @param replicas the trained models
 * @param paths names of the nodes that measure, by pair, then by method
 * @param means names of the nodes that measure the mean of all replicas, by method
 */
record TransformerGraph(
        List<Node> nodes, List<StudyGraph.Replica> replicas, List<String> paths, List<String> means) {
    /** Rounds at most in which all replicas are matched to their mean, as many as {@code align} takes. */
    private static final int ROUNDS = 5;

    /** The node that carries all replicas. */
    private static final String UNIVERSE = "universe";

    /** Copies the lists. */
    TransformerGraph {
        nodes = List.copyOf(nodes);
        replicas = List.copyOf(replicas);
        paths = List.copyOf(paths);
        means = List.copyOf(means);
    }

    /**
     * The graph of one data set.
     *
     * @param study the file
     * @param data the data set
     * @return the graph
     */
    static TransformerGraph of(TransformerStudy study, TransformerData data) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        List<StudyGraph.Replica> replicas = new ArrayList<>();
        for (int number = 0; number < study.replicaCount(); number++) {
            replicas.add(replica(study, data, number, nodes));
        }
        if (study.matched().contains(StudyMethod.UNIVERSE)) {
            All all = new All(StudyMethod.UNIVERSE, replicas);
            nodes.put(UNIVERSE, new Node(UNIVERSE, new UniverseStep(
                    data.name(), all.ids(), ROUNDS, Random.childSeed(study.seed(), "universe " + data.name())),
                    all.nodes()));
        }
        List<String> paths = new ArrayList<>();
        for (Pair pair : pairs(StudyMethod.VANILLA, replicas)) {
            study.matched().forEach(method -> paths.add(path(study, data, pair.by(method), nodes)));
        }
        List<String> means = study.matched().stream().filter(StudyMethod::isOfAll)
                .map(method -> mean(data, new All(method, replicas), nodes)).toList();
        return new TransformerGraph(List.copyOf(nodes.values()), replicas, paths, means);
    }

    /** Adds the step that trains a replica. */
    static StudyGraph.Replica replica(
            TransformerStudy study, TransformerData data, int number, Map<String, Node> nodes) {
        String id = study.family().label() + "-" + data.name() + "-r" + number;
        String name = "train " + id;
        long seed = Random.childSeed(study.seed(), name);
        WholeTraining training = study.training();
        TrainingPlan plan = training.plan();
        nodes.put(name, new Node(name, new TrainStep(id, study.family(), data.config(), plan,
                training.patience().orElse(0), training.lookEvery().orElse(0), seed), List.of()));
        return new StudyGraph.Replica(id, seed, name);
    }

    /** Every two replicas by a method. */
    static List<Pair> pairs(StudyMethod method, List<StudyGraph.Replica> replicas) {
        List<Pair> pairs = new ArrayList<>();
        for (int first = 0; first < replicas.size(); first++) {
            for (int second = first + 1; second < replicas.size(); second++) {
                pairs.add(new Pair(method, replicas.get(first), replicas.get(second)));
            }
        }
        return pairs;
    }

    /** Two replicas and what is done with them. */
    record Pair(StudyMethod method, StudyGraph.Replica a, StudyGraph.Replica b) {
        /** The same two by another method. */
        Pair by(StudyMethod other) {
            return new Pair(other, a, b);
        }

        /** Names of the nodes that train them. */
        List<String> nodes() {
            return List.of(a.node(), b.node());
        }

        /** Of what is drawn when they are matched. */
        long seed(TransformerStudy study) {
            return Random.childSeed(study.seed(), "align " + a.id() + " " + b.id());
        }
    }

    /** All replicas and what is done with them. */
    private record All(StudyMethod method, List<StudyGraph.Replica> replicas) {
        List<String> ids() {
            return replicas.stream().map(StudyGraph.Replica::id).toList();
        }

        List<String> nodes() {
            return replicas.stream().map(StudyGraph.Replica::node).toList();
        }
    }

    private static String mean(TransformerData data, All all, Map<String, Node> nodes) {
        List<String> needs = new ArrayList<>(all.nodes());
        if (all.method == StudyMethod.UNIVERSE) {
            needs.add(UNIVERSE);
        }
        MeanStep step = new MeanStep(data.name(), all.method, all.ids());
        String name = "mean " + step.label();
        nodes.put(name, new Node(name, step, needs));
        return name;
    }

    /** The node that matches a pair, by a method that matches pairs. */
    static String align(TransformerStudy study, Pair pair, Map<String, Node> nodes) {
        AlignStep align = new AlignStep(
                pair.method, study.howToLearn(), pair.a.id(), pair.b.id(), pair.seed(study));
        String name = "align " + align.label();
        nodes.put(name, new Node(name, align, pair.nodes()));
        return name;
    }

    /** The node that measures a pair by a method, with what it needs. */
    static String path(TransformerStudy study, TransformerData data, Pair pair, Map<String, Node> nodes) {
        List<String> needs = new ArrayList<>(pair.nodes());
        if (pair.method == StudyMethod.UNIVERSE) {
            needs.add(UNIVERSE);
        } else if (pair.method != StudyMethod.VANILLA) {
            needs.add(align(study, pair, nodes));
        }
        PathStep step = new PathStep(data.name(), pair.method, pair.a.id(), pair.b.id(), study.gridPoints());
        String name = "path " + step.label();
        nodes.put(name, new Node(name, step, needs));
        return name;
    }
}
