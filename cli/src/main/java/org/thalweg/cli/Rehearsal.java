package org.thalweg.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.Families;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Network;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * Runs commands on small inputs of its own, so that a virtual machine that records what it loads can store it: later
 * commands then start from that record. The launcher runs this once after each build.
 */
public final class Rehearsal {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

    private final Path directory;

    private Rehearsal(Path directory) {
        this.directory = directory;
    }

    /**
     * Runs the commands and prints nothing.
     *
     * @param arguments an existing directory, into which the inputs and results are written; empty it afterwards
     * @throws IOException when the inputs cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        Rehearsal rehearsal = new Rehearsal(Path.of(arguments[0]));
        rehearsal.withoutTensors();
        rehearsal.withTensors();
    }

    private void withoutTensors() throws IOException {
        run("--version");
        run("--help");
        run("assign", "--help");
        run("no such command");
        for (int size : new int[] {8, 64, 1024}) {
            Path matrix = matrix(size);
            run("assign", matrix.toString());
            run("assign", matrix.toString(), "--json", "--out", directory.resolve("columns.npy").toString());
        }
        Path curve = Files.writeString(directory.resolve("curve.csv"), "t,loss\n0,1\n0.5,3.25\n1,2\n");
        run("barrier", curve.toString());
        run("study", "show", "quickstart", "--json");
        run("scaling", "leverage", "--activation", "0.031", "--granularity", "12", "--compute", "1e20", "--json");
    }

    /** Where libtorch cannot be loaded, what came before is still worth storing. */
    private void withTensors() throws IOException {
        Path a = directory.resolve("a");
        Path b = directory.resolve("b");
        try {
            writeModel(a);
        } catch (LinkageError unloadable) {
            return;
        }
        run("inspect", a.toString());
        run("inspect", a.toString(), "--json");
        run("scramble", a.toString(), "--out", b.toString());
        run("verify", a.toString(), b.toString());
        run("verify", a.toString(), b.toString(), "--json");
        run("diff", a.toString(), b.toString());
        run("diff", a.toString(), b.toString(), "--json");
        run("align", a.toString(), b.toString(), "--out", directory.resolve("aligned").toString());
        run("canonical", b.toString(), "--out", directory.resolve("canonical").toString());
        run("widen", a.toString(), "--out", directory.resolve("wide").toString(), "--residual", "20");
        String ids = Files.writeString(directory.resolve("ids.json"), "[[1, 2, 3, 4, 5, 6, 7, 8, 9]]").toString();
        run("evaluate", a.toString(), "--data", ids, "--window", "4");
        run("path", a.toString(), b.toString(), "--data", ids, "--window", "4", "--points", "3", "--json");
    }

    private static void run(String... command) {
        // Exit codes do not matter: a command that fails has loaded what it needs to say so.
        Thalweg.run(command, NOWHERE, NOWHERE);
    }

    /** Uniform costs, [size size], float64. */
    private Path matrix(int size) throws IOException {
        String header = String.format("{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }", size, size);
        byte[] text = (header + " ".repeat(128 - 10 - header.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(128 + size * size * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        bytes.putShort((short) text.length).put(text);
        SplittableRandom random = new SplittableRandom(size);
        while (bytes.hasRemaining()) {
            bytes.putDouble(random.nextDouble());
        }
        return Files.write(directory.resolve("costs-" + size + ".npy"), bytes.array());
    }

    private static void writeModel(Path place) {
        try (Scope scope = Scope.open()) {
            ObjectNode config = (ObjectNode) JsonMapper.builder().build().readTree("""
                    {"model_type": "llama", "vocab_size": 16, "hidden_size": 16, "num_hidden_layers": 2,
                     "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 24}
                    """);
            Network network = Families.of(config).read(config, Set.of()).network();
            Checkpoint.write(place, config,
                    DeclaredTensor.draw(network.tensors().values(), Random.seeded(1)), Map.of());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("the configuration is JSON", impossible);
        }
    }
}
