package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.Surface;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.PathMeasurement;
import org.thalweg.model.SimplexMeasurement;
import org.thalweg.results.MethodPath;
import org.thalweg.results.MethodRow;
import org.thalweg.results.PathForm;
import org.thalweg.results.ReplicaMean;
import org.thalweg.results.ReplicaSurface;
import org.thalweg.results.TransformerFiles;
import org.thalweg.results.TransformerReplica;
import org.thalweg.results.TransformerResults;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.WorkObserver;

/** Surfaces over three replicas, and paths of circuits beside those of the stored weights. */
class TransformerSurfaceTest {
    private static final String PLAIN = SmallTransformers.GPT2.replace("replicas: 2", "replicas: 3")
            .replaceFirst("methods: .*", "methods: [vanilla, weight, universe, universe-learned]");
    private static final String WHOLE =
            PLAIN.replace("seed: 7\n", "seed: 7\ncircuits: true\nsurface: true\nsurface_points: 3\n");

    @TempDir
    private Path directory;

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    private TransformerResults run(String yaml, StudyObserver observer) {
        return SmallTransformers.run(SmallTransformers.parse(yaml), directory, observer, new StopSignal());
    }

    private Path artifact(String kind, String label) throws IOException {
        try (Stream<Path> artifacts = Files.list(directory.resolve("artifacts").resolve(kind))) {
            return artifacts.filter(place -> place.getFileName().toString().startsWith(label)).findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void surfacesAndCircuitsAreWhatTheCommandPathMeasuresOnTheSameModels() throws IOException {
        TransformerResults results = run(WHOLE, StudyObserver.SILENT);
        assertThat(results.warnings()).isEmpty();
        Map<String, Double> trained = results.replicas().stream().collect(Collectors.toMap(
                TransformerReplica::id, replica -> replica.testLoss().orElseThrow()));
        assertThat(results.surfaces()).extracting(ReplicaSurface::method)
                .containsExactly("vanilla", "universe", "universe-learned");
        for (ReplicaSurface surface : results.surfaces()) {
            assertThat(surface.replicas()).hasSize(3);
            assertThat(surface.weights()).hasSize(6);
            for (int point = 0; point < 6; point++) {
                double[] weights = surface.weights().get(point);
                for (int corner = 0; corner < 3; corner++) {
                    if (weights[corner] == 1) {
                        assertThat(surface.loss()[point])
                                .isCloseTo(trained.get(surface.replicas().get(corner)), within(1e-4));
                    }
                }
            }
            requireEdgesArePaths(surface, results.paths());
        }
        List<ModelDirectory> carried = results.surfaces().getFirst().replicas().stream()
                .map(id -> ModelDirectory.open(place(id))).toList();
        Surface measured = new SimplexMeasurement(carried)
                .measure(SmallTransformers.data(SmallTransformers.parse(WHOLE)).test(), 3, WorkObserver.SILENT);
        ReplicaSurface learned = results.surfaces().getLast();
        assertThat(learned.lossBarrier().orElseThrow()).isCloseTo(measured.lossBarrier().height(), within(1e-5));
        for (int point = 0; point < 6; point++) {
            assertThat(learned.loss()[point]).isCloseTo(measured.scores().get(point).loss(), within(1e-5));
        }
        requireCircuits(results, carried.subList(0, 2));
        requireLearnedTogether(results);
        TransformerResults read = TransformerFiles.read(directory.resolve("results.json"));
        assertThat(TransformerFiles.text(read)).isEqualTo(TransformerFiles.text(results));
        assertThat(Files.readString(directory.resolve("table.md"))).contains("| weight, circuits | 3 |")
                .contains("| verse | universe-learned | gpt2-verse-r0, gpt2-verse-r1, gpt2-verse-r2 |")
                .contains("Circuits: Of each head").contains("Surface: Weighted means of 3 replicas")
                .contains("The centre is none of these points, so the rise of the mean can be larger.");
    }

    private Path place(String id) {
        try {
            return artifact("universe", "universe-learned").resolve(id);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Learning changes no replica, and the mean of all is measured by it too. */
    private void requireLearnedTogether(TransformerResults results) throws IOException {
        assertThat(results.paths()).filteredOn(path -> path.method().equals("universe-learned")).hasSize(6)
                .allSatisfy(path -> assertThat(path.maxAbsLogitDifference().orElseThrow()).isBetween(0.0, 1e-9));
        assertThat(results.means()).extracting(ReplicaMean::method)
                .containsExactly("vanilla", "universe", "universe-learned");
        assertThat(Files.readString(artifact("universe", "universe-learned").resolve("universe.json")))
                .contains("\"sampler\" : \"dirichlet\"").contains("learning lowered the loss on held-out examples")
                .contains("\"steps\" : \"6\"");
    }

    private static void requireEdgesArePaths(ReplicaSurface surface, List<MethodPath> paths) {
        for (MethodPath path : paths) {
            if (path.method().equals(surface.method()) && path.form().isEmpty()) {
                int a = surface.replicas().indexOf(path.replicaA());
                int b = surface.replicas().indexOf(path.replicaB());
                int middle = 0;
                while (surface.weights().get(middle)[a] != 0.5 || surface.weights().get(middle)[b] != 0.5) {
                    middle++;
                }
                assertThat(surface.loss()[middle]).isCloseTo(path.loss()[1], within(1e-6));
                assertThat(surface.accuracy()[middle]).isCloseTo(path.accuracy()[1], within(1e-6));
            }
        }
    }

    private static void requireCircuits(TransformerResults results, List<ModelDirectory> carried) {
        assertThat(results.rows()).extracting(MethodRow::title).containsExactly("vanilla", "vanilla, circuits",
                "weight", "weight, circuits", "universe", "universe, circuits", "universe-learned",
                "universe-learned, circuits");
        assertThat(results.rows()).allMatch(row -> row.pairs() == 3);
        for (int number = 0; number < results.paths().size(); number += 2) {
            MethodPath stored = results.paths().get(number);
            MethodPath circuits = results.paths().get(number + 1);
            assertThat(circuits.form()).isEqualTo(Optional.of(PathForm.CIRCUITS));
            assertThat(circuits.method()).isEqualTo(stored.method());
            assertThat(circuits.replicaB()).isEqualTo(stored.replicaB());
            assertThat(circuits.loss()[0]).isCloseTo(stored.loss()[0], within(1e-4));
            assertThat(circuits.loss()[2]).isCloseTo(stored.loss()[2], within(1e-4));
            assertThat(circuits.loss()[1]).isNotEqualTo(stored.loss()[1]);
        }
        PathMeasurement measurement = new PathMeasurement(carried.get(0), carried.get(1));
        LossAndAccuracy alone = measurement.measure(measurement.circuits(),
                SmallTransformers.data(SmallTransformers.parse(WHOLE)).test(), Grid.uniform(3), WorkObserver.SILENT);
        MethodPath inStudy = results.paths().stream()
                .filter(path -> path.method().equals("universe-learned") && path.form().isPresent())
                .findFirst().orElseThrow();
        assertThat(inStudy.loss()[1]).isCloseTo(alone.loss().at(1), within(1e-5));
    }

    @Test
    void newKeysLeaveWhatWasMadeWithoutThem() {
        String plain = PLAIN.replace("weight, universe, universe-learned", "universe");
        TransformerResults before = run(plain, StudyObserver.SILENT);
        assertThat(before.surfaces()).isEmpty();
        assertThat(before.conventions()).doesNotContainKeys("Surface", "Circuits");
        SmallStudy.Log log = new SmallStudy.Log();
        TransformerResults after =
                run(plain.replace("seed: 7\n", "seed: 7\ncircuits: [vanilla]\nsurface: [universe]\n"), log);
        assertThat(log.left()).isZero();
        assertThat(log.advanced).isNotEmpty()
                .allMatch(line -> line.contains("vanilla-circuits-") || line.contains("surface"));
        assertThat(after.surfaces()).extracting(ReplicaSurface::method).containsExactly("universe");
        assertThat(after.paths().stream().filter(path -> path.form().isPresent()))
                .hasSize(3).allMatch(path -> path.method().equals("vanilla"));
        assertThat(after.paths().stream().filter(path -> path.form().isEmpty())
                .map(MethodPath::lossBarrier)).containsExactlyElementsOf(
                        before.paths().stream().map(MethodPath::lossBarrier).toList());
    }

    @Test
    void replicasThatDivergedHaveNoSurface() {
        TransformerResults results = run(WHOLE.replace("learning_rate: 0.01, warmup: 0.1", "learning_rate: 1e30"),
                StudyObserver.SILENT);
        assertThat(results.surfaces()).hasSize(3).allMatch(surface -> surface.excluded().isPresent()
                && surface.lossBarrier().isEmpty());
        assertThat(results.rows()).hasSize(8).allMatch(row -> row.pairs() == 0);
    }
}
