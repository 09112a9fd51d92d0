package org.thalweg.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.results.PathForm;
import org.thalweg.results.ReinitialisedModel;
import org.thalweg.study.StudyGraph.Node;
import org.thalweg.tensor.Random;

/**
 * The steps of a study of feed-forward networks drawn anew on one data set: the trained model; for each layer its
 * replicas, and for every two of them the path between them.
 *
 * @param nodes in an order in which every node comes after those it needs
 * @param trained the model that all start from
 * @param replicas by layer
 * @param paths by layer
 */
record ReinitialisationGraph(
        List<Node> nodes, StudyGraph.Replica trained, List<Replica> replicas, List<Path> paths) {
    /** Copies the lists. */
    ReinitialisationGraph {
        nodes = List.copyOf(nodes);
        replicas = List.copyOf(replicas);
        paths = List.copyOf(paths);
    }

    /**
     * A model with one feed-forward network trained anew.
     *
     * @param place which
     * @param node that makes it
     */
    record Replica(ReinitialisedModel.Place place, String node) {}

    /**
     * Two of one layer.
     *
     * @param layer counted from 1
     * @param node that measures the path between them
     */
    record Path(int layer, String node) {}

    /**
     * The graph of one data set.
     *
     * @param study the file
     * @param data the data set
     * @return the graph
     */
    static ReinitialisationGraph of(ReinitialisationStudy study, TransformerData data) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        StudyGraph.Replica trained = TransformerGraph.replica(study.trained(), data, 0, nodes);
        List<Replica> all = new ArrayList<>();
        List<Path> paths = new ArrayList<>();
        for (int layer : study.reinitialised()) {
            List<Replica> replicas = new ArrayList<>();
            for (int number = 0; number < study.replicaCount(); number++) {
                String id = study.family().label() + "-" + data.name() + "-l" + (layer + 1) + "-r" + number;
                String name = "reinitialise " + id;
                long seed = Random.childSeed(study.seed(), name);
                nodes.put(name, new Node(name, new ReinitialiseStep(id, study.family(), layer, study.finetuning(),
                        study.precautions(), seed), List.of(trained.node())));
                replicas.add(new Replica(new ReinitialisedModel.Place(id, data.name(), layer + 1, seed), name));
            }
            for (int first = 0; first < replicas.size(); first++) {
                for (int second = first + 1; second < replicas.size(); second++) {
                    paths.add(path(study, replicas.get(first), replicas.get(second), nodes));
                }
            }
            all.addAll(replicas);
        }
        return new ReinitialisationGraph(List.copyOf(nodes.values()), trained, all, paths);
    }

    private static Path path(ReinitialisationStudy study, Replica a, Replica b, Map<String, Node> nodes) {
        PathStep step = new PathStep(a.place().dataset(), StudyMethod.VANILLA, PathForm.WEIGHTS, a.place().id(),
                b.place().id(), study.trained().gridPoints());
        String name = "path " + step.label();
        nodes.put(name, new Node(name, step, List.of(a.node(), b.node())));
        return new Path(a.place().layer(), name);
    }
}
