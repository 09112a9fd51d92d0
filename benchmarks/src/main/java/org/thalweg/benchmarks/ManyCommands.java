package org.thalweg.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.thalweg.cli.Thalweg;

/**
 * Runs many commands of Thalweg in one virtual machine, for scripts that would else wait for hundreds of starts.
 *
 * <p>Each line of standard input is a JSON array: the arguments of one command, without the program's name. Each line
 * of standard output is its answer: a JSON object of {@code exit_code}, {@code out} and {@code err}, in the order of
 * the commands. Ends with standard input.
 */
public final class ManyCommands {
    private ManyCommands() {}

    /**
     * Reads commands until there are no more.
     *
     * @param arguments none
     * @throws IOException when a line is not a JSON array of texts, or a stream breaks
     */
    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        PrintStream answers = System.out;
        // What a library prints must not stand between the answers.
        System.setOut(System.err);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            answers.write((json.writeValueAsString(ran(json.readValue(line, String[].class), json)) + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            answers.flush();
        }
    }

    private static ObjectNode ran(String[] command, ObjectMapper json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = Thalweg.run(command, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8));
        return json.createObjectNode().put("exit_code", code).put("out", out.toString(StandardCharsets.UTF_8))
                .put("err", errors.toString(StandardCharsets.UTF_8));
    }
}
