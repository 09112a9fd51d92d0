package org.thalweg.benchmarks.large;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.thalweg.storage.DurableFile;

/**
 * {@code checkpoints.md} and the numbers behind it, {@code checkpoints/measured.json}. Rows are known by shape, partner
 * and command; a new one takes the place of an old one, and the page is written anew from all of them.
 */
final class CheckpointsPage {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path page;
    private final Path numbers;
    private final ObjectNode document;

    private CheckpointsPage(Path page, Path numbers, ObjectNode document) {
        this.page = page;
        this.numbers = numbers;
        this.document = document;
    }

    /**
     * The page of a directory, with the rows that are there already.
     *
     * @param directory such as {@code docs/results}
     * @return the page
     * @throws IOException when the numbers that are there cannot be read
     */
    static CheckpointsPage in(Path directory) throws IOException {
        Path numbers = directory.resolve("checkpoints").resolve("measured.json");
        Files.createDirectories(numbers.getParent());
        ObjectNode document = Files.exists(numbers)
                ? (ObjectNode) JSON.readTree(Files.readString(numbers))
                : JsonNodeFactory.instance.objectNode();
        document.withArray("rows");
        document.withArray("products");
        return new CheckpointsPage(directory.resolve("checkpoints.md"), numbers, document);
    }

    /** Adds or replaces the row of a command and writes both files. */
    void put(ObjectNode row) throws IOException {
        replace((ArrayNode) document.get("rows"), row, List.of("shape", "partner", "command"));
        write();
    }

    /** Adds or replaces the products of a shape and writes both files. */
    void putProducts(ObjectNode products) throws IOException {
        replace((ArrayNode) document.get("products"), products, List.of("shape"));
        write();
    }

    private static void replace(ArrayNode rows, ObjectNode row, List<String> keys) {
        for (int i = 0; i < rows.size(); i++) {
            JsonNode old = rows.get(i);
            if (keys.stream().allMatch(key -> old.path(key).equals(row.path(key)))) {
                rows.set(i, row);
                return;
            }
        }
        rows.add(row);
    }

