package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.connectivity.Simplex;
import org.thalweg.connectivity.Surface;
import org.thalweg.results.ReplicaSurface;
import org.thalweg.results.StepFile;

/**
 * Measures loss and accuracy on the test set over the simplex of some replicas: as they were trained, or as all
 * replicas were carried into one basis. Where one of them diverged there is no such simplex.
 *
 * @param dataset name of the data set
 * @param method how the replicas were brought to one another
 * @param replicas ids of the corners
 * @param points of the grid along an edge
 */
record SurfaceStep(String dataset, StudyMethod method, List<String> replicas, int points) implements Step {
    private static final String SURFACE = "surface.json";

    /** Copies the list. */
    SurfaceStep {
        replicas = List.copyOf(replicas);
    }

    @Override
    public String kind() {
        return "surface";
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
        return content.put("points", points);
    }

    @Override
    public String label() {
        return method.label() + "-" + dataset;
    }

    @Override
    public long work(StepData data) {
        return (long) simplex().weights().size() * ExampleData.of(data).test().size();
    }

    private Simplex simplex() {
        return new Simplex(replicas.size(), points);
    }

    @Override
    public void run(StepContext context) {
        ReplicaSurface.Place place = new ReplicaSurface.Place(dataset, method.label(), replicas, points);
        Optional<String> diverged = context.inputs().subList(0, replicas.size()).stream()
                .flatMap(trained -> TrainedModel.notes(trained).diverged().stream()).findFirst();
        StepFile.write(context.output().resolve(SURFACE),
                diverged.map(reason -> ReplicaSurface.excluded(place, reason))
                        .orElseGet(() -> measured(context, place)));
    }

    /**
     * What a finished step measured.
     *
     * @param directory of the artifact
     * @return the surface
     */
    static ReplicaSurface read(Path directory) {
        return StepFile.read(directory.resolve(SURFACE), ReplicaSurface.class);
    }

    private ReplicaSurface measured(StepContext context, ReplicaSurface.Place place) {
        List<Path> corners = new ArrayList<>();
        for (int number = 0; number < replicas.size(); number++) {
            corners.add(context.inputs().size() > replicas.size()
                    ? context.inputs().getLast().resolve(replicas.get(number)) : context.inputs().get(number));
        }
        Simplex simplex = simplex();
        List<double[]> weights = simplex.weights();
        try {
            return ReplicaSurface.of(place, new Surface(
                    simplex, weights, new TestedMeans(context, corners, "surface").scores(weights)));
        } catch (ArithmeticException noNumber) {
            return ReplicaSurface.excluded(place,
                    "of the replicas on " + dataset + " " + noNumber.getMessage() + ".");
        }
    }
}
