package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a running study with SIGKILL at random moments of its work and starts it again: it ends with the same
 * results. Moments are counted from the start of the work, so that none is spent on the start of the process.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KillTest {
    private static final int KILLS = 10;
    private static final int KILLS_IN_A_ROW = 5;
    private static final int MOST_ATTEMPTS = 6;

    @TempDir
    private Path root;

    @Test
    void aStudyKilledAtAnyMomentEndsWithTheResultsOfAnUndisturbedOne() throws Exception {
        Child undisturbed = Child.start(root.resolve("undisturbed"));
        long started = System.nanoTime();
        assertThat(undisturbed.exitCode()).as(undisturbed.errors()).isZero();
        long duration = System.nanoTime() - started;
        String expected = SmallStudy.results(root.resolve("undisturbed"));
        Random random = new Random(20_251_122);
        List<Long> moments = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            // One in each tenth of the run, so that every phase is hit.
            moments.add((long) (duration * (kill + random.nextDouble()) / KILLS));
        }
        long step = duration / (2 * KILLS_IN_A_ROW);
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> runs = new ArrayList<>();
            runs.add(two.submit(() -> killed(root.resolve("in a row"),
                    Stream.generate(() -> step).limit(KILLS_IN_A_ROW).toList(), expected)));
            for (int kill = 0; kill < KILLS; kill++) {
                String name = "killed" + kill;
                long moment = moments.get(kill);
                runs.add(two.submit(() -> killedOnce(name, moment, expected)));
            }
            List<Integer> hits = new ArrayList<>();
            for (Future<Integer> run : runs) {
                hits.add(run.get());
            }
            System.out.printf("work of %.1f s, killed in a row %d times, then %s of %d times at its moments%n",
                    duration / 1e9, hits.getFirst(), hits.stream().skip(1).mapToInt(hit -> hit).sum(), KILLS);
            assertThat(hits.getFirst()).as("kills in a row that met a working process").isGreaterThanOrEqualTo(3);
            assertThat(hits.stream().skip(1).mapToInt(hit -> hit).sum()).as("kills that met a working process")
                    .isEqualTo(KILLS);
        }
    }

    /**
     * Kills a run once while it works. The machine may be faster than when the moment was chosen, so a run that ended
     * before its kill is followed by another one, killed earlier.
     */
    private int killedOnce(String name, long moment, String expected) throws Exception {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            if (killed(root.resolve(name + "-" + attempt), List.of(moment), expected) == 1) {
                return 1;
            }
            moment = moment * 3 / 5;
        }
        return 0;
    }

    /** Kills a run at each moment, then lets it finish; returns how many kills met a working process. */
    private static int killed(Path run, List<Long> moments, String expected) throws Exception {
        int hits = 0;
        for (long moment : moments) {
            Child child = Child.start(run);
            TimeUnit.NANOSECONDS.sleep(moment);
            hits += child.kill() ? 1 : 0;
        }
        Child last = Child.start(run);
        assertThat(last.exitCode()).as(last.errors()).isZero();
        assertThat(SmallStudy.results(run)).as("results of %s killed after %s ns", run.getFileName(), moments)
                .isEqualTo(expected);
        try (Stream<Path> files = Files.walk(run)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".part") || name.endsWith(".old") || name.startsWith(".snapshot"));
        }
        return hits;
    }

    /** A virtual machine like this one that runs {@link KilledStudy}. */
    private record Child(Process process, Path log) {
        static Child start(Path run) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(ProcessHandle.current().info().command().orElseThrow());
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .filter(argument -> argument.startsWith("-D") || argument.startsWith("--enable"))
                    .forEach(command::add);
            command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    KilledStudy.class.getName(), run.toString()));
            Path log = Files.createTempFile(run.getParent(), "errors", ".txt");
            Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
            BufferedReader output = process.inputReader();
            String line = output.readLine();
            assertThat(line).as("first line of the child; %s", Files.readString(log)).isEqualTo("started");
            return new Child(process, log);
        }

        /** Kills it; whether it was still at work. */
        boolean kill() throws InterruptedException {
            boolean working = process.isAlive();
            process.destroyForcibly();
            return process.waitFor() != 0 && working;
        }

        int exitCode() throws InterruptedException {
            return process.waitFor();
        }

        String errors() throws IOException {
            return Files.readString(log);
        }
    }
}
