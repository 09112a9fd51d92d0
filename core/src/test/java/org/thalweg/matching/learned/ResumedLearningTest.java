package org.thalweg.matching.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.failure.Stopped;
import org.thalweg.matching.learned.LearnedMatchSettings.Part;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** Learning that was stopped goes on to what it would have learned without the stop. */
class ResumedLearningTest {
    private static final int STEPS = 10;

    @TempDir
    private Path directory;

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    /** Asks for a stop after some steps. */
    private static final class Stopper implements WorkObserver {
        private final int after;
        private final List<Long> steps = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private int asked;

        Stopper(int after) {
            this.after = after;
        }

        @Override
        public void began(String work, long tensors) {
            assertThat(work).isEqualTo(LEARNING);
        }

        @Override
        public void reached(long tensors) {
            steps.add(tensors);
        }

        @Override
        public boolean stopRequested() {
            asked++;
            return asked >= after;
        }

        @Override
        public void told(String sentence) {
            told.add(sentence);
        }
    }

    private static LearnedMatchSettings settings() {
        LearnedMatchSettings usual = LearnedMatchSettings.defaults();
        return new LearnedMatchSettings(EnumSet.allOf(Part.class), usual.rotation(), usual.sampler(), true,
                usual.latents(), new LearnedMatchSettings.Steps(STEPS, 16, 0.01, 0.05, 0.01),
                new LearnedMatchSettings.Stopping(0.1, 512, 3, 6), 3);
    }

    private Snapshots snapshots(String name) {
        return new Snapshots(directory.resolve(name), Duration.ofDays(1));
    }

    private static void requireSame(LearnedMatcher.Learned one, LearnedMatcher.Learned other) {
        assertThat(one.match().alignment()).isEqualTo(other.match().alignment());
        assertThat(one.history()).isEqualTo(other.history());
        assertThat(one.match().notes()).isEqualTo(other.match().notes());
    }

    @Test
    void learningThatWasStoppedGoesOnToTheSameEnd() {
        try (Scope scope = Scope.open()) {
            Turned models = Turned.of("llama");
            LearnedMatcher.Learned undisturbed = models.learned(settings());
            assertThat(undisturbed.history()).hasSize(5);
            assertThat(undisturbed.match().alignment().describe()).isNotEmpty();
            for (int after : new int[] {1, 4, STEPS}) {
                Optional<Snapshots> place = Optional.of(snapshots("after" + after));
                Stopper stopper = new Stopper(after);
                assertThatThrownBy(() -> models.learned(settings(), place, stopper)).isInstanceOf(Stopped.class);
                assertThat(stopper.told).isEmpty();
                Stopper rest = new Stopper(Integer.MAX_VALUE);
                LearnedMatcher.Learned resumed = models.learned(settings(), place, rest);
                assertThat(rest.told).containsExactly("learning goes on after step " + after + " of 10, where an "
                        + "earlier run stopped.");
                assertThat(rest.asked).isEqualTo(STEPS - after);
                assertThat(rest.steps).first().isEqualTo((long) after);
                requireSame(resumed, undisturbed);
            }
        }
    }

    @Test
    void statesAfterEveryStepChangeNothing() {
        try (Scope scope = Scope.open()) {
            Turned models = Turned.of("gpt2");
            Snapshots every = new Snapshots(directory.resolve("every"), Duration.ZERO);
            LearnedMatcher.Learned kept = models.learned(settings(), Optional.of(every), WorkObserver.SILENT);
            requireSame(kept, models.learned(settings()));
            assertThat(directory).isDirectoryContaining(path -> path.equals(every.directory()));
            every.delete();
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void aStateOfOtherSettingsOrModelsIsToldAndNotUsed() {
        try (Scope scope = Scope.open()) {
            Turned models = Turned.of("llama");
            Snapshots place = snapshots("other");
            assertThatThrownBy(() -> models.learned(settings(), Optional.of(place), new Stopper(2)))
                    .isInstanceOf(Stopped.class);
            String sentence = "the snapshot " + place.directory() + " is of an unfinished learning with other models, "
                    + "data, settings or threads, and is not used; the learning starts afresh.";
            Stopper ofSeed = new Stopper(Integer.MAX_VALUE);
            requireSame(models.learned(settings().with(4), Optional.of(place), ofSeed),
                    models.learned(settings().with(4)));
            assertThat(ofSeed.told).containsExactly(sentence);
            assertThat(ofSeed.asked).isEqualTo(STEPS);
            Parameters moved = models.b().map(tensor -> tensor.multiply(1 + 1e-6));
            Turned others = new Turned(models.network(), models.architecture(), models.a(), moved);
            Stopper ofModel = new Stopper(Integer.MAX_VALUE);
            requireSame(others.learned(settings(), Optional.of(place), ofModel), others.learned(settings()));
            assertThat(ofModel.told).containsExactly(sentence);
        }
    }

    @Test
    void anAlteredStateIsToldAndNotUsed() throws Exception {
        try (Scope scope = Scope.open()) {
            Turned models = Turned.of("gpt2");
            Snapshots place = snapshots("altered");
            assertThatThrownBy(() -> models.learned(settings(), Optional.of(place), new Stopper(2)))
                    .isInstanceOf(Stopped.class);
            Path optimiser = place.directory().resolve("optimiser.state");
            byte[] bytes = Files.readAllBytes(optimiser);
            bytes[bytes.length / 2] ^= 1;
            Files.write(optimiser, bytes);
            Stopper watch = new Stopper(Integer.MAX_VALUE);
            requireSame(models.learned(settings(), Optional.of(place), watch), models.learned(settings()));
            assertThat(watch.told).containsExactly("the snapshot " + place.directory() + " of an unfinished learning "
                    + "is damaged (its files are not the ones it was sealed with) and is ignored; the learning starts "
                    + "afresh.");
        }
    }
}
