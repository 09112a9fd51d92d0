package org.thalweg.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.results.PathForm;
import org.thalweg.study.StudyGraph.Node;
import org.thalweg.tensor.Random;
import org.thalweg.training.TrainingPlan;

/**
 * The steps of a study of Transformers on one data set: replicas, for each pair and method an alignment and a path, and
 * by methods that bring all replicas into one basis the mean of all and, where that is asked for, a surface.
 *
 * @param nodes in an order in which every node comes after those it needs
 * @param replicas the trained models
 * @param paths names of the nodes that measure, by pair, then by method
 * @param means names of the nodes that measure the mean of all replicas, by method
 * @param surfaces names of the nodes that measure a surface over replicas, by method
 */
record TransformerGraph(
        List<Node> nodes, List<StudyGraph.Replica> replicas, List<String> paths, List<String> means,
        List<String> surfaces) {
    /** Copies the lists. */
    TransformerGraph {
        nodes = List.copyOf(nodes);
        replicas = List.copyOf(replicas);
        paths = List.copyOf(paths);
        means = List.copyOf(means);
        surfaces = List.copyOf(surfaces);
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
        AllReplicas all = new AllReplicas(study, data, replicas);
        all.carry(nodes);
        List<String> paths = new ArrayList<>();
        for (Pair pair : pairs(StudyMethod.VANILLA, replicas)) {
            for (StudyMethod method : study.matched()) {
                study.forms(method).forEach(form -> paths.add(path(study, data, pair.by(method), form, nodes)));
            }
        }
        List<String> means = all.means(nodes);
        List<String> surfaces = all.surfaces(nodes);
        return new TransformerGraph(List.copyOf(nodes.values()), replicas, paths, means, surfaces);
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

    /** The node that matches a pair, by a method that matches pairs. */
    static String align(TransformerStudy study, Pair pair, Map<String, Node> nodes) {
        AlignStep align = new AlignStep(
                pair.method, study.howToLearn(), pair.a.id(), pair.b.id(), pair.seed(study));
        String name = "align " + align.label();
        nodes.put(name, new Node(name, align, pair.nodes()));
        return name;
    }

    /** The node that measures a pair by a method in a form, with what it needs. */
    static String path(
            TransformerStudy study, TransformerData data, Pair pair, PathForm form, Map<String, Node> nodes) {
        List<String> needs = new ArrayList<>(pair.nodes());
        if (pair.method.carriesAll()) {
            needs.add(AllReplicas.carried(pair.method));
        } else if (pair.method != StudyMethod.VANILLA) {
            needs.add(align(study, pair, nodes));
        }
        PathStep step = new PathStep(data.name(), pair.method, form, pair.a.id(), pair.b.id(), study.gridPoints());
        String name = "path " + step.label();
        nodes.put(name, new Node(name, step, needs));
        return name;
    }
}
