package org.thalweg.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.cli.Thalweg;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.Families;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * Ends commands by signals at random moments and looks at what they leave. Options: {@code kills=10}, how often each
 * command is killed (SIGKILL); {@code terms=4}, how often it is asked to end (SIGTERM); {@code seed=1}. Prints the page
 * {@code docs/results/robustness.md} on standard output; exit code 1 when anything was wrong.
 *
 * <p>Half of the signals come at a moment that is uniform over the time an undisturbed run takes, half soon after the
 * first half-written thing was seen, since writing is short. Half of the runs replace a model, half find nothing in
 * their place. After each signal the inputs must be as before, and what stands in the place must be whole: the old
 * model or the new one, artifacts that match their seals. Then the command is run again and must succeed, with the
 * result of an undisturbed run, and nothing left of the killed one.
 */
public final class Kills {
    private static final String CONFIG = """
            {"model_type": "llama", "vocab_size": 200, "hidden_size": 256, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 1024, "rms_norm_eps": 1e-5}
            """;
    private static final String STUDY = """
            study: tiny
            dataset: fashion-mnist-subset
            train_per_class: 40
            test_per_class: 10
            seed: 1
            replicas: 2
            points: 5
            rank_up_to: 0
            vit: {patch: 7, residual: 16, heads: 2, feed_forward: 32}
            pretrain: {epochs: 2, batch: 20, optimiser: adamw, learning_rate: 0.001}
            finetune: {epochs: 2, batch: 20, optimiser: sgd, learning_rate: 0.001}
            experiments:
              - {layers: 1, moe_layers: first, gating: sparse, selected: 1, experts: 2}
            """;
    private static final int TERMINATED = 143;
    /** Milliseconds in which a model is written, about. */
    private static final int SEEN = 40;
    private static final long POLL_NANOS = 200_000;

    private final Path inputs;
    private final Path places;
    private final RandomGenerator random;
    private final List<String> faults = new ArrayList<>();

