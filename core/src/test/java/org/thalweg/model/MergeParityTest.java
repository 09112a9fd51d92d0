package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.merging.config.MergeFile;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** Configuration files that users have give the numbers that the program they were written for gives. */
class MergeParityTest {
    private static final int CONFIGURATIONS = 19;
    /** Numbers of a tensor of which a share of 0.05 is less than one. */
    private static final int SHORT = 20;

    @TempDir
    private Path directory;

    private static Path resources() throws URISyntaxException {
        return Path.of(MergeParityTest.class.getResource("/mergekit").toURI());
    }

    static List<String> configurations() throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.list(resources())) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".yml"))
                    .map(name -> name.replace(".yml", "")).sorted().toList();
        }
    }

    @Test
    void allConfigurationsAreThere() throws IOException, URISyntaxException {
        assertThat(configurations()).hasSize(CONFIGURATIONS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configurations")
    void aConfigurationGivesTheSameNumbers(String name) throws IOException, URISyntaxException {
        MergeConfiguration configuration = MergeFile.read(resources().resolve(name + ".yml"), true).getLast();
        Map<String, Path> places = new LinkedHashMap<>();
        for (String model : configuration.models()) {
            places.put(model, resources().resolve("models").resolve(model));
        }
        Path out = directory.resolve(name);

        new Merge(configuration, new Merge.Settings(
                Optional.empty(), Merge.Measuring.NONE, VocabularyRule.EQUAL, Optional.empty(), 0,
                true, MemoryPlan.ofMachine()))
                .write(places, new Output(out, false), WorkObserver.SILENT);

        requireSame(out, resources().resolve(name + ".safetensors"), name.startsWith("breadcrumbs"));
        Path config = resources().resolve(name + ".config.json");
        if (Files.exists(config)) {
            assertThat(Checkpoint.open(out).config()).isEqualTo(new ObjectMapper().readTree(config.toFile()));
        }
        assertThat(Files.readString(out.resolve("README.md")))
                .contains("`" + configuration.method().name() + "`", "SHA-256");
    }

    /**
     * @param areShortOnesDropped whether the other program drops all of a tensor of which it should drop less than one
     *     number as outliers; we drop none then
     */
    private static void requireSame(Path out, Path expected, boolean areShortOnesDropped) throws URISyntaxException {
        Checkpoint checkpoint = Checkpoint.open(out);
        try (Scope scope = Scope.open();
                CheckpointReader reader = checkpoint.reader();
                CheckpointReader base = Checkpoint.open(resources().resolve("models").resolve("base")).reader();
                SafetensorsFile file = SafetensorsFile.open(expected)) {
            assertThat(checkpoint.tensors().keySet()).isEqualTo(file.tensors().keySet());
            for (String tensor : file.tensors().keySet()) {
                Tensor ours = reader.read(tensor);
                Tensor theirs = file.read(tensor);
                assertThat(ours.dtype()).as(tensor).isEqualTo(theirs.dtype());
                if (areShortOnesDropped && ours.size() < SHORT) {
                    assertThat(theirs.sameAs(base.read(tensor))).as(tensor + " is the base's there").isTrue();
                    assertThat(ours.sameAs(theirs)).as(tensor).isFalse();
                    continue;
                }
                if (theirs.dtype() == DType.BFLOAT16) {
                    assertThat(ours.sameAs(theirs)).as(tensor + " to the bit").isTrue();
                } else {
                    double difference = ours.to(DType.FLOAT64).subtract(theirs.to(DType.FLOAT64)).abs().max();
                    assertThat(difference).as(tensor)
                            .isCloseTo(0, within(1e-6 * theirs.to(DType.FLOAT64).abs().max()));
                }
            }
        }
    }
}
