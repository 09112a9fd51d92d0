package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Engine;

/**
 * What a run of a study has yet to do: how many steps of each kind are there and how many are not, and about how long
 * the others take and how much they write. Times follow from the seconds of finished steps of the same kind where there
 * are any, else from a short timing of this machine. Nothing is written and no artifact is read whole.
 *
 * @param lines one for each kind of step, in the order in which they first run
 */
public record StudyPlan(List<Line> lines) {
    /** Bytes of an artifact that holds no model: alignments and curves. */
    private static final long SMALL = 1 << 16;

    private static final int BYTES_OF_NUMBER = 4;

    /** Copies the list. */
    public StudyPlan {
        lines = List.copyOf(lines);
    }

    /** What a time follows from. */
    public enum Basis {
        /** Nothing is left to do. */
        NONE,
        /** Seconds of finished steps of the same kind. */
        MEASURED,
        /** Multiply-adds, and a timing of this machine. */
        TIMED,
        /** Nothing: no step of the kind is finished, and how much it computes is not known before. */
        UNKNOWN
    }

    /**
     * The steps of one kind.
     *
     * @param kind of step
     * @param steps how many the study has
     * @param there how many of them are finished
     * @param seconds that the others take, one after another; 0 where that is unknown
     * @param basis what that follows from
     * @param bytes that the others write
     */
    public record Line(String kind, int steps, int there, double seconds, Basis basis, long bytes) {}

    /** A step with what is known of it. */
    private record Known(StudyGraph.Node node, double cost, long bytes, Optional<ArtifactStore.Sealed> seal) {}

    /**
     * Looks at what there is of a study on one of its data sets.
     *
     * @param study the study
     * @param data the data set
     * @param store of the run
     * @param threads of each operation
     * @return the plan
     */
    public static StudyPlan of(Study study, StepData data, ArtifactStore store, int threads) {
        // A variant of the study has steps of its own.
        List<Line> lines = new ArrayList<>(of(StudySteps.of(study, data).nodes(), data, store, threads).lines());
        if (study instanceof TransformerStudy file && data instanceof TransformerData set) {
            StudyPart.of(file, List.of(set)).stream().filter(part -> part.variant().isPresent())
                    .forEach(part -> lines.addAll(of(part.nodes(), part.data(), store, threads).lines()));
        }
        return new StudyPlan(lines);
    }

    /**
     * Looks at what there is.
     *
     * @param nodes of the study on one data set, in an order in which every node comes after those it needs
     * @param data what they work on
     * @param store of the run
     * @param threads of each operation
     * @return the plan
     */
    static StudyPlan of(
            List<StudyGraph.Node> nodes, StepData data, ArtifactStore store, int threads) {
        Map<String, List<Known>> kinds = new LinkedHashMap<>();
        Map<String, ArtifactStore.Artifact> there = new HashMap<>();
        Configurations configurations = new Configurations(nodes);
        for (StudyGraph.Node node : nodes) {
            Optional<ArtifactStore.Sealed> found = Optional.empty();
            if (there.keySet().containsAll(node.needs())) {
                List<ArtifactStore.Artifact> inputs = node.needs().stream().map(there::get).toList();
                found = store.sealed(StepOrder.of(
                        node, data, Engine.arithmetic(threads, Device.CPU), inputs).address());
                found.ifPresent(seal -> there.put(node.name(), seal.artifact()));
            }
            if (hasUnknownWork(node)) {
                kinds.computeIfAbsent(node.step().kind(), _ -> new ArrayList<>())
                        .add(new Known(node, node.step().work(data), SMALL, found));
                continue;
            }
            NetworkWork work = configurations.work(node);
            boolean whole = node.step() instanceof ImportStep || node.step() instanceof PretrainStep
                    || node.step() instanceof TrainStep;
            double cost = node.step().work(data) * work.from(whole ? 0 : work.experts());
            boolean model = configurations.own(node).isPresent() || node.step() instanceof ReinitialiseStep;
            long bytes = model ? work.parameters() * BYTES_OF_NUMBER : SMALL;
            kinds.computeIfAbsent(node.step().kind(), _ -> new ArrayList<>())
                    .add(new Known(node, cost, bytes, found));
        }
        MachineTiming timing = new MachineTiming(threads);
        List<Line> lines = new ArrayList<>();
        kinds.forEach((kind, known) -> lines.add(line(kind, known, configurations, timing)));
        return new StudyPlan(lines);
    }

