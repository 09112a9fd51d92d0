package org.thalweg.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.data.ImageSet;
import org.thalweg.network.ImageSize;
import org.thalweg.network.vit.VitConfig;
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
     * @param images any set of the data, for the images' shape and number of classes
     * @return the graph
     */
    public static StudyGraph of(StudyFile study, ImageSet images) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        List<Trials> all = new ArrayList<>();
        for (Experiment experiment : Experiment.of(study)) {
            VitConfig dense = sizes(study, images, experiment.setting().layers());
            String backbone = backbone(study, dense, nodes);
            VitConfig config = dense.withExperts(experiment.moe());
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

    private static VitConfig sizes(StudyFile study, ImageSet images, int layers) {
        return new VitConfig(
                new ImageSize(
                        images.shape().channels(), images.shape().height(), images.shape().width()),
                study.vit().patch(),
                study.vit().residual(),
                study.vit().heads(),
                layers,
                study.vit().feedForward(),
                images.classes(),
                Optional.empty());
    }

    private static String backbone(StudyFile study, VitConfig config, Map<String, Node> nodes) {
        String label = "l" + config.layers();
        String name = "pretrain " + label;
        long seed = Random.childSeed(study.seed(), name);
        nodes.putIfAbsent(name, new Node(
                name,
                new PretrainStep(label, config.toJson().toString(), Experiment.plan(study.pretrain()),
                        precautions(study, study.pretrain()), seed),
                List.of()));
        return name;
    }

    /** All trainings of a study hold out the same images. */
    private static Precautions precautions(StudyFile study, StudyFile.TrainingSpec training) {
        return training.care().precautions(Random.childSeed(study.seed(), "held out"));
    }

    private static Replica replica(
            StudyFile study, Experiment experiment, VitConfig config, Place place, Map<String, Node> nodes) {
        String id = experiment.label() + "-r" + place.number();
        String name = "finetune " + id;
        long seed = Random.childSeed(study.seed(), name);
        Step step = new FineTuneStep(id, config.toJson().toString(), Experiment.plan(experiment.training()),
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
