package org.thalweg.benchmarks.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.thalweg.benchmarks.fuzz.Outcome.Finding;
import org.thalweg.benchmarks.fuzz.Outcome.Read;
import org.thalweg.benchmarks.fuzz.Outcome.Refused;

/**
 * Many damaged contents for one reader. Case number n of a seed is the same content on every machine, whatever was run
 * before it.
 *
 * @param target the reader
 * @param folder where contents are put for it
 * @param seed what all cases are drawn from
 * @param longest how long a case may take
 */
record FuzzRun(Target target, Path folder, long seed, Duration longest) {
    /**
     * How many cases ended how.
     *
     * @param read of the contents
     * @param refused in a sentence
     * @param found neither
     */
    record Counts(long read, long refused, long found) {
        private Counts plus(Outcome outcome) {
            return switch (outcome) {
                case Read _ -> new Counts(read + 1, refused, found);
                case Refused _ -> new Counts(read, refused + 1, found);
                case Finding _ -> new Counts(read, refused, found + 1);
            };
        }
    }

    /** One damaged content. */
    record Damaged(Seed seed, byte[] content) {}

    /** The content of a case. */
    Damaged damaged(long number) {
        SplittableRandom random = new SplittableRandom(
                new SplittableRandom(seed + 31L * target.name().hashCode()).nextLong() + number * 0x9e3779b97f4a7c15L);
        Seed from = target.seeds().get(random.nextInt(target.seeds().size()));
        return new Damaged(from, new Mutations(random).damaged(from, target.seeds()));
    }

    /**
     * Runs cases 0 to {@code cases} - 1.
     *
     * @param findings takes what is found
     * @return the counts
     * @throws IOException when a finding cannot be written
     * @throws IllegalStateException when a seed is not read: then nothing beyond the first check would be reached
     */
    Counts run(long cases, Findings findings) throws IOException {
        Files.createDirectories(folder);
        Counts counts = new Counts(0, 0, 0);
        try (Watch watch = new Watch(longest)) {
            for (Seed valid : target.seeds()) {
                Outcome outcome = watch.run(() -> target.reading().read(valid.variant(), valid.content(), folder));
                if (!(outcome instanceof Read)) {
                    throw new IllegalStateException(target.name() + " does not read its own seed '" + valid.variant()
                            + "': " + outcome);
                }
            }
            for (long number = 0; number < cases; number++) {
                Damaged damaged = damaged(number);
                Outcome outcome = watch.run(
                        () -> target.reading().read(damaged.seed().variant(), damaged.content(), folder));
                counts = counts.plus(outcome);
                if (outcome instanceof Finding finding) {
                    findings.add(target.name(), damaged.seed().variant(), seed + "-" + number, damaged.content(),
                            finding);
                }
            }
        }
        return counts;
    }
}
