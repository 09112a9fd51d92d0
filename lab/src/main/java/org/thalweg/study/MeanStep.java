package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.results.ReplicaMean;
import org.thalweg.results.StepFile;

/**
 * Measures loss and accuracy on the test set of the mean of all replicas of a data set, which is the centre of their
 * simplex, and of each replica: as they were trained, or as they were carried to their mean. Replicas that diverged are
 * left out.
 *
 * @param dataset name of the data set
 * @param method how the replicas were brought to one another
 * @param replicas ids of the replicas
 */
record MeanStep(String dataset, StudyMethod method, List<String> replicas) implements Step {
    private static final String MEAN = "mean.json";

    /** Copies the list. */
    MeanStep {
        replicas = List.copyOf(replicas);
    }

    @Override
    public String kind() {
        return "mean";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        ObjectNode content = JsonNodeFactory.instance.objectNode().put("dataset", dataset)
                .put("method", method.label());
        replicas.forEach(content.putArray("replicas")::add);
        return content;
    }

    @Override
    public String label() {
        return method.label() + "-" + dataset;
    }

    @Override
    public long work(StepData data) {
        return (replicas.size() + 1L) * ExampleData.of(data).test().size();
    }

    @Override
    public void run(StepContext context) throws IOException {
        List<String> ids = new ArrayList<>();
        List<Path> directories = new ArrayList<>();
        for (int number = 0; number < replicas.size(); number++) {
            Path trained = context.inputs().get(number);
            if (TrainedModel.notes(trained).diverged().isEmpty()) {
                ids.add(replicas.get(number));
                directories.add(context.inputs().size() > replicas.size()
                        ? context.inputs().getLast().resolve(replicas.get(number)) : trained);
            }
        }
        ReplicaMean.Place place = new ReplicaMean.Place(dataset, method.label(), ids);
        StepFile.write(context.output().resolve(MEAN), ids.size() < 2
                ? ReplicaMean.excluded(place, "of the replicas on " + dataset + " fewer than two did not diverge, so"
                        + " there is no mean of them.")
                : measured(context, place, directories));
    }

    /**
     * What a finished step measured.
     *
     * @param directory of the artifact
     * @return the mean
     */
    static ReplicaMean read(Path directory) {
        return StepFile.read(directory.resolve(MEAN), ReplicaMean.class);
    }

    private ReplicaMean measured(StepContext context, ReplicaMean.Place place, List<Path> directories) {
        try {
            List<EvaluationSet.Score> scores =
                    new TestedMeans(context, directories, "mean").scores(centreAndCorners(directories.size()));
            return ReplicaMean.of(place, scores.getFirst(), scores.subList(1, scores.size()));
        } catch (ArithmeticException noNumber) {
            return ReplicaMean.excluded(place, "of the replicas on " + dataset + " " + noNumber.getMessage() + ".");
        }
    }

    private static List<double[]> centreAndCorners(int count) {
        double[] centre = new double[count];
        Arrays.fill(centre, 1.0 / count);
        List<double[]> weights = new ArrayList<>(List.of(centre));
        IntStream.range(0, count).forEach(model -> {
            double[] corner = new double[count];
            corner[model] = 1;
            weights.add(corner);
        });
        return weights;
    }
}
