package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.failure.WrongUse;
import org.thalweg.results.SystemModel;
import org.thalweg.results.SystemPair;
import org.thalweg.tensor.Engine;
import org.thalweg.zoo.Settings;

/** The steps of a study of a system, on one that is no more than a plain network. */
class SystemStepsTest {
    private static final SystemData DATA = new SystemData(new ToySystem(), new Settings(new ToySystem().defaults()));

    @TempDir
    private Path directory;

    @Test
    void theStepsMakeWhatTheirVersionsMade() throws IOException {
        Engine.useThreadsPerOperation(1);
        Step first = new SystemStep("first", 0, 5);
        Step other = new SystemStep("first", 1, 6);
        Path a = run(first, List.of());
        Path b = run(other, List.of());
        Step connect = new ConnectStep("first-r0", "first-r1", 5);
        Path pair = run(connect, List.of(a, b));
        GoldenValues golden = new GoldenValues("golden-systems.json");
        golden.add(first, "", ArtifactNumbers.of(a));
        golden.add(connect, "", ArtifactNumbers.of(pair));
        golden.requireUnchanged("connect", "system");
    }

    @Test
    void aVariantGoesOnFromTheModelOfTheSameSeed() throws IOException {
        Path first = run(new SystemStep("first", 0, 5), List.of());
        Path second = run(new SystemStep("second", 0, 5), List.of(first));
        SystemModel before = SystemStep.read(first, "a");
        SystemModel after = SystemStep.read(second, "b");
        assertThat(after.measures().get("loss")).isLessThan(before.measures().get("loss"));
        assertThat(after.checkpoint()).isEqualTo("b");
    }

    @Test
    void matchingLowersTheBarrierAndChangesNoOutput() throws IOException {
        Path a = run(new SystemStep("first", 0, 5), List.of());
        Path b = run(new SystemStep("first", 1, 6), List.of());
        SystemPair pair = ConnectStep.read(run(new ConnectStep("first-r0", "first-r1", 9), List.of(a, b)));
        assertThat(pair.matched().lossBarrier().orElseThrow()).isLessThan(pair.naive().lossBarrier().orElseThrow());
        assertThat(pair.matched().maxAbsLogitDifference().orElseThrow()).isLessThan(1e-9);
        assertThat(pair.order()).isEmpty();
    }

    @Test
    void unknownSystemsAndSettingsAreRefusedWithTheNearestKnownOne() {
        assertThatThrownBy(() -> StudyReader.parse("study: x\nsystem: toi\nseed: 1\n", "x.yaml"))
                .isInstanceOf(WrongUse.class).hasMessageContaining("there is no system 'toi', the nearest is");
        assertThatThrownBy(() -> StudyReader.parse("study: x\nsystem: toi\nsede: 1\n", "x.yaml"))
                .isInstanceOf(WrongUse.class).hasMessageContaining("'sede'").hasMessageContaining("'seed'");
        assertThatThrownBy(() -> StudyReader.parse("study: x\nsystem: toi\nseed: 1\nsettings: {a: b}\n", "x.yaml"))
                .isInstanceOf(WrongUse.class).hasMessageContaining("settings.a is 'b', expected a number");
        assertThatThrownBy(() -> StudyReader.parse("study: x\nsystem: toi\nseed: 1\nsettings: 3\n", "x.yaml"))
                .isInstanceOf(WrongUse.class).hasMessageContaining("settings is '3', expected keys with numbers");
        assertThatThrownBy(() -> StudyReader.parse(
                "study: x\nsystem: omni-router\nseed: 1\nsettings: {expert: 3}\n", "x.yaml"))
                .isInstanceOf(WrongUse.class).hasMessageContaining("'expert', which omni-router does not know; the "
                        + "nearest known key is 'experts'.");
        assertThatThrownBy(() -> new SystemStudy("x", Optional.empty(), "toy", 1, Optional.of(1), Optional.empty(),
                Optional.empty())).isInstanceOf(WrongUse.class).hasMessageContaining("replicas is 1");
    }

    private Path run(Step step, List<Path> inputs) throws IOException {
        Path output = Files.createDirectory(directory.resolve(step.kind() + "-" + step.label()));
        step.run(new StepContext(inputs, DATA, output,
                new Snapshots(directory.resolve("snapshot"), Duration.ofHours(1)),
                new StepWatch(step, StudyObserver.SILENT, new StopSignal())));
        return output;
    }
}
