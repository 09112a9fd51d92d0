package org.thalweg.benchmarks.large;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.benchmarks.Measured;
import org.thalweg.benchmarks.Options;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/**
 * Time and peak of memory of the commands on models of a given size, each in a process of its own, beside {@code cp}
 * and {@code cat} of the same files and the matrix products that the work needs.
 * {@code benchmarks/measure-checkpoints.sh} starts it.
 *
 * <p>Options: {@code shapes=S} (comma-separated, as {@link ModelShape#of} reads them), {@code commands=}
 * (comma-separated; all when absent), {@code partner=planted} (B is A with noise of a tenth of each tensor's root mean
 * square, or {@code independent}, another seed's model; either is moved by scramble, by orders and signs),
 * {@code work=DIR} where models are made and deleted, {@code root=DIR} the project, {@code out=DIR} for
 * {@code checkpoints.md} and {@code checkpoints/measured.json}, {@code turns=1 threads=2 minutes=120}, the last for one
 * command.
 *
 * <p>Results of a shape, partner and command replace earlier ones in the file; others stay. A command that fails is
 * reported as failed, and those that need its result as well. Linux only.
 */
public final class MeasureCommands {
    /** What stores exactly whatever the type, and what alignment of 16-bit weights finds. */
    private static final String ORDERS = "permutation,signed-permutation";

    private final Options options;
    private final ModelShape shape;
    private final Workplace place;
    private final Path a;
    private final Path partner;
    private final Path moved;

    /**
     * What is measured beside a command, before each turn.
     *
     * @param copied models whose copying is measured
     * @param read models whose reading is measured
     */
    private record Beside(List<Path> copied, List<Path> read) {}

    private MeasureCommands(Options options, ModelShape shape, Workplace place) {
        this.options = options;
        this.shape = shape;
        this.place = place;
        this.a = place.at("a");
        this.partner = place.at("partner");
        this.moved = place.at("moved");
    }

    /**
     * Runs the program.
     *
     * @param arguments options as above
     * @throws IOException when a process cannot be started
     * @throws InterruptedException when interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("shapes", "S");
        defaults.put("commands", String.join(",", Arrays.stream(Command.values()).map(Command::label).toList()));
        defaults.put("partner", "planted");
        defaults.put("work", "");
        defaults.put("root", "");
        defaults.put("out", "");
        defaults.put("turns", 1);
        defaults.put("threads", 2);
        defaults.put("minutes", 120);
        Options options = Options.of(arguments, defaults);
        for (String needed : List.of("work", "root", "out")) {
            if (options.text(needed).isEmpty()) {
                throw new WrongUse("give " + needed + "=DIR.");
            }
        }
        if (!Set.of("planted", "independent").contains(options.text("partner"))) {
            throw new WrongUse("partner is '" + options.text("partner") + "', expected planted or independent.");
        }
        Set<Command> commands = new LinkedHashSet<>();
        Arrays.stream(options.text("commands").split(",")).map(Command::of).sorted().forEach(commands::add);
        List<ModelShape> shapes = Arrays.stream(options.text("shapes").split(",")).map(ModelShape::of).toList();
        Path work = Path.of(options.text("work"));
        shapes.forEach(shape -> Workplace.requireSpace(work, shape));
        CheckpointsPage page = CheckpointsPage.in(Path.of(options.text("out")));
        for (ModelShape shape : shapes) {
            try (Workplace place = Workplace.in(work)) {
                new MeasureCommands(options, shape, place).measure(commands, page);
            }
        }
    }

    private void measure(Set<Command> commands, CheckpointsPage page) throws IOException, InterruptedException {
        progress("making the models");
        GenerateCheckpoint.write(shape, 1, a);
        if (options.text("partner").equals("planted")) {
            GenerateCheckpoint.writePartner(a, 0.1, 2, partner);
        } else {
            GenerateCheckpoint.write(shape, 2, partner);
        }
        progress("timing the necessary products");
        JsonNode products = products();
        page.putProducts((ObjectNode) products);
        boolean needsMoved = commands.stream().anyMatch(Command::needsMoved);
        for (Command command : Command.values()) {
            boolean isPreparation = command == Command.SCRAMBLE && needsMoved;
            if (commands.contains(command) || isPreparation) {
                progress(command.label());
                ObjectNode row = row(command, products);
                if (commands.contains(command)) {
                    page.put(row);
                    progress(command.label() + ": " + row.path("seconds") + " s, peak " + row.path("peak_bytes")
                            + " bytes" + (row.has("failed") ? ", failed: " + row.path("failed").asText() : ""));
                }
            }
        }
    }

    private void progress(String text) {
        System.err.println(shape.label() + " " + text);
    }

    /** The products, timed in a process of their own, so that their memory is given back. */
    private JsonNode products() throws IOException, InterruptedException {
        WatchedProcess.Run run = WatchedProcess.run(
                List.of(options.text("root") + "/benchmarks/java.sh", "large.NecessaryProducts",
                        "shape=" + shape.label(), "threads=" + options.get("threads")),
                place.directory(), 60L * options.get("minutes"));
        if (run.exitCode() != 0) {
            throw new WorkFailure("the necessary products could not be timed: " + run.lastError());
        }
        return new JsonMapper().readTree(run.out());
    }

