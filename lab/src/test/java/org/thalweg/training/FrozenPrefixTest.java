package org.thalweg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.connectivity.Examples;
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
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class FrozenPrefixTest {
    private static final int EPOCHS = 4;
    private static final ImageExamples EXAMPLES = ToyImages.examples(8);
    private static final AugmentedImages CHANGED = new AugmentedImages(EXAMPLES, new Augmentation(2, true, 0.2));
    private static final PrefixRoom MEMORY = PrefixRoom.usual();
    private static final PrefixRoom NOWHERE = PrefixRoom.of(PrefixStore.forOneTraining(0, Optional.empty()));
    private static final Vit NETWORK = VitFamily.network(ToyImages.network(2).withExperts(new VitConfig.MoeLayers(
            List.of(0), new MoeConfig(2, new Gating.Dense(), List.of(16), UnitFunction.GELU))));

    @TempDir
    private Path directory;

    private final Watch watch = new Watch();

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    @Test
    void aFileAndMemoryGiveTheSameWeightsBitForBitAndNoFileIsLeft() throws IOException {
        try (Scope scope = Scope.open()) {
            Parameters memory = train(EXAMPLES, 0, MEMORY);
            assertThat(watch.noted).containsExactly("the frozen stages in front of layer 0, feed-forward network run "
                    + "once and what they make of 32 examples, 0.0 MiB, is kept in memory.");
            Parameters file = train(EXAMPLES, 0, room(100, directory.resolve("made")));
            assertThat(watch.noted.getLast()).endsWith("is kept in a file, since memory may take 0.0 MiB.");
            assertSame(file, memory);
            try (var left = Files.list(directory.resolve("made"))) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void withoutRoomTheStagesRunInEveryStepToTheSameWeightsButRounding() {
        try (Scope scope = Scope.open()) {
            assertClose(train(EXAMPLES, 0, NOWHERE), train(EXAMPLES, 0, MEMORY));
            assertThat(watch.noted.getFirst()).startsWith("the frozen stages in front of layer 0, feed-forward network "
                    + "run in every step: what they make takes 0.0 MiB, memory may take 0.0 MiB, and no place for a "
                    + "file is given.");
        }
    }

    @Test
    void eachExampleRunsOnceThroughTheFrozenStagesOrOnceAnEpochWithoutRoom() {
        try (Scope scope = Scope.open()) {
            // One more is the example whose outputs are measured.
            assertThat(runs(EXAMPLES, 0, MEMORY)).isEqualTo(32 + 1);
            assertThat(runs(EXAMPLES, 0, NOWHERE)).isEqualTo(32 * EPOCHS + 1);
            assertThat(runs(CHANGED, 0, MEMORY)).isEqualTo(32 * EPOCHS);
            assertThat(runs(CHANGED, 2, MEMORY)).isEqualTo(2 * 32 + 1);
        }
    }

    @Test
    void heldOutExamplesRunOnceToo() {
        try (Scope scope = Scope.open()) {
            SomeExamples heldOut = new SomeExamples(EXAMPLES, new int[] {0, 5, 10, 15});
            EarlyStopping rule = new EarlyStopping(heldOut, 1, 100, 3);
            Counted network = new Counted(NETWORK, new AtomicLong());
            TrainingOutcome.Trained ahead = train(trainer(network, EXAMPLES, 0, MEMORY, Optional.of(rule)), watch);
            assertThat(network.examples).hasValue(32 + 1 + 4 + 1);
            Counted written = new Counted(NETWORK, new AtomicLong());
            TrainingOutcome.Trained file =
                    train(trainer(written, EXAMPLES, 0, room(0, directory), Optional.of(rule)), watch);
            assertThat(written.examples).hasValue(32 + 1 + 4 + 1);
            assertThat(file.best()).isEqualTo(ahead.best()).isPresent();
            assertSame(file.parameters(), ahead.parameters());
            // Without room they run in every look, one of which follows each of the twelve steps.
            Counted looking = new Counted(NETWORK, new AtomicLong());
            TrainingOutcome.Trained again =
                    train(trainer(looking, EXAMPLES, 0, NOWHERE, Optional.of(rule)), watch);
            assertThat(looking.examples).hasValue(32 * EPOCHS + 1 + 12 * 4 + 1);
            assertClose(again.parameters(), ahead.parameters());
        }
    }

    @Test
    void copiesAreTheChangedImagesOfTheFirstEpochsInTurn() {
        try (Scope scope = Scope.open()) {
            Parameters kept = train(CHANGED, 2, MEMORY);
            assertClose(kept, train(CHANGED, 2, NOWHERE));
            assertClose(train(CHANGED, 100, MEMORY), train(CHANGED, 0, MEMORY));
            Parameters others = train(CHANGED, 0, MEMORY);
            assertThat(watch.noted.getLast()).isEqualTo("the frozen stages in front of layer 0, feed-forward network "
                    + "run in every step, since examples are changed anew in every epoch; with the key 'copies' so "
                    + "many changed copies of each would be made once and kept.");
            String gate = "vit.encoder.layer.0.moe.gate.weight";
            assertThat(kept.get(gate).subtract(others.get(gate)).abs().max()).isGreaterThan(1e-4);
        }
    }

    @Test
    void aPlaceWhereNoFileCanBeIsToldAndTheTrainingGoesOn() throws IOException {
        Path occupied = Files.writeString(directory.resolve("occupied"), "");
        try (Scope scope = Scope.open()) {
            Parameters trained = train(EXAMPLES, 0, room(0, occupied.resolve("below")));
            assertThat(watch.noted).singleElement().asString().contains("run in every step")
                    .contains(occupied.resolve("below") + " takes no file: ");
            assertSame(trained, train(EXAMPLES, 0, NOWHERE));
        }
    }

    @Test
    void aTrainingIsStoppedAlsoWhileTheFrozenStagesRunAndLeavesNoFile() throws IOException {
        PrefixRoom room = room(0, directory);
        Watch stopped = new Watch();
        stopped.stop = true;
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> train(trainer(NETWORK, EXAMPLES, 0, room, Optional.empty()), stopped))
                    .isInstanceOf(Stopped.class);
        }
        assertThat(stopped.steps).isZero();
        try (var left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aTrainingStoppedWithMemoryGoesOnWithAFileToTheSameWeights() {
        try (Scope scope = Scope.open()) {
            Parameters undisturbed = train(EXAMPLES, 0, MEMORY);
            Snapshots snapshots = new Snapshots(directory.resolve("snapshot"), Duration.ofDays(1));
            Watch stopped = new Watch();
            stopped.after = 5;
            assertThatThrownBy(() -> trainer(NETWORK, EXAMPLES, 0, MEMORY, Optional.empty())
                    .train(start(), FrozenPrefixTest::isTrained, Optional.of(snapshots), stopped))
                    .isInstanceOf(Stopped.class);
            PrefixRoom file = room(0, directory);
            Watch resuming = new Watch();
            TrainingOutcome resumed = trainer(NETWORK, EXAMPLES, 0, file, Optional.empty())
                    .train(start(), FrozenPrefixTest::isTrained, Optional.of(snapshots), resuming);
            assertThat(resuming.steps).isEqualTo(12 - 5);
            assertSame(((TrainingOutcome.Trained) resumed).parameters(), undisturbed);
        }
    }

    @Test
    void trainingsThatBeginWithTheSameStagesOnTheSameExamplesShareWhatTheyMake() {
        Vit other = VitFamily.network(ToyImages.network(2).withExperts(new VitConfig.MoeLayers(
                List.of(0), new MoeConfig(3, new Gating.Sparse(2), List.of(16), UnitFunction.GELU))));
        try (Scope scope = Scope.open(); PrefixStore store = PrefixStore.forMany(1 << 20, Optional.empty())) {
            Parameters alone = train(EXAMPLES, 0, MEMORY);
            PrefixRoom room = new PrefixRoom(store, "toy images");
            assertThat(runs(EXAMPLES, 0, room)).isEqualTo(32 + 1);
            assertSame(train(EXAMPLES, 0, room), alone);
            assertThat(runs(EXAMPLES, 0, room)).isEqualTo(1);
            // Other experts behind the same stages, whose tensors are drawn from the same seed.
            Counted experts = new Counted(other, new AtomicLong());
            trainer(experts, EXAMPLES, 0, room, Optional.empty()).train(start().with(other.initialise(Random.seeded(9))
                    .filter(FrozenPrefixTest::isTrained)), FrozenPrefixTest::isTrained, Optional.empty(), watch);
            assertThat(experts.examples).hasValue(1);
            // Other stages, other examples and changed ones are other entries.
            assertThat(runs(EXAMPLES, 0, new PrefixRoom(store, "others"))).isEqualTo(32 + 1);
            assertThat(runs(CHANGED, 1, room)).isEqualTo(32 + 1);
            Counted moved = new Counted(NETWORK, new AtomicLong());
            trainer(moved, EXAMPLES, 0, room, Optional.empty()).train(NETWORK.initialise(Random.seeded(4)),
                    FrozenPrefixTest::isTrained, Optional.empty(), watch);
            assertThat(moved.examples).hasValue(32 + 1);
        }
    }

    @Test
    void twoTrainingsAtOnceMakeItOnce() throws InterruptedException {
        Counted network = new Counted(NETWORK, new AtomicLong());
        try (PrefixStore store = PrefixStore.forMany(1 << 20, Optional.empty())) {
            List<Thread> threads = new ArrayList<>();
            for (int number = 0; number < 3; number++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    try (Scope scope = Scope.open()) {
                        train(trainer(network, EXAMPLES, 0, new PrefixRoom(store, "toy"), Optional.empty()),
                                new Watch());
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(network.examples).hasValue(32 + 3);
    }

    @Test
    void whatNobodyUsesMakesRoomAndWhatIsUsedDoesNot() {
        // A row is 5 tokens of width 8 in float32; 32 of them fit once, not twice.
        long one = 32 * 5 * 8 * 4;
        try (Scope scope = Scope.open(); PrefixStore store = PrefixStore.forMany(one + one / 2, Optional.empty())) {
            assertThat(runs(EXAMPLES, 0, new PrefixRoom(store, "first"))).isEqualTo(32 + 1);
            assertThat(runs(EXAMPLES, 0, new PrefixRoom(store, "second"))).isEqualTo(32 + 1);
            // The second is still there, the first is not.
            assertThat(runs(EXAMPLES, 0, new PrefixRoom(store, "second"))).isEqualTo(1);
            assertThat(runs(EXAMPLES, 0, new PrefixRoom(store, "first"))).isEqualTo(32 + 1);
            // The training set is in use, so that the held-out examples find no room.
            SomeExamples most = new SomeExamples(EXAMPLES, IntStream.range(0, 24).toArray());
            Counted network = new Counted(NETWORK, new AtomicLong());
            EarlyStopping rule = new EarlyStopping(most, 3, 100, 24);
            train(trainer(network, EXAMPLES, 0, new PrefixRoom(store, "third"), Optional.of(rule)), watch);
            assertThat(network.examples).hasValue(32 + 1 + 1 + EPOCHS * 24);
        }
    }

    @Test
    void halfOfTheFreeMemoryIsSomeAndNotAllOfTheMachine() {
        assertThat(PrefixStore.halfOfFreeMemory()).isBetween(1L << 20, 1L << 45);
    }

    private static PrefixRoom room(long memory, Path directory) {
        return PrefixRoom.of(PrefixStore.forOneTraining(memory, Optional.of(directory)));
    }

    private long runs(Examples examples, int copies, PrefixRoom room) {
        Counted network = new Counted(NETWORK, new AtomicLong());
        train(trainer(network, examples, copies, room, Optional.empty()), watch);
        return network.examples.get();
    }

    private Parameters train(Examples examples, int copies, PrefixRoom room) {
        return train(trainer(NETWORK, examples, copies, room, Optional.empty()), watch).parameters();
    }

    private static TrainingOutcome.Trained train(Trainer trainer, Watch watch) {
        return (TrainingOutcome.Trained)
                trainer.train(start(), FrozenPrefixTest::isTrained, Optional.empty(), watch);
    }

    private static boolean isTrained(String name) {
        return name.contains(".moe.");
    }

    private static Parameters start() {
        return NETWORK.initialise(Random.seeded(3));
    }

    /** Batches of 12 of 32 examples: the last of an epoch is smaller. */
    private static Trainer trainer(
            Network network, Examples examples, int copies, PrefixRoom room, Optional<EarlyStopping> rule) {
        TrainingPlan plan = new TrainingPlan(EPOCHS, 12, new Optimiser.Method.Sgd(0.9, false, 0),
                new Schedule(Schedule.Shape.CONSTANT, 0.05, 0), Double.POSITIVE_INFINITY, copies);
        return new Trainer(network, examples, plan, 5, rule, room, Device.CPU);
    }

    private static void assertSame(Parameters actual, Parameters expected) {
        assertThat(actual.names()).isEqualTo(expected.names());
        expected.asMap().forEach((name, tensor) ->
                assertThat(actual.get(name).sameAs(tensor)).as(name).isTrue());
    }

    private static void assertClose(Parameters actual, Parameters expected) {
        assertThat(actual.names()).isEqualTo(expected.names());
        expected.asMap().forEach((name, tensor) ->
                assertThat(actual.get(name).subtract(tensor).abs().max()).as(name).isLessThan(1e-5));
    }

    /** Counts the examples that run through the first stage. */
    private record Counted(Vit vit, AtomicLong examples) implements Network {
        @Override
        public int stages() {
            return vit.stages();
        }

        @Override
        public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
            if (span.from() == 0) {
                examples.addAndGet(state.length(0));
            }
            return vit.run(parameters, state, span, choice);
        }

        @Override
        public Map<String, DeclaredTensor> tensors() {
            return vit.tensors();
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

    /** Remembers what it was told, and asks for a stop. */
    private static final class Watch implements Monitor {
        private final List<String> noted = new ArrayList<>();
        private int steps;
        private boolean stop;
        private int after = Integer.MAX_VALUE;

        @Override
        public void stepDone(double loss) {
            steps++;
        }

        @Override
        public void resumedAfter(long done) {
            // Only what is done now is counted.
        }

        @Override
        public boolean stopRequested() {
            return stop || steps >= after;
        }

        @Override
        public void noted(String sentence) {
            noted.add(sentence);
        }
    }
}
