package org.thalweg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs commands, separated by {@code /}, and then prints which native libraries out of jars are in memory. */
final class LoadedLibraries {
    private LoadedLibraries() {}

    public static void main(String[] arguments) throws IOException {
        List<String> command = new ArrayList<>();
        for (String argument : List.of((String.join("\0", arguments) + "\0/").split("\0"))) {
            if (!argument.equals("/")) {
                command.add(argument);
                continue;
            }
            int code = Thalweg.run(command.toArray(String[]::new), System.out, System.err);
            if (code != 0) {
                System.exit(code);
            }
            command.clear();
        }
        List<String> loaded = Files.readAllLines(Path.of("/proc/self/maps")).stream()
                // File names only: the addresses before them are hexadecimal and may well read c10.
                .map(line -> line.substring(line.lastIndexOf('/') + 1))
                .filter(name -> name.matches("lib(torch|c10|jni|mkl|openblas).*\\.so.*"))
                .distinct()
                .toList();
        System.err.println(loaded.isEmpty() ? "no native library of a jar is loaded" : loaded);
    }
}