    private Kills(Path work, long seed) throws IOException {
        inputs = Files.createDirectory(work.resolve("inputs"));
        places = Files.createDirectory(work.resolve("places"));
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /**
     * Runs the program.
     *
     * @param arguments as above
     * @throws IOException when the disk refuses
     * @throws InterruptedException when interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, Integer> defaults = new LinkedHashMap<>();
        defaults.put("kills", 10);
        defaults.put("terms", 4);
        defaults.put("seed", 1);
        Options options = Options.of(arguments, defaults);
        Path work = Files.createTempDirectory("thalweg-kills");
        Kills kills = new Kills(work, options.get("seed"));
        try {
            String page = kills.page(options);
            System.out.print(page);
        } finally {
            DurableDirectory.deleteRecursively(work);
        }
        System.exit(kills.faults.isEmpty() ? 0 : 1);
    }

    private List<KillTarget> targets() throws IOException {
        ObjectNode config = (ObjectNode) KillTarget.JSON.readTree(CONFIG);
        Decoder network = (Decoder) Families.of(config).read(config, Set.of()).network();
        for (String name : List.of("a", "b", "old")) {
            Path model = inputs.resolve(name);
            try (Scope scope = Scope.open()) {
                Checkpoint.write(model, config, network.initialise(Random.seeded(name.hashCode())), Map.of());
            }
            Files.writeString(model.resolve("tokenizer.json"), "{\"of\": \"" + name + "\"}");
        }
        String a = inputs.resolve("a").toString();
        String b = inputs.resolve("b").toString();
        String moved = inputs.resolve("moved").toString();
        int code = Thalweg.run(new String[] {"scramble", a, "--out", moved, "--seed", "5", "--groups",
                "permutation,signed-scaling", "--probes", "1"}, System.err, System.err);
        if (code != 0) {
            throw new WorkFailure("the model could not be scrambled; see above.");
        }
        Path study = Files.writeString(inputs.resolve("tiny.yaml"), STUDY);
        Path run = places.resolve("study/run");
        return List.of(
                new KillTarget.OfStudy(
                        List.of("study", "run", study.toString(), "--out", run.toString(), "--workers", "2"), run,
                        KillTarget.JSON.nullNode()),
                ofModel("scramble", "scramble", a, "--seed", "7", "--groups", "permutation", "--probes", "1"),
                ofModel("align", "align", a, b, "--maps", "discrete", "--residual", "none", "--probes", "1"),
                ofModel("canonical", "canonical", a),
                ofModel("merge", "merge", a, b, "--method", "linear", "--weights", "1,1", "--align", "none"),
                ofModel("apply", "apply", moved + "/alignment.json", a, "--probes", "1"));
    }

    private KillTarget ofModel(String name, String... command) {
        Path out = places.resolve(name).resolve("out");
        List<String> whole = new ArrayList<>(List.of(command));
        whole.addAll(List.of("--out", out.toString(), "--overwrite"));
        return new KillTarget.OfModel(name, whole, out, inputs.resolve("old"), new FileTree(Map.of()));
    }

    private Process start(KillTarget target) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Thalweg.class.getName()));
        command.addAll(target.command());
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(inputs.resolveSibling("log").toFile()).start();
    }

    private static int ended(Process process) throws InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new WorkFailure("a command did not end within five minutes; see the list of processes.");
        }
        return process.exitValue();
    }

    /** How often each outcome was seen. */
    private record Counts(KillTarget target, String signal, Map<String, Integer> seen) {
        void count(String outcome) {
            seen.merge(outcome, 1, Integer::sum);
        }
    }

    private String page(Options options) throws IOException, InterruptedException {
        List<Counts> all = new ArrayList<>();
        for (KillTarget fresh : targets()) {
            Files.createDirectories(fresh.out().getParent());
            long start = System.nanoTime();
            if (ended(start(fresh)) != 0) {
                throw new WorkFailure(fresh.name() + " fails undisturbed: "
                        + Files.readString(inputs.resolveSibling("log")).strip());
            }
            long whole = System.nanoTime() - start;
            System.err.printf("%s takes %.1f s%n", fresh.name(), whole / 1e9);
            KillTarget target = fresh.learned();
            FileTree before = FileTree.of(inputs);
            Map<String, Integer> signals = new LinkedHashMap<>();
            signals.put("KILL", options.get("kills"));
            signals.put("TERM", options.get("terms"));
            for (Map.Entry<String, Integer> signal : signals.entrySet()) {
                Counts counts = new Counts(target, signal.getKey(), new TreeMap<>());
                for (int trial = 0; trial < signal.getValue(); trial++) {
                    trial(counts, trial, whole);
                    if (!FileTree.of(inputs).equals(before)) {
                        fault(counts, "the inputs changed");
                    }
                }
                all.add(counts);
                System.err.println(row(counts));
            }
        }
        return text(options, all);
    }

    private void fault(Counts counts, String what) {
        counts.count("fault");
        faults.add(counts.target().name() + ", SIG" + counts.signal() + ": " + what);
        System.err.println(faults.getLast());
    }

    private void trial(Counts counts, int trial, long whole) throws IOException, InterruptedException {
        KillTarget target = counts.target();
        boolean withOld = trial % 4 < 2;
        target.prepare(withOld);
        Process process = start(target);
        if (trial % 2 == 0) {
            TimeUnit.NANOSECONDS.sleep((long) (random.nextDouble() * whole));
        } else {
            while (process.isAlive() && target.leftovers().isEmpty()) {
                LockSupport.parkNanos(POLL_NANOS);
            }
            TimeUnit.MICROSECONDS.sleep((long) (random.nextDouble() * SEEN * 1_000));
        }
        boolean isKill = counts.signal().equals("KILL");
        if (isKill) {
            process.destroyForcibly();
        } else {
            process.destroy();
        }
        int code = ended(process);
        List<String> left = target.leftovers();
        boolean isDone = target.isDone();
        counts.count(outcome(code, left, isDone));
        if (!isKill && !left.isEmpty()) {
            fault(counts, "left " + left);
        }
        if (!isKill && code != TERMINATED && code != 0) {
            fault(counts, "ended with exit code " + code);
        }
        for (String found : target.faults(withOld)) {
            fault(counts, found);
        }
        requireRepaired(counts);
    }

    private static String outcome(int code, List<String> left, boolean isDone) {
        if (code == 0) {
            return "over";
        }
        if (left.stream().anyMatch(name -> name.endsWith(".old"))) {
            return "aside";
        }
        if (left.stream().anyMatch(name -> name.endsWith(".part"))) {
            return "writing";
        }
        return isDone ? "written" : "before";
    }

    private void requireRepaired(Counts counts) throws IOException, InterruptedException {
        KillTarget target = counts.target();
        if (ended(start(target)) != 0) {
            fault(counts, "the next run fails: " + Files.readString(inputs.resolveSibling("log")).strip());
        } else if (!target.isDone()) {
            fault(counts, "the next run has another result");
        }
        if (!target.leftovers().isEmpty()) {
            fault(counts, "the next run leaves " + target.leftovers());
        }
    }

    private static String row(Counts counts) {
        Map<String, Integer> seen = counts.seen();
        StringBuilder row = new StringBuilder("| `" + counts.target().name() + "` | SIG" + counts.signal() + " |");
        for (String outcome : List.of("before", "writing", "aside", "written", "over", "fault")) {
            row.append(' ').append(seen.getOrDefault(outcome, 0)).append(" |");
        }
        return row.toString();
    }

    private String text(Options options, List<Counts> all) {
        StringBuilder text = new StringBuilder("# Commands that are killed\n\n");
        text.append(String.format(Locale.ROOT, """
                | | |
                |---|---|
                | command | `benchmarks/java.sh Kills kills=%d terms=%d seed=%d > docs/results/robustness.md` |
                | options of Java | `%s` |
                | machine | %d processors (%s %s), %s %s |
                | date | %s |

                """, options.get("kills"), options.get("terms"), options.get("seed"),
                String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()),
                Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"),
                System.getProperty("os.arch"), System.getProperty("java.vm.name"), Runtime.version(),
                LocalDate.now()));
        text.append("""
                Each run of a command is ended by a signal at a random moment: half at any moment of it, half soon after
                it began to write. Half of the model commands replace a model, half find nothing in their place. After
                each signal the inputs are compared with what they were (SHA-256), and what stands in the place must be
                whole: the old model or the new one, or artifacts that match their seals. Then the same command runs
                again; it must succeed, give the result of an undisturbed run (a study's but for times), and leave
                nothing of the killed run. After SIGTERM nothing half-written may be there even before that, and the
                exit code is 143.

                *Before*: nothing was there yet (after SIGTERM: or it was deleted). *Writing*: a half-written directory
                or file was left. *Aside*: the old model was moved aside, the new one not yet in its place, or the old
                one not yet deleted. *Written*: the result stood already. *Over*: the command ended before the signal
                came. *Faults*: anything that is not as it must be.

                | command | signal | before | writing | aside | written | over | faults |
                |---|---|--:|--:|--:|--:|--:|--:|
                """);
        all.forEach(counts -> text.append(row(counts)).append('\n'));
        text.append('\n').append(faults.isEmpty() ? "No faults.\n" : "Faults:\n\n");
        faults.forEach(found -> text.append("- ").append(found).append('\n'));
        return text.toString();
    }
}
