package org.thalweg.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.tensor.Random;
import org.thalweg.zoo.Variant;

/**
 * The steps of a study of a Mixture-of-Experts system: every variant from every seed, then every two replicas of the
 * variant that is connected.
 *
 * @param nodes in an order in which every node comes after those it needs
 * @param models names of the nodes that train, by variant and then by replica
 * @param pairs names of the nodes that connect
 */
record SystemGraph(List<StudyGraph.Node> nodes, List<String> models, List<String> pairs) {
    /** Copies the lists. */
    SystemGraph {
        nodes = List.copyOf(nodes);
        models = List.copyOf(models);
        pairs = List.copyOf(pairs);
    }

    /**
     * The graph of a study.
     *
     * @param study the study
     * @param data its system
     * @return the graph
     */
    static SystemGraph of(SystemStudy study, SystemData data) {
        List<StudyGraph.Node> nodes = new ArrayList<>();
        List<String> models = new ArrayList<>();
        for (Variant variant : data.system().variants(data.settings())) {
            for (int number = 0; number < study.replicaCount(); number++) {
                SystemStep step = new SystemStep(variant.name(), number, seed(study, number));
                nodes.add(new StudyGraph.Node(name(step), step, needs(variant, number)));
                models.add(name(step));
            }
        }
        List<String> pairs = new ArrayList<>();
        String connected = data.system().connected();
        for (int first = 0; first < study.replicaCount(); first++) {
            for (int second = first + 1; second < study.replicaCount(); second++) {
                ConnectStep step = new ConnectStep(SystemStep.label(connected, first),
                        SystemStep.label(connected, second), study.gridPoints());
                nodes.add(new StudyGraph.Node(name(step), step,
                        List.of("system " + step.replicaA(), "system " + step.replicaB())));
                pairs.add(name(step));
            }
        }
        return new SystemGraph(nodes, models, pairs);
    }

    private static List<String> needs(Variant variant, int number) {
        Optional<String> from = variant.from().map(other -> "system " + SystemStep.label(other, number));
        return from.map(List::of).orElse(List.of());
    }

    private static long seed(SystemStudy study, int number) {
        return Random.childSeed(study.seed(), "replica " + number);
    }

    private static String name(Step step) {
        return step.kind() + " " + step.label();
    }
}
