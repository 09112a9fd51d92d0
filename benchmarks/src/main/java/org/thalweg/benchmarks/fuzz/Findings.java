package org.thalweg.benchmarks.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was found: counted by kind, the first few of each kept as files that can be read again. */
final class Findings {
    private static final int KEPT_OF_A_KIND = 3;

    private final Path folder;
    private final Map<String, Integer> byKind = new LinkedHashMap<>();

    Findings(Path folder) {
        this.folder = folder;
    }

    /**
     * Notes one.
     *
     * @param target the reader's name
     * @param variant of the seed
     * @param number of the case, in its name and the seed's
     * @param content that was read
     */
    void add(String target, String variant, String number, byte[] content, Outcome.Finding finding) throws IOException {
        int before = byKind.merge(target + ": " + finding.kind(), 1, Integer::sum);
        if (before <= KEPT_OF_A_KIND) {
            Files.createDirectories(folder);
            String name = target + "." + variant + "." + number;
            Files.write(folder.resolve(name + ".bin"), content);
            // Details may quote halves of characters, which are no UTF-8.
            Files.write(folder.resolve(name + ".txt"),
                    (finding.kind() + "\n" + finding.detail() + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    Map<String, Integer> byKind() {
        return byKind;
    }
}