    private static Line line(String kind, List<Known> known, Configurations configurations, MachineTiming timing) {
        List<Known> there = known.stream().filter(step -> step.seal.isPresent()).toList();
        List<Known> left = known.stream().filter(step -> step.seal.isEmpty()).toList();
        if (left.isEmpty()) {
            return new Line(kind, known.size(), there.size(), 0, Basis.NONE, 0);
        }
        List<Known> timed = there.stream()
                .filter(step -> step.seal.orElseThrow().seconds().isPresent() && step.cost > 0).toList();
        double cost = sum(left, Known::cost);
        long bytes = there.isEmpty() ? left.stream().mapToLong(Known::bytes).sum()
                : left.size() * there.stream().mapToLong(step -> step.seal.orElseThrow().bytes()).sum() / there.size();
        if (!timed.isEmpty()) {
            double seconds = sum(timed, step -> step.seal.orElseThrow().seconds().orElseThrow());
            return new Line(kind, known.size(), there.size(), cost * seconds / sum(timed, Known::cost),
                    Basis.MEASURED, bytes);
        }
        if (hasUnknownWork(left.getFirst().node)) {
            return new Line(kind, known.size(), there.size(), 0, Basis.UNKNOWN, bytes);
        }
        double rate = timing.rate(configurations.config(left.getFirst().node));
        return new Line(kind, known.size(), there.size(), cost / rate, Basis.TIMED, bytes);
    }

    /** Whether nothing says how much a step computes: networks of systems have no configuration to count by. */
    private static boolean hasUnknownWork(StudyGraph.Node node) {
        return node.step() instanceof SystemStep || node.step() instanceof ConnectStep;
    }

    private static double sum(List<Known> steps, ToDoubleFunction<Known> number) {
        return steps.stream().mapToDouble(number).sum();
    }

    /**
     * Seconds of all that is left, one step after another.
     *
     * @return with several workers about as many times less
     */
    public double seconds() {
        return lines.stream().mapToDouble(Line::seconds).sum();
    }

    /**
     * Bytes that are yet to be written.
     *
     * @return of finished artifacts; snapshots of trainings come and go beside them
     */
    public long bytes() {
        return lines.stream().mapToLong(Line::bytes).sum();
    }

    /** The configuration of the network that each step works on: its own, or that of a step it needs. */
    private static final class Configurations {
        private final Map<String, StudyGraph.Node> byName = new HashMap<>();
        private final Map<ObjectNode, NetworkWork> works = new HashMap<>();

        Configurations(List<StudyGraph.Node> nodes) {
            nodes.forEach(node -> byName.put(node.name(), node));
        }

        Optional<ObjectNode> own(StudyGraph.Node node) {
            return switch (node.step()) {
                case ImportStep step -> Optional.of(TrainedModel.config(step.config()));
                case PretrainStep step -> Optional.of(TrainedModel.config(step.config()));
                case FineTuneStep step -> Optional.of(TrainedModel.config(step.config()));
                case TrainStep step -> Optional.of(TrainedModel.config(step.config()));
                case MatchStep _, MeasureStep _, AlignStep _, UniverseStep _, PathStep _, MeanStep _, SurfaceStep _,
                        ReinitialiseStep _, TrialStep _, AnglesStep _, SystemStep _, ConnectStep _ -> Optional.empty();
            };
        }

        ObjectNode config(StudyGraph.Node node) {
            return own(node).orElseGet(() -> config(byName.get(node.needs().getFirst())));
        }

        NetworkWork work(StudyGraph.Node node) {
            return works.computeIfAbsent(config(node),
                    config -> NetworkWork.of(TransformerFamily.network(config), config));
        }
    }
}
