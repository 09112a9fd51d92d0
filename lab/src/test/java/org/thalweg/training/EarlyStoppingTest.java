package org.thalweg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.failure.Stopped;
import org.thalweg.family.VitFamily;
import org.thalweg.network.vit.Vit;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;

class EarlyStoppingTest {
    private static final Vit NETWORK = VitFamily.network(ToyImages.network(1));
    private static final ImageExamples EXAMPLES = ToyImages.examples(8);
    private static final SomeExamples HELD_OUT = new SomeExamples(EXAMPLES, new int[] {0, 5, 10, 15});

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    private static Trainer trainer(double learningRate, int patience) {
        TrainingPlan plan = new TrainingPlan(8, 8, new Optimiser.Method.AdamW(0.9, 0.999, 1e-8, 0),
                new Schedule(Schedule.Shape.CONSTANT, learningRate, 0), 1.0);
        return new Trainer(NETWORK, EXAMPLES, plan, 5, Optional.of(new EarlyStopping(HELD_OUT, 2, patience, 3)));
    }

    private static Parameters start() {
        return InitialWeights.alike().draw(NETWORK, 3);
    }

    private static TrainingOutcome.Trained train(Trainer trainer, Optional<Snapshots> snapshots, Monitor monitor) {
        return (TrainingOutcome.Trained) trainer.train(start(), name -> true, snapshots, monitor);
    }

    @Test
    void theKeptModelHasTheLossThatIsStatedAndNoLookFoundALowerOne() {
        try (Scope scope = Scope.open()) {
            // A rate at which the loss goes up and down.
            TrainingOutcome.Trained trained = train(trainer(0.3, 100), Optional.empty(), Monitor.SILENT);
            EvaluationSet heldOut = new EvaluationSet(0, HELD_OUT.inOrder(3));
            double kept = heldOut.score(NETWORK, trained.parameters()).loss();
            assertThat(kept).isEqualTo(trained.best().orElseThrow().loss());
            assertThat(trained.best().orElseThrow().step()).isBetween(2L, 31L);
            TrainingPlan plan = trainer(0.3, 100).plan();
            TrainingOutcome.Trained last = (TrainingOutcome.Trained) new Trainer(NETWORK, EXAMPLES, plan, 5)
                    .train(start(), name -> true, Optional.empty(), Monitor.SILENT);
            assertThat(last.best()).isEmpty();
            assertThat(heldOut.score(NETWORK, last.parameters()).loss()).isGreaterThan(kept);
        }
    }

    @Test
    void patienceEndsTheTrainingThatManyLooksAfterTheBest() {
        try (Scope scope = Scope.open()) {
            Counter counter = new Counter(Integer.MAX_VALUE);
            TrainingOutcome.Trained trained = train(trainer(0.3, 2), Optional.empty(), counter);
            assertThat(counter.steps).isEqualTo((int) trained.best().orElseThrow().step() + 4).isLessThan(32);
        }
    }

    @Test
    void stoppedAfterAnyStepAndResumedItEndsBitForBitAsUndisturbed(@TempDir Path directory) {
        try (Scope scope = Scope.open()) {
            TrainingOutcome.Trained undisturbed = train(trainer(0.3, 100), Optional.empty(), Monitor.SILENT);
            for (int after = 1; after < 32; after += 5) {
                Optional<Snapshots> snapshots =
                        Optional.of(new Snapshots(directory.resolve("at" + after), Duration.ofDays(1)));
                Counter counter = new Counter(after);
                assertThatThrownBy(() -> train(trainer(0.3, 100), snapshots, counter)).isInstanceOf(Stopped.class);
                TrainingOutcome.Trained resumed = train(trainer(0.3, 100), snapshots, Monitor.SILENT);
                assertThat(resumed.best()).isEqualTo(undisturbed.best());
                assertThat(resumed.loss()).isEqualTo(undisturbed.loss());
                undisturbed.parameters().asMap().forEach((name, tensor) ->
                        assertThat(resumed.parameters().get(name).sameAs(tensor)).as(name).isTrue());
            }
        }
    }

    @Test
    void aBoundOnGradientsBoundsTheFirstStepOfDescent() {
        try (Scope scope = Scope.open()) {
            for (double bound : new double[] {0.01, 1e9}) {
                TrainingPlan plan = new TrainingPlan(1, 32, new Optimiser.Method.Sgd(0, false, 0),
                        new Schedule(Schedule.Shape.CONSTANT, 1, 0), bound);
                Parameters before = start();
                Parameters after = ((TrainingOutcome.Trained) new Trainer(NETWORK, EXAMPLES, plan, 5)
                        .train(before, name -> true, Optional.empty(), Monitor.SILENT)).parameters();
                double squares = before.names().stream().mapToDouble(name -> {
                    var step = after.get(name).subtract(before.get(name));
                    return step.multiply(step).sum().item();
                }).sum();
                assertThat(Math.sqrt(squares)).satisfies(length -> {
                    if (bound < 1) {
                        assertThat(length).isBetween(0.0099, 0.0101);
                    } else {
                        assertThat(length).isGreaterThan(0.02);
                    }
                });
            }
        }
    }

    /** Counts steps and asks for a stop after some. */
    private static final class Counter implements Monitor {
        private final int after;
        private int steps;

        Counter(int after) {
            this.after = after;
        }

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
            return steps >= after;
        }
    }
}
