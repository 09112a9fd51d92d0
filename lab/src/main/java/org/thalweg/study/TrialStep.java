package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.matching.Objective;
import org.thalweg.model.Align;
import org.thalweg.model.Checking;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import org.thalweg.results.AnalysisPoint;
import org.thalweg.results.MethodPath;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PathForm;
import org.thalweg.results.StepFile;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.tensor.WorkObserver;

/**
 * One trial of an analysis on one pair of replicas: brings B to A, checks that both are the functions that they were,
 * and measures the line between them on the test set. The two models are not kept.
 *
 * @param dataset name of the data set
 * @param trial how B is brought to A
 * @param replicaA id of the replica that stays
 * @param replicaB id of the replica that is moved
 * @param seed of what the method draws
 * @param points of the grid
 */
record TrialStep(String dataset, Trial trial, String replicaA, String replicaB, long seed, int points)
        implements Step {
    private static final String POINT = "point.json";
    private static final int PROBES = 16;
    private static final long WORK = 1000;

    @Override
    public String kind() {
        return "trial";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        AnalysisPoint.Place place = trial.place();
        ObjectNode content = JsonNodeFactory.instance.objectNode().put("dataset", dataset)
                .put("analysis", place.analysis().label()).put("series", place.series())
                .put("setting", place.setting());
        trial.state(content);
        return content.put("replica_a", replicaA).put("replica_b", replicaB).put("seed", seed).put("points", points);
    }

    @Override
    public String label() {
        AnalysisPoint.Place place = trial.place();
        return String.join("-", place.analysis().label(), place.series(), place.setting(),
                MatchStep.label(replicaA, replicaB));
    }

    @Override
    public long work(StepData data) {
        return WORK + (long) points * ExampleData.of(data).test().size();
    }

    @Override
    public void run(StepContext context) {
        Path a = context.inputs().get(0);
        Path b = context.inputs().get(1);
        Optional<String> excluded = ReplicaPair.excluded(a, b);
        AnalysisPoint point = excluded.isPresent()
                ? point(new PairOutcome.Excluded(excluded.get()), AnalysisPoint.Reached.NOTHING)
                : tried(context, a, b);
        StepFile.write(context.output().resolve(POINT), point);
    }

    /**
     * What a finished step measured.
     *
     * @param directory of the artifact
     * @return the point
     */
    static AnalysisPoint read(Path directory) {
        return StepFile.read(directory.resolve(POINT), AnalysisPoint.class);
    }

    private AnalysisPoint tried(StepContext context, Path a, Path b) {
        TransformerData data = (TransformerData) context.data();
        Path start = context.output().resolve(AlignStep.A);
        Path end = context.output().resolve(AlignStep.B);
        Checking checking = new Checking(OptionalDouble.empty(), PROBES, seed, false);
        Align.Done done = new Align(trial.matching(data.train(), seed), checking).write(
                ModelDirectory.open(a), ModelDirectory.open(b), new Output(end, false),
                Optional.of(new Output(start, false)), WorkObserver.SILENT);
        PairOutcome outcome;
        try {
            outcome = new PairOutcome.Measured(
                    PathStep.measure(context, start, end, PathForm.WEIGHTS, points),
                    Optional.empty(), Optional.empty(), Optional.empty(),
                    OptionalDouble.of(done.checked().orElseThrow().exact().maxAbsDifference()));
        } catch (ArithmeticException noNumber) {
            outcome = new PairOutcome.Excluded(
                    "between " + replicaA + " and " + replicaB + " " + noNumber.getMessage() + ".");
        }
        DurableDirectory.deleteRecursively(start);
        DurableDirectory.deleteRecursively(end);
        return point(outcome, switch (trial) {
            case Trial.Passes _ -> reached(done.match().objectives());
            case Trial.Inputs _, Trial.Learnt _ -> AnalysisPoint.Reached.NOTHING;
        });
    }

    /** The pass that was kept is the one with the largest inner product; the stored weights' distance is told last. */
    private static AnalysisPoint.Reached reached(List<Objective> objectives) {
        return new AnalysisPoint.Reached(
                objectives.stream().flatMapToDouble(objective -> objective.innerProduct().stream()).max(),
                OptionalDouble.of(objectives.getLast().squaredDistance()));
    }

    private AnalysisPoint point(PairOutcome outcome, AnalysisPoint.Reached reached) {
        AnalysisPoint.Place place = trial.place();
        MethodPath path = MethodPath.of(
                new MethodPath.Place(dataset, place.series(), PathForm.WEIGHTS, replicaA, replicaB), outcome);
        return AnalysisPoint.of(place, path, reached);
    }
}
