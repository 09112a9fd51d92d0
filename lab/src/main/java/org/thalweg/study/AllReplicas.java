package org.thalweg.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.thalweg.study.StudyGraph.Node;
import org.thalweg.tensor.Random;

/**
 * The nodes of a study of Transformers that are about all replicas of a data set: what carries them into one basis, the
 * mean of all of them, and the surface over three.
 *
 * @param study the file
 * @param data the data set
 * @param replicas all of them
 */
record AllReplicas(TransformerStudy study, TransformerData data, List<StudyGraph.Replica> replicas) {
    /** Corners of the simplex that is measured whole. */
    static final int CORNERS = 3;

    /** Copies the list. */
    AllReplicas {
        replicas = List.copyOf(replicas);
    }

    /** The name of the node in which a method that carries all replicas has them. */
    static String carried(StudyMethod method) {
        return method.label();
    }

    /** Adds a node for each method that carries all replicas. */
    void carry(Map<String, Node> nodes) {
        study.matched().stream().filter(StudyMethod::carriesAll).forEach(method -> nodes.put(
                carried(method), new Node(carried(method), new UniverseStep(
                        method, study.howToLearn(), data.name(), ids(replicas),
                        Random.childSeed(study.seed(), carried(method) + " " + data.name())), needed(replicas))));
    }

    /** Adds a node for the mean by each method that has all replicas in one basis, or leaves them where they are. */
    List<String> means(Map<String, Node> nodes) {
        return study.matched().stream().filter(StudyMethod::isOfAll)
                .map(method -> put(nodes, new MeanStep(data.name(), method, ids(replicas)), method, replicas))
                .toList();
    }

    /** Adds a node for the surface over the first replicas by each method for which that is asked. */
    List<String> surfaces(Map<String, Node> nodes) {
        List<StudyMethod> asked = study.surfaces();
        List<StudyGraph.Replica> corners = replicas.subList(0, Math.min(CORNERS, replicas.size()));
        return asked.stream()
                .map(method -> put(nodes, new SurfaceStep(data.name(), method, ids(corners), study.surfaceGrid()),
                        method, corners))
                .toList();
    }

    private static String put(Map<String, Node> nodes, Step step, StudyMethod method, List<StudyGraph.Replica> of) {
        List<String> needs = new ArrayList<>(needed(of));
        if (method.carriesAll()) {
            needs.add(carried(method));
        }
        String name = step.kind() + " " + step.label();
        nodes.put(name, new Node(name, step, needs));
        return name;
    }

    private static List<String> ids(List<StudyGraph.Replica> replicas) {
        return replicas.stream().map(StudyGraph.Replica::id).toList();
    }

    private static List<String> needed(List<StudyGraph.Replica> replicas) {
        return replicas.stream().map(StudyGraph.Replica::node).toList();
    }
}
