package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.Platform;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** Runs a study on a disk that is too small for it; needs the right to mount one, so Linux and root. */
class FullDiskTest {
    @TempDir
    private Path mount;

    @TempDir
    private Path roomy;

    @BeforeEach
    void mountSmallDisk() throws Exception {
        Platform.require(System.getProperty("os.name").equals("Linux")
                && System.getProperty("user.name").equals("root")
                && run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount.toString()) == 0,
                "Linux and the right to mount a tmpfs");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", mount.toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    private void resize(int kibibytes) throws Exception {
        assertThat(run("mount", "-o", "remount,size=" + kibibytes + "k", mount.toString())).isZero();
    }

    @Test
    void aStudyOnAFullDiskSaysSoKeepsWhatIsFinishedAndGoesOnWhenThereIsRoom() throws Exception {
        StudyFile study = SmallStudy.file("finetune: {epochs: 2", "finetune: {epochs: 8");
        SmallStudy.run(study, roomy, 2, StudyObserver.SILENT);
        Path run = mount.resolve("run");
        List<Integer> finished = new ArrayList<>();
        for (int size : new int[] {64, 128, 192, 256, 320}) {
            resize(size);
            assertThatThrownBy(() -> SmallStudy.run(study, run, 2, StudyObserver.SILENT))
                    .as("%d KiB", size)
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageStartingWith("cannot write " + run)
                    .hasMessageEndingWith(
                            ": the disk is full, free some space and run again: what was finished is kept.");
            finished.add(finishedArtifacts(run));
            try (Stream<Path> files = Files.walk(run)) {
                assertThat(files.map(path -> path.getFileName().toString()))
                        .noneMatch(name -> name.endsWith(".part") || name.endsWith(".old"));
            }
        }
        assertThat(finished).isSorted();
        assertThat(finished.getLast()).isPositive();
        resize(16 * 1024);
        SmallStudy.Log log = new SmallStudy.Log();
        SmallStudy.run(study, run, 2, log);
        assertThat(log.warnings).isEmpty();
        assertThat(SmallStudy.results(run)).isEqualTo(SmallStudy.results(roomy));
    }

    private static int finishedArtifacts(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            return (int) files.filter(file -> file.getFileName().toString().equals("artifact.json")).count();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {60_000, 12_000})
    void anOptimisersStateThatDoesNotFitIsRefusedAndTheProcessLives(int elements) {
        try (Scope scope = Scope.open()) {
            Parameters leaves = Gradients.leaves(Parameters.of(
                    Map.of("w", Random.seeded(1).normal(DType.FLOAT32, elements))));
            Optimiser optimiser = new Optimiser(new Optimiser.Method.Adam(0.9, 0.999, 1e-8, 0), leaves);
            optimiser.step(leaves.get("w").multiply(leaves.get("w")).sum(), 0.1);
            assertThatThrownBy(() -> optimiser.save(mount.resolve("state")))
                    .hasRootCauseInstanceOf(IOException.class)
                    .rootCause().hasMessageContaining("No space left on device");
        }
    }
}
