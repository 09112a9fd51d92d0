package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.results.MethodPath;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PathForm;
import org.thalweg.results.StepFile;

/**
 * Measures loss and accuracy on the test set along the straight line between two models: two replicas as they were
 * trained, the two ends that an alignment wrote, or two of all replicas as they were carried to their mean. In the form
 * of circuits the products of each head's maps go straight in place of the maps.
 *
 * @param dataset name of the data set
 * @param method how B was brought to A
 * @param form what goes straight
 * @param replicaA id of the replica at t = 0
 * @param replicaB id of the replica at t = 1
 * @param points of the grid
 */
record PathStep(
        String dataset, StudyMethod method, PathForm form, String replicaA, String replicaB, int points)
        implements Step {
    private static final String PATH = "path.json";

    @Override
    public String kind() {
        return "path";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        ObjectNode content = JsonNodeFactory.instance.objectNode().put("dataset", dataset)
                .put("method", method.label()).put("replica_a", replicaA).put("replica_b", replicaB)
                .put("points", points);
        return form == PathForm.CIRCUITS ? content.put("form", form.label()) : content;
    }

    @Override
    public String label() {
        return method.label() + (form == PathForm.CIRCUITS ? "-" + form.label() : "") + "-"
                + MatchStep.label(replicaA, replicaB);
    }

    @Override
    public long work(StepData data) {
        return (long) points * ExampleData.of(data).test().size();
    }

    @Override
    public void run(StepContext context) throws IOException {
        Path a = context.inputs().get(0);
        Path b = context.inputs().get(1);
        Optional<String> excluded = ReplicaPair.excluded(a, b);
        PairOutcome outcome = excluded.isPresent()
                ? new PairOutcome.Excluded(excluded.get()) : measured(context, a, b);
        StepFile.write(context.output().resolve(PATH), List.of(
                MethodPath.of(new MethodPath.Place(dataset, method.label(), form, replicaA, replicaB), outcome)));
    }

    /**
     * What a finished step measured.
     *
     * @param directory of the artifact
     * @return the path
     */
    static MethodPath read(Path directory) {
        return StepFile.readAll(directory.resolve(PATH), MethodPath.class).getFirst();
    }

    private PairOutcome measured(StepContext context, Path a, Path b) throws IOException {
        Ends ends = context.inputs().size() > 2 ? aligned(context.inputs().get(2))
                : new Ends(a, b, OptionalDouble.empty());
        try {
            return new PairOutcome.Measured(measure(context, ends.start, ends.end, form, points), Optional.empty(),
                    Optional.empty(), Optional.empty(), ends.difference);
        } catch (ArithmeticException noNumber) {
            return new PairOutcome.Excluded(
                    "between " + replicaA + " and " + replicaB + " " + noNumber.getMessage() + ".");
        }
    }

    /** Between which models, and how far the check found their functions from the replicas'. */
    private record Ends(Path start, Path end, OptionalDouble difference) {}

    private Ends aligned(Path artifact) throws IOException {
        if (method.carriesAll()) {
            return new Ends(artifact.resolve(replicaA), artifact.resolve(replicaB), OptionalDouble.of(Math.max(
                    UniverseStep.maxAbsDifference(artifact, replicaA),
                    UniverseStep.maxAbsDifference(artifact, replicaB))));
        }
        return new Ends(artifact.resolve(AlignStep.A), artifact.resolve(AlignStep.B),
                OptionalDouble.of(AlignStep.maxAbsDifference(artifact)));
    }

    /** Loss and accuracy on the test set along the line between two models of one network. */
    static LossAndAccuracy measure(StepContext context, Path start, Path end, PathForm form, int points) {
        Grid grid = Grid.uniform(points);
        TestedMeans means = new TestedMeans(context, List.of(start, end), "curve");
        List<double[]> weights = StraightPath.weights(grid);
        return StraightPath.curves(grid, switch (form) {
            case WEIGHTS -> means.scores(weights);
            case CIRCUITS -> means.scoresOfCircuits(weights);
        });
    }
}