    private void write() throws IOException {
        DurableFile.writeText(numbers, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n");
        DurableFile.writeText(page, text());
    }

    private String text() {
        List<String> lines = new ArrayList<>(List.of(INTRODUCTION.split("\n")));
        lines.add("");
        lines.add("| shape | GB | B | command | s | CPU s | read and copied, s | products, s | ratio | goal "
                + "| peak GB | of it mapped GB | bound GB | minor faults | date, commit |");
        lines.add("|---|---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        document.get("rows").forEach(row -> lines.add(line(row)));
        lines.add("");
        lines.add("What `align` found: the distance to A before and after, in units of A's norm.");
        lines.add("");
        lines.add("| shape | B | before | after | B's function unchanged |");
        lines.add("|---|---|---:|---:|---|");
        document.get("rows").forEach(row -> {
            JsonNode found = row.path("found");
            if (found.has("distance_after")) {
                double norm = found.path("norm").asDouble();
                lines.add("| " + String.join(" | ", row.path("shape").asText(), row.path("partner").asText(),
                        number("%.4f", found.path("distance_before").asDouble() / norm),
                        number("%.4f", found.path("distance_after").asDouble() / norm),
                        found.path("verified").asBoolean() ? "yes" : "**no**") + " |");
            }
        });
        lines.add("");
        lines.add("The products, by part:");
        lines.add("");
        lines.add("| shape | part | m x k x n | how many | s each | s | GFlop/s |");
        lines.add("|---|---|---|---:|---:|---:|---:|");
        document.get("products").forEach(shape -> shape.path("products").forEach(part ->
                lines.add(partLine(shape.path("shape").asText(), part))));
        return String.join("\n", lines) + "\n";
    }

    private static final String INTRODUCTION = """
            # Time and memory on large checkpoints

            Written by `benchmarks/measure-checkpoints.sh` ([how](../../benchmarks/large/README.md)); every number is in
            [checkpoints/measured.json](checkpoints/measured.json). Models are bfloat16, of chance, made for this and
            deleted after: L is Llama 3.1 8B with a vocabulary of 32,000, M Mixtral 8x7B, O OLMoE, S a small Mixtral for
            trying, whose ratios mean nothing; behind the colon the number of layers. B is a *planted* partner (A with
            noise of a tenth of each tensor's root mean square) or an *independent* model; `scramble` moves it by orders
            and signs, `apply` moves it in the same way, `verify` compares it with the moved one, `align` moves that one
            to A, `canonical` takes A, `diff` compares A and B, `merge` writes the mean of A and B as they
            are, and `merge-aligned` that of A and the moved B after aligning. Every command is a process
            of its own, with its default options else; its time includes the start of Java and the check
            that it makes before it writes.

            *Read and copied*: `cat` and `cp -r` of the same files just before; `cp` need not reach the disk, while
            commands do not end before what they wrote has. *Products*: the matrix products that the work needs, timed
            alone through libtorch. *Ratio*: time divided by the sum of both. By command:

            | command | files | products | goal |
            |---|---|---|---:|
            | scramble, apply | `cp` B | none | 1.5 |
            | verify | `cat` both | of one forward pass of one model, float64 | 1.5 |
            | align | `cat` both, `cp` B | of matching, float32; since 2026-11-27 the stream's too | 2 |
            | diff | `cat` both | none | |
            | merge | `cat` both, `cp` A | none | 1.5 |
            | merge-aligned | `cat` both, `cp` A | of matching, float32 | |
            | canonical | `cp` and `cat` A: one pass to find it, one to write | Gram matrices of heads, float64 | 2 |

            *Peak*: VmHWM, pages of mapped files included. *Bound*: 2 GB, 8 n² bytes for the widest assignment problem
            and 6 times the largest tensor as stored.

            A ratio in bold misses its goal. Before they write, scramble, apply, align and canonical run source and
            result in float64 on random texts and compare the outputs: on 64, since 2026-11-27 on 16 of models without
            experts (canonical always on fewer). `verify` does the same on 64. It runs two models, so
            its ratio to one forward pass is at least 2.""";

    private static String line(JsonNode row) {
        List<String> cells = new ArrayList<>(List.of(row.path("shape").asText(),
                gigabytes(row.path("model_bytes").asLong()), row.path("partner").asText(),
                row.path("command").asText()));
        String made = row.path("date").asText() + ", " + row.path("commit").asText();
        if (row.has("failed")) {
            cells.add("**failed**: " + row.path("failed").asText().replace("|", "\\|"));
            cells.addAll(List.of("", "", "", "", "", "", "", "", "", made));
            return "| " + String.join(" | ", cells) + " |";
        }
        boolean hasGoal = row.has("goal");
        boolean isMissed = row.path("ratio").asDouble() > row.path("goal").asDouble();
        boolean isAbove = row.path("peak_bytes").asLong() > row.path("bound_bytes").asLong();
        String ratio = number("%.2f", row.path("ratio").asDouble());
        String peak = gigabytes(row.path("peak_bytes").asLong());
        cells.addAll(List.of(
                number("%.1f", row.path("seconds").asDouble()),
                number("%.1f", row.path("cpu_seconds").asDouble()),
                number("%.1f", row.path("cp_seconds").asDouble() + row.path("cat_seconds").asDouble()),
                number("%.1f", row.path("products_seconds").asDouble()),
                hasGoal ? bold(isMissed, ratio) : "",
                hasGoal ? number("%.1f", row.path("goal").asDouble()) : "",
                bold(isAbove, peak),
                gigabytes(row.path("peak_mapped_bytes").asLong()),
                gigabytes(row.path("bound_bytes").asLong()),
                number("%.0f", row.path("minor_faults").asDouble()),
                made));
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String partLine(String shape, JsonNode part) {
        return "| " + String.join(" | ", shape, part.path("part").asText(),
                part.path("m").asLong() + " x " + part.path("k").asLong() + " x " + part.path("n").asLong(),
                number("%.0f", part.path("count").asDouble()),
                number("%.4f", part.path("seconds_each").asDouble()),
                number("%.2f", part.path("seconds").asDouble()),
                number("%.0f", part.path("gigaflops").asDouble())) + " |";
    }

    private static String bold(boolean isBad, String text) {
        return isBad ? "**" + text + "**" : text;
    }

    private static String gigabytes(long bytes) {
        return number("%.2f", bytes / 1e9);
    }

    private static String number(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