    private ObjectNode row(Command command, JsonNode products) throws IOException, InterruptedException {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("shape", shape.label()).put("partner", options.text("partner")).put("command", command.label());
        row.put("model_bytes", shape.bytes()).put("bound_bytes", shape.memoryBound());
        row.put("date", LocalDate.now().toString()).put("commit", commit());
        row.put("load_before", Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        if (command.needsMoved() && !Files.isDirectory(moved)) {
            return row.put("failed", "not run, since scramble did not write the moved model");
        }
        List<Double> ratios = new ArrayList<>();
        ArrayNode turns = row.putArray("turns");
        for (int turn = 0; turn < options.get("turns"); turn++) {
            ObjectNode one = turns.addObject();
            double necessary = beside(command, products, one);
            WatchedProcess.Run run = run(command);
            note(run, one);
            if (run.exitCode() != 0) {
                return row.put("failed", run.exitCode() < 0
                        ? "ended after " + options.get("minutes") + " minutes"
                        : "exit code " + run.exitCode() + ": " + run.lastError());
            }
            found(command, run.out()).ifPresent(found -> row.set("found", found));
            ratios.add(run.seconds() / necessary);
        }
        for (String number : List.of("seconds", "cpu_seconds", "necessary_seconds", "cp_seconds", "cat_seconds",
                "minor_faults", "major_faults")) {
            row.put(number, median(turns, number));
        }
        for (String number : List.of("peak_bytes", "peak_anonymous_bytes", "peak_mapped_bytes")) {
            row.put(number, turnsOf(turns, number).stream().mapToLong(Double::longValue).max().orElseThrow());
        }
        row.put("products_seconds", command.products(products));
        if (command.hasGoal()) {
            row.put("ratio", Measured.median(ratios.stream().mapToDouble(Double::doubleValue).toArray()));
            row.put("goal", command.goal());
        }
        return row;
    }

    private static List<Double> turnsOf(ArrayNode turns, String number) {
        List<Double> values = new ArrayList<>();
        turns.forEach(turn -> values.add(turn.path(number).asDouble()));
        return values;
    }

    private static double median(ArrayNode turns, String number) {
        return Measured.median(turnsOf(turns, number).stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Measures reading and writing, and gives all that the work needs at least. */
    private double beside(Command command, JsonNode products, ObjectNode note)
            throws IOException, InterruptedException {
        Beside files = switch (command) {
            case INSPECT -> new Beside(List.of(), List.of());
            case SCRAMBLE, APPLY -> new Beside(List.of(partner), List.of());
            case VERIFY -> new Beside(List.of(), List.of(partner, moved));
            case ALIGN -> new Beside(List.of(moved), List.of(a, moved));
            case CANONICAL -> new Beside(List.of(a), List.of(a));
            case DIFF -> new Beside(List.of(), List.of(a, partner));
            case MERGE -> new Beside(List.of(a), List.of(a, partner));
            case MERGE_ALIGNED -> new Beside(List.of(a), List.of(a, moved));
        };
        place.settle();
        double read = files.read().isEmpty() ? 0 : place.secondsToRead(files.read());
        double copied = 0;
        for (Path model : files.copied()) {
            copied += place.secondsToCopy(model);
        }
        place.settle();
        double necessary = read + copied + command.products(products);
        note.put("cp_seconds", copied).put("cat_seconds", read).put("necessary_seconds", necessary);
        return necessary;
    }

    private WatchedProcess.Run run(Command command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(options.text("root") + "/thalweg", command.word()));
        String out = command == Command.SCRAMBLE ? "moved" : "out";
        place.delete(out);
        List<String> result = List.of("--out", place.at(out).toString());
        words.addAll(switch (command) {
            case INSPECT -> List.of(a.toString());
            case SCRAMBLE -> List.of(partner.toString(), "--seed", "3", "--groups", ORDERS);
            case APPLY -> List.of(moved.resolve("alignment.json").toString(), partner.toString());
            case VERIFY -> List.of(partner.toString(), moved.toString());
            case ALIGN -> List.of(a.toString(), moved.toString());
            case CANONICAL -> List.of(a.toString());
            case DIFF -> List.of(a.toString(), partner.toString());
            case MERGE -> mean(partner, "none");
            case MERGE_ALIGNED -> mean(moved, "weight");
        });
        if (command.writes()) {
            words.addAll(result);
        }
        words.add("--json");
        WatchedProcess.Run run = WatchedProcess.run(words, place.directory(), 60L * options.get("minutes"));
        place.delete("out");
        return run;
    }

    private List<String> mean(Path other, String align) {
        return List.of(a.toString(), other.toString(), "--method", "linear", "--weights", "0.5,0.5", "--align", align);
    }

    private static void note(WatchedProcess.Run run, ObjectNode turn) {
        turn.put("seconds", run.seconds()).put("cpu_seconds", run.processorSeconds());
        turn.put("peak_bytes", run.peak()).put("peak_anonymous_bytes", run.anonymous());
        turn.put("peak_mapped_bytes", run.mapped());
        turn.put("minor_faults", run.minorFaults()).put("major_faults", run.majorFaults());
        turn.put("exit_code", run.exitCode());
    }

    /** What of a command's answer shows that it did its work. */
    private static Optional<ObjectNode> found(Command command, String out) throws IOException {
        if (command == Command.INSPECT) {
            return Optional.empty();
        }
        JsonNode answer = new JsonMapper().readTree(out);
        ObjectNode found = JsonNodeFactory.instance.objectNode();
        for (String key : List.of("verified", "max_rel_difference", "distance_before", "distance_after", "norm")) {
            if (answer.has(key)) {
                found.set(key, answer.get(key));
            }
        }
        return Optional.of(found);
    }

    private String commit() throws IOException, InterruptedException {
        WatchedProcess.Run run = WatchedProcess.run(
                List.of("git", "-C", options.text("root"), "rev-parse", "--short", "HEAD"), place.directory(), 60);
        return run.exitCode() == 0 ? run.out().strip() : "unknown";
    }
}
