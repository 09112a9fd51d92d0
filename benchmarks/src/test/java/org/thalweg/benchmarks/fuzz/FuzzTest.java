package org.thalweg.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.benchmarks.fuzz.Seed.Format;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.Families;
import org.thalweg.family.Family;

/** A short run of every reader, and that the run notices what it is there to notice. */
class FuzzTest {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final long CASES = 60;

    @TempDir
    private Path directory;

    static Stream<String> readers() {
        return Targets.all().stream().map(Target::name);
    }

    @ParameterizedTest
    @MethodSource("readers")
    void damagedContentsAreReadOrRefusedInASentence(String reader) throws IOException {
        Target target = Targets.all().stream().filter(one -> one.name().equals(reader)).findFirst().orElseThrow();
        long cases = reader.equals("tokenizer") ? 4 : CASES;
        Findings findings = new Findings(directory.resolve("findings"));
        FuzzRun.Counts counts = new FuzzRun(target, directory.resolve("work"), 2026, LONGEST).run(cases, findings);
        assertThat(findings.byKind()).isEmpty();
        assertThat(counts.read() + counts.refused()).isEqualTo(cases);
        assertThat(counts.refused()).isPositive();
    }

    @Test
    void configurationsOfEveryFamilyAreDamaged() throws IOException {
        Target config = Targets.all().stream().filter(one -> one.name().equals("config")).findFirst().orElseThrow();
        Set<String> damaged = new HashSet<>();
        for (Seed seed : config.seeds()) {
            damaged.add(new JsonMapper().readTree(seed.content()).path("model_type").asText());
        }
        assertThat(damaged).containsAll(Families.all().stream().map(Family::modelType).toList());
    }

    private static Target target(Target.Reading reading) {
        return new Target("made", List.of(Seed.of("up", Format.LINES, "valid")), (variant, content, folder) -> {
            if (!new String(content, StandardCharsets.UTF_8).equals("valid")) {
                reading.read(variant, content, folder);
            }
        });
    }

    private Findings found(Target.Reading reading, Duration longest, long cases) throws IOException {
        Findings findings = new Findings(directory.resolve("findings"));
        new FuzzRun(target(reading), directory.resolve("work"), 1, longest).run(cases, findings);
        return findings;
    }

    @Test
    void whateverIsNoRefusalIsFound() throws IOException {
        assertThat(found((_, _, _) -> {
            throw new IllegalStateException("no");
        }, LONGEST, 30).byKind().keySet()).containsExactly("made: IllegalStateException at an unknown place");
        assertThat(found((_, _, _) -> {
            throw new StackOverflowError();
        }, LONGEST, 30).byKind().keySet()).containsExactly("made: StackOverflowError at an unknown place");
        assertThat(found((_, _, _) -> {
            throw new WorkFailure("cannot construct an instance of java.util.ArrayList.");
        }, LONGEST, 30).byKind().keySet()).containsExactly("made: jargon from an unknown place");
        assertThat(found((_, _, _) -> {
            throw new WorkFailure("word ".repeat(500));
        }, LONGEST, 30).byKind().keySet()).containsExactly("made: a sentence too long from an unknown place");
        assertThat(found((_, _, _) -> {
            throw new WorkFailure("the file 'java.lang.txt' is no text; write one.");
        }, LONGEST, 30).byKind()).isEmpty();
    }

    @Test
    void whatNeverEndsIsFoundAndTheRunGoesOn() throws IOException {
        Findings findings = found((_, content, _) -> {
            while (content.length > 0) {
                Thread.onSpinWait();
                if (Thread.interrupted()) {
                    return;
                }
            }
        }, Duration.ofMillis(50), 5);
        assertThat(findings.byKind()).hasSize(1).allSatisfy((kind, count) -> {
            assertThat(kind).isEqualTo("made: longer than 0 s");
            assertThat(count).isGreaterThan(1);
        });
    }

    @Test
    void findingsAreKeptWithTheirContent() throws IOException {
        Target.Reading refusing = (_, _, _) -> {
            throw new IllegalStateException("no");
        };
        found(refusing, LONGEST, 10);
        try (Stream<Path> kept = Files.list(directory.resolve("findings"))) {
            List<Path> files = kept.filter(file -> file.toString().endsWith(".bin")).toList();
            assertThat(files).hasSize(3);
            for (Path file : files) {
                long number = Long.parseLong(file.getFileName().toString()
                        .replaceAll("made\\.up\\.1-(\\d+)\\.bin", "$1"));
                assertThat(Files.readAllBytes(file)).isEqualTo(
                        new FuzzRun(target(refusing), directory, 1, LONGEST).damaged(number).content());
            }
        }
    }

    @Test
    void aReaderThatRefusesItsOwnSeedIsNoTarget() {
        Target broken = new Target("broken", List.of(Seed.of("up", Format.LINES, "valid")), (_, _, _) -> {
            throw new WorkFailure("no.");
        });
        assertThatThrownBy(() -> new FuzzRun(broken, directory.resolve("work"), 1, LONGEST)
                        .run(1, new Findings(directory)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("broken does not read its own seed 'up'");
    }
}
