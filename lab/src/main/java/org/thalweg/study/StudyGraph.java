package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Random;

/**
 * The steps that a study consists of and which needs which: one backbone for each depth, replicas of each kind of
 * model, a match and a measurement for each pair of replicas.
 *
 * @param nodes in an order in which every node comes after those it needs
 * @param experiments the kinds of model, in the file's order
 */
public record StudyGraph(List<Node> nodes, List<Trials> experiments) {
    /** Copies the lists. */
    public StudyGraph {
        nodes = List.copyOf(nodes);
        experiments = List.copyOf(experiments);
    }

    /**
     * A step in its place.
     *
     * @param name unique in the graph
     * @param step the work
     * @param needs names of the nodes whose artifacts it reads, in order
     */
    public record Node(String name, Step step, List<String> needs) {
        /** Copies the list. */
        public Node {
            needs = List.copyOf(needs);
        }
    }

    /**
     * The replicas and pairs of one kind of model.
     *
     * @param experiment the kind
     * @param replicas one for each fine-tuned model
     * @param pairs every two of them
     */
    public record Trials(Experiment experiment, List<Replica> replicas, List<Pair> pairs) {
        /** Copies the lists. */
        public Trials {
            replicas = List.copyOf(replicas);
            pairs = List.copyOf(pairs);
        }
    }

    /**
     * A fine-tuned model.
     *
     * @param id for results
     * @param seed of its initialisation and batch order
     * @param node that trains it
     */
    public record Replica(String id, long seed, String node) {}

    /**
     * Two replicas.
     *
     * @param a stays as it is
     * @param b is moved into a's basin
     * @param match node that aligns b to a
     * @param measure node that measures the paths
     */
    public record Pair(Replica a, Replica b, String match, String measure) {}

    /**
     * The graph of a study.
     *
     * @param study the file
     * @param data what it works on, whose contents no step's fields depend on
     * @return the graph
     */
    public static StudyGraph of(StudyFile study, StudyData data) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        List<Trials> all = new ArrayList<>();
        Backbone model = Backbone.of(study, data);
        for (Experiment experiment : Experiment.of(study, model.feedForward())) {
            ObjectNode dense = model.config(experiment.setting().layers());
            String backbone = backbone(study, model, new Dense(experiment.setting().layers(), dense), nodes);
            String config = StudyNetwork.withExperts(dense, experiment.moe()).toString();
            List<Replica> replicas = new ArrayList<>();
            for (int number = 0; number < study.replicas(); number++) {
                replicas.add(replica(study, experiment, config, new Place(backbone, number), nodes));
            }
            all.add(new Trials(experiment, replicas, pairs(study, experiment, replicas, nodes)));
        }
        return new StudyGraph(List.copyOf(nodes.values()), all);
    }

    /** A backbone's node and the number of a replica on it. */
    private record Place(String backbone, int number) {}

    /** A network without experts. */
    private record Dense(int layers, ObjectNode config) {}

    private static String backbone(StudyFile study, Backbone model, Dense dense, Map<String, Node> nodes) {
        List<String> needs = new ArrayList<>();
        if (model instanceof Backbone.Stored(BackboneDirectory stored, StudyData.Kind _)) {
            needs.add(imported(study, stored, dense.config, nodes));
            if (study.pretrain().isEmpty()) {
                return needs.getFirst();
            }
        }
        String label = "l" + dense.layers;
        String name = "pretrain " + label;
        long seed = Random.childSeed(study.seed(), name);
        nodes.putIfAbsent(name, new Node(
                name,
                new PretrainStep(label, dense.config.toString(), Experiment.plan(study.pretrain().orElseThrow()),
                        precautions(study, study.pretrain().orElseThrow()), seed),
                needs));
        return name;
    }

    private static String imported(
            StudyFile study, BackboneDirectory stored, ObjectNode config, Map<String, Node> nodes) {
        List<String> fresh = stored.newTensors(config);
        if (!fresh.isEmpty() && study.pretrain().isEmpty()) {
            throw new WrongUse("the backbone " + stored.directory() + " has no head for these data, so that "
                    + String.join(" and ", fresh) + " would stay random; add the key 'pretrain', which says how it is "
                    + "trained before experts are put in.");
        }
        String name = "import";
        nodes.putIfAbsent(name, new Node(name, new ImportStep(stored.directory().toString(), stored.digest().hex(),
                config.toString(), Random.childSeed(study.seed(), name)), List.of()));
        return name;
    }

    /** All trainings of a study hold out the same images. */
    private static Precautions precautions(StudyFile study, StudyFile.TrainingSpec training) {
        return training.care().precautions(Random.childSeed(study.seed(), "held out"));
    }

    private static Replica replica(
            StudyFile study, Experiment experiment, String config, Place place, Map<String, Node> nodes) {
        String id = experiment.label() + "-r" + place.number();
        String name = "finetune " + id;
        long seed = Random.childSeed(study.seed(), name);
        Step step = new FineTuneStep(id, config, Experiment.plan(experiment.training()),
                precautions(study, experiment.training()), seed);
        nodes.put(name, new Node(name, step, List.of(place.backbone())));
        return new Replica(id, seed, name);
    }

    private static List<Pair> pairs(
            StudyFile study, Experiment experiment, List<Replica> replicas, Map<String, Node> nodes) {
        List<Pair> pairs = new ArrayList<>();
        for (int first = 0; first < replicas.size(); first++) {
            for (int second = first + 1; second < replicas.size(); second++) {
                Replica a = replicas.get(first);
                Replica b = replicas.get(second);
                String label = MatchStep.label(a.id(), b.id());
                Node match = new Node("match " + label, new MatchStep(a.id(), b.id()), List.of(a.node(), b.node()));
                MeasureStep paths = new MeasureStep(
                        experiment.setting(),
                        a.id(),
                        b.id(),
                        study.points().orElse(StudyFile.POINTS),
                        study.rankUpTo().orElse(StudyFile.RANK_UP_TO),
                        study.rankSample().orElse(0));
                Node measure =
                        new Node("measure " + label, paths, List.of(a.node(), b.node(), match.name()));
                nodes.put(match.name(), match);
                nodes.put(measure.name(), measure);
                pairs.add(new Pair(a, b, match.name(), measure.name()));
            }
        }
        return pairs;
    }
}
