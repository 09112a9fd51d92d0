package org.thalweg.benchmarks.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.WrongUse;

/**
 * Reads damaged files: {@code fuzz.Fuzz [reader=NAME,...] [cases=N] [seed=S] [findings=FOLDER]}, or again what was
 * found before: {@code fuzz.Fuzz replay=FILE}. Without a reader all of them have their turn. Ends with exit code 1 when
 * something was found: anything but success or a refusal in one sentence for users, within ten seconds.
 */
public final class Fuzz {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private Fuzz() {}

    /**
     * Runs.
     *
     * @param arguments as the class says
     * @throws IOException when the disk refuses
     */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("java.awt.headless", "true");
        Map<String, String> options = options(arguments);
        Path work = Files.createTempDirectory("fuzz");
        long found;
        try {
            found = options.containsKey("replay") ? replay(Path.of(options.get("replay")), work) : run(options, work);
        } finally {
            delete(work);
        }
        System.exit(found == 0 ? 0 : 1);
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new LinkedHashMap<>(Map.of("cases", "10000", "seed", "1",
                "findings", "target/fuzz", "reader", ""));
        for (String argument : arguments) {
            String[] sides = argument.split("=", 2);
            boolean number = sides[0].equals("cases") || sides[0].equals("seed");
            if (sides.length != 2 || !List.of("cases", "seed", "findings", "reader", "replay").contains(sides[0])
                    || number && !sides[1].matches("[0-9]{1,9}")) {
                throw new WrongUse("'" + argument + "' is no option; expected reader=NAME, cases=NUMBER, seed=NUMBER, "
                        + "findings=FOLDER or replay=FILE.");
            }
            options.put(sides[0], sides[1]);
        }
        return options;
    }

    private static long run(Map<String, String> options, Path work) throws IOException {
        List<String> names = List.of(options.get("reader").split(","));
        List<Target> targets = Targets.all().stream()
                .filter(target -> options.get("reader").isEmpty() || names.contains(target.name()))
                .toList();
        if (targets.isEmpty()) {
            throw new WrongUse("there is no reader '" + options.get("reader") + "'; known are " + Targets.all().stream()
                    .map(Target::name).collect(Collectors.joining(", ")) + ".");
        }
        Findings findings = new Findings(Path.of(options.get("findings")));
        long cases = Long.parseLong(options.get("cases"));
        long seed = Long.parseLong(options.get("seed"));
        System.out.println("| reader | seed | cases | read | refused | found | seconds |");
        System.out.println("|---|---|---|---|---|---|---|");
        long found = 0;
        for (Target target : targets) {
            long start = System.nanoTime();
            FuzzRun.Counts counts = new FuzzRun(target, work.resolve(target.name()), seed, LONGEST)
                    .run(cases, findings);
            System.out.printf(Locale.ROOT, "| %s | %d | %d | %d | %d | %d | %.0f |%n", target.name(), seed, cases,
                    counts.read(), counts.refused(), counts.found(), (System.nanoTime() - start) / 1e9);
            found += counts.found();
        }
        findings.byKind().forEach((kind, count) -> System.out.println(count + " x " + kind));
        return found;
    }

    /** Reads a file that was kept; its name says which reader and which seed. */
    private static long replay(Path file, Path work) throws IOException {
        String[] name = file.getFileName().toString().split("\\.");
        Target target = Targets.all().stream().filter(one -> one.name().equals(name[0])).findFirst()
                .orElseThrow(() -> new WrongUse("the name of " + file + " does not begin with that of a reader."));
        byte[] content = Files.readAllBytes(file);
        try (Watch watch = new Watch(LONGEST)) {
            Outcome outcome = watch.run(() -> target.reading().read(name[1], content, work));
            System.out.println(outcome);
            return outcome instanceof Outcome.Finding ? 1 : 0;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
