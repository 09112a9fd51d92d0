package org.thalweg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.Platform;
import org.thalweg.checkpoint.SafetensorsWriter;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.failure.Stopped;
import org.thalweg.family.VitFamily;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.StageSpan;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.storage.Digest;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class TrainerTest {
    private static final Optimiser.Method MOMENTUM = new Optimiser.Method.Sgd(0.9, true, 1e-3);
    private static final Optimiser.Method ADAMW = new Optimiser.Method.AdamW(0.9, 0.999, 1e-8, 0.01);
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final Vit NETWORK = VitFamily.network(ToyImages.network(2).withExperts(new VitConfig.MoeLayers(
            List.of(1), new MoeConfig(3, new Gating.Sparse(2), List.of(16), UnitFunction.GELU))));

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    static List<Optimiser.Method> methods() {
        return List.of(MOMENTUM, ADAMW);
    }

    @Test
    void frozenTensorsStayBitForBitAndTheOthersMove() {
        try (Scope scope = Scope.open()) {
            Parameters start = start(NETWORK);
            Parameters before = start.map(tensor -> tensor.copy());
            Parameters trained = train(trainer(ADAMW, 2, 5), start, name -> name.contains(".moe."));
            assertThat(trained.names()).isEqualTo(start.names());
            // Experts may stay unused; the gate never does.
            String gate = "vit.encoder.layer.1.moe.gate.weight";
            assertThat(trained.get(gate).sameAs(before.get(gate))).isFalse();
            for (String name : start.names()) {
                assertThat(start.get(name).sameAs(before.get(name))).as("start, %s", name).isTrue();
                if (!name.contains(".moe.")) {
                    assertThat(trained.get(name).sameAs(before.get(name))).as(name).isTrue();
                }
            }
        }
    }

    @Test
    void stagesRunOnceAheadTrainAsTheWholeNetworkDoes() {
        try (Scope scope = Scope.open()) {
            Parameters start = start(NETWORK);
            Parameters ahead = train(trainer(MOMENTUM, 2, 5), start, name -> name.contains(".moe."));
            Parameters whole = train(trainer(new Whole(NETWORK), MOMENTUM, 2), start, name -> name.contains(".moe."));
            for (String name : start.names()) {
                assertThat(ahead.get(name).subtract(whole.get(name)).abs().max()).as(name).isLessThan(1e-5);
            }
        }
    }

    @Test
    void equalSeedsGiveEqualWeightsAndDifferentSeedsDifferentOnes() {
        try (Scope scope = Scope.open()) {
            Parameters start = start(NETWORK);
            Parameters one = train(trainer(ADAMW, 2, 5), start, name -> true);
            assertSame(train(trainer(ADAMW, 2, 5), start, name -> true), one);
            Parameters other = train(trainer(ADAMW, 2, 6), start, name -> true);
            assertThat(one.names()).anyMatch(name -> !one.get(name).sameAs(other.get(name)));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void stoppedAfterAnyStepAndResumedTrainingEndsBitForBitAsUndisturbed(
            Optimiser.Method method, @TempDir Path directory) {
        try (Scope scope = Scope.open()) {
            Parameters start = start(NETWORK);
            Trainer trainer = trainer(method, 3, 5);
            TrainingOutcome.Trained undisturbed = (TrainingOutcome.Trained)
                    trainer.train(start, name -> name.contains(".moe."), Optional.empty(), Monitor.SILENT);
            long steps = trainer.plan().steps(trainer.examples().size());
            assertThat(steps).isEqualTo(9);
            for (int stopAfter = 1; stopAfter <= steps; stopAfter++) {
                Snapshots snapshots = new Snapshots(directory.resolve("at" + stopAfter), Duration.ofDays(1));
                Stopper stopper = new Stopper(stopAfter);
                assertThatThrownBy(() ->
                        trainer.train(start, name -> name.contains(".moe."), Optional.of(snapshots), stopper))
                        .isInstanceOf(Stopped.class)
                        .hasMessage("stopped on request; run the same command again to go on.");
                assertThat(stopper.losses).hasSize(stopAfter);
                Stopper watch = new Stopper(Integer.MAX_VALUE);
                TrainingOutcome.Trained resumed = (TrainingOutcome.Trained)
                        trainer.train(start, name -> name.contains(".moe."), Optional.of(snapshots), watch);
                assertThat(watch.resumed).isEqualTo(stopAfter);
                assertThat(watch.losses).hasSize((int) steps - stopAfter);
                assertSame(resumed.parameters(), undisturbed.parameters());
                assertThat(resumed.loss()).isEqualTo(undisturbed.loss());
            }
        }
    }

    @Test
    void aSnapshotAfterEveryStepChangesNothingAndOnlyTheLastStays(@TempDir Path directory) throws Exception {
        try (Scope scope = Scope.open()) {
            Parameters start = start(NETWORK);
            Snapshots snapshots = new Snapshots(directory.resolve("s"), Duration.ZERO);
            Parameters saved = ((TrainingOutcome.Trained) trainer(ADAMW, 2, 5)
                    .train(start, name -> true, Optional.of(snapshots), Monitor.SILENT)).parameters();
            assertSame(saved, train(trainer(ADAMW, 2, 5), start, name -> true));
            try (var entries = Files.list(directory)) {
                assertThat(entries).containsExactly(directory.resolve("s"));
            }
            snapshots.delete();
            assertThat(directory.resolve("s")).doesNotExist();
        }
    }

    @Test
    void aTornOrAlteredSnapshotIsNamedOnceAndIgnored(@TempDir Path directory) throws Exception {
        try (Scope scope = Scope.open()) {
            Parameters start = start(NETWORK);
            Parameters undisturbed = train(trainer(ADAMW, 2, 5), start, name -> true);
            for (String file : List.of("model.safetensors", "optimiser.state", "seal")) {
                for (boolean torn : new boolean[] {true, false}) {
                    Snapshots snapshots = new Snapshots(directory.resolve(file + torn), Duration.ofDays(1));
                    assertThatThrownBy(() -> trainer(ADAMW, 2, 5)
                            .train(start, name -> true, Optional.of(snapshots), new Stopper(2)))
                            .isInstanceOf(Stopped.class);
                    Path victim = snapshots.directory().resolve(file);
                    byte[] bytes = Files.readAllBytes(victim);
                    if (torn) {
                        Files.write(victim, Arrays.copyOf(bytes, bytes.length / 2));
                    } else {
                        bytes[bytes.length - 1] ^= 1;
                        Files.write(victim, bytes);
                    }
                    Stopper watch = new Stopper(Integer.MAX_VALUE);
                    TrainingOutcome outcome =
                            trainer(ADAMW, 2, 5).train(start, name -> true, Optional.of(snapshots), watch);
                    assertThat(watch.resumed).as(file).isZero();
                    assertThat(watch.warnings).containsExactly("the snapshot " + snapshots.directory()
                            + " of an unfinished training is damaged (its files are not the ones it was sealed with)"
                            + " and is ignored; the training starts afresh.");
                    assertSame(((TrainingOutcome.Trained) outcome).parameters(), undisturbed);
                }
            }
        }
    }

    @Test
    void aSnapshotWithoutItsSealIsNamedAndIgnored(@TempDir Path directory) throws Exception {
        Snapshots snapshots = new Snapshots(directory.resolve("s"), Duration.ofDays(1));
        Stopper watch = new Stopper(Integer.MAX_VALUE);
        assertThat(SavedTraining.find(snapshots, 9, watch)).isEmpty();
        assertThat(watch.warnings).isEmpty();
        Files.createDirectory(snapshots.directory());
        assertThat(SavedTraining.find(snapshots, 9, watch)).isEmpty();
        assertThat(watch.warnings).singleElement().asString().contains("is damaged (it has no file seal) and");
        assertThat(SavedTraining.find(snapshots, 9, Monitor.SILENT)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"4, one, 0x1p0", "4, 4, much", "4, -1, 0x1p0", "4, 5, 0x1p0", "4, 4, NaN", "4, , 0x1p0", "4, 4, "})
    void aSealedSnapshotWithGarbledMetadataIsNamedAndIgnored(
            long steps, String step, String loss, @TempDir Path directory) throws Exception {
        Map<String, String> metadata = new HashMap<>();
        Optional.ofNullable(step).ifPresent(given -> metadata.put("step", given));
        Optional.ofNullable(loss).ifPresent(given -> metadata.put("loss_of_epoch", given));
        Path weights = directory.resolve("model.safetensors");
        Path optimiser = directory.resolve("optimiser.state");
        try (Scope scope = Scope.open()) {
            SafetensorsWriter.write(weights, metadata, start(NETWORK));
        }
        Files.writeString(optimiser, "state");
        Files.writeString(directory.resolve("seal"),
                Digest.ofFile(weights).hex() + " " + Digest.ofFile(optimiser).hex());
        Stopper watch = new Stopper(Integer.MAX_VALUE);
        assertThat(SavedTraining.find(new Snapshots(directory, Duration.ofDays(1)), steps, watch)).isEmpty();
        assertThat(watch.warnings).containsExactly("the snapshot " + directory
                + " of an unfinished training is damaged (its metadata step and loss_of_epoch do not say where in the "
                + "4 steps it was taken) and is ignored; the training starts afresh.");
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aHugeLearningRateIsReportedAsDivergence(Optimiser.Method method) {
        try (Scope scope = Scope.open()) {
            Trainer trainer = new Trainer(NETWORK, ToyImages.examples(8), new TrainingPlan(3, 12, method,
                    new Schedule(Schedule.Shape.CONSTANT, 1e6, 0)), 5);
            TrainingOutcome outcome = trainer.train(start(NETWORK), name -> true, Optional.empty(), Monitor.SILENT);
            assertThat(outcome).isInstanceOf(TrainingOutcome.Diverged.class);
            assertThat(((TrainingOutcome.Diverged) outcome).reason()).matches("its training loss (became NaN at step "
                    + "[0-9]+|ended at .*, worse than twice a blind guess)|a weight is not a finite number .*");
        }
    }

    @Test
    void theLossFallsOnWhatCanBeLearnt() {
        try (Scope scope = Scope.open()) {
            Stopper watch = new Stopper(Integer.MAX_VALUE);
            Trainer trainer = new Trainer(NETWORK, ToyImages.examples(16), new TrainingPlan(20, 16, ADAMW,
                    new Schedule(Schedule.Shape.COSINE, 0.01, 0.1)), 5);
            TrainingOutcome outcome = trainer.train(start(NETWORK), name -> true, Optional.empty(), watch);
            double last = ((TrainingOutcome.Trained) outcome).loss();
            assertThat(watch.losses.getFirst()).isGreaterThan(1);
            assertThat(last).isLessThan(0.2);
        }
    }

    @Test
    void twoThousandStepsLeaveMemoryFlat(@TempDir Path directory) {
        Platform.require(Files.isReadable(STATM), "Linux, for " + STATM);
        try (Scope scope = Scope.open()) {
            ImageExamples examples = ToyImages.examples(8);
            TrainingPlan plan = new TrainingPlan(1000, 16, ADAMW, new Schedule(Schedule.Shape.CONSTANT, 1e-4, 0));
            List<Long> resident = new ArrayList<>();
            Stopper watch = new Stopper(Integer.MAX_VALUE) {
                @Override
                public void stepDone(double loss) {
                    super.stepDone(loss);
                    if (losses.size() % 500 == 0) {
                        resident.add(residentBytes());
                    }
                }
            };
            new Trainer(NETWORK, examples, plan, 5).train(start(NETWORK), name -> name.contains(".moe."),
                    Optional.of(new Snapshots(directory.resolve("s"), Duration.ofMillis(500))), watch);
            assertThat(watch.losses).hasSize(2000);
            assertThat(resident.getLast() - resident.getFirst()).as("resident bytes after 500 and 2,000 steps")
                    .isLessThan(60L << 20);
        }
    }

    private static long residentBytes() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * 4096;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static Trainer trainer(Optimiser.Method method, int epochs, long seed) {
        return new Trainer(NETWORK, ToyImages.examples(8), plan(method, epochs), seed);
    }

    private static Trainer trainer(Network network, Optimiser.Method method, int epochs) {
        return new Trainer(network, ToyImages.examples(8), plan(method, epochs), 5);
    }

    /** Batches of 12 of 32 examples: the last of an epoch is smaller. */
    private static TrainingPlan plan(Optimiser.Method method, int epochs) {
        return new TrainingPlan(epochs, 12, method, new Schedule(Schedule.Shape.COSINE, 0.01, 0.1));
    }

    private static Parameters start(Vit network) {
        return network.initialise(Random.seeded(3));
    }

    private static Parameters train(Trainer trainer, Parameters start, Predicate<String> trained) {
        TrainingOutcome outcome = trainer.train(start, trained, Optional.empty(), Monitor.SILENT);
        return ((TrainingOutcome.Trained) outcome).parameters();
    }

    private static void assertSame(Parameters actual, Parameters expected) {
        assertThat(actual.names()).isEqualTo(expected.names());
        for (String name : expected.names()) {
            assertThat(actual.get(name).sameAs(expected.get(name))).as(name).isTrue();
        }
    }

    /** A network in one stage, so that nothing is run ahead. */
    private record Whole(Vit vit) implements Network {
        @Override
        public int stages() {
            return 1;
        }

        @Override
        public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
            return span.from() == span.to() ? state : vit.forward(parameters, state);
        }

        @Override
        public Map<String, DeclaredTensor> tensors() {
            Map<String, DeclaredTensor> tensors = new LinkedHashMap<>();
            vit.tensors().forEach((name, tensor) -> tensors.put(
                    name, new DeclaredTensor(name, tensor.shape(), 0, tensor.filling())));
            return tensors;
        }

        @Override
        public Inputs inputs() {
            return vit.inputs();
        }

        @Override
        public Object configuration() {
            return vit;
        }

        @Override
        public Normalisation normalisation() {
            return vit.normalisation();
        }
    }

    /** Asks for a stop after some steps, and remembers what it was told. */
    private static class Stopper implements Monitor {
        final List<Double> losses = new ArrayList<>();
        final List<String> warnings = new ArrayList<>();
        long resumed;
        private final int after;

        Stopper(int after) {
            this.after = after;
        }

        @Override
        public void stepDone(double loss) {
            losses.add(loss);
        }

        @Override
        public void resumedAfter(long steps) {
            resumed = steps;
        }

        @Override
        public boolean stopRequested() {
            return losses.size() >= after;
        }

        @Override
        public void warned(String sentence) {
            warnings.add(sentence);
        }
    }
}
