package org.thalweg.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.storage.DurableDirectory;

/** A command that is killed, and what may be found where it writes. */
sealed interface KillTarget {
    ObjectMapper JSON = new ObjectMapper();

    /** Its name in tables. */
    String name();

    /** The arguments of {@code thalweg}. */
    List<String> command();

    /** Where it writes; nothing else writes beside it. */
    Path out();

    /** Puts the place in the state from which a trial starts. */
    void prepare(boolean withOld) throws IOException;

    /** Learns, from a run that nobody disturbed, what a whole result is. */
    KillTarget learned() throws IOException;

    /** What looks whole there but is not, or has gone although it was there before. */
    List<String> faults(boolean hadOld) throws IOException;

    /** Whether the result of an undisturbed run is complete. */
    boolean isDone() throws IOException;

    /** Names that only a process at work, or a killed one, leaves. */
    default List<String> leftovers() throws IOException {
        return FileTree.below(out().getParent(), _ -> true).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.matches("\\..+\\.\\d+\\.(part|old|lock)"))
                .toList();
    }

    /**
     * A command that writes a model.
     *
     * @param command with {@code --overwrite}
     * @param old a model that may stand in the place before
     * @param whole what it writes
     */
    record OfModel(String name, List<String> command, Path out, Path old, FileTree whole) implements KillTarget {
        @Override
        public void prepare(boolean withOld) throws IOException {
            DurableDirectory.deleteRecursively(out);
            if (withOld) {
                FileTree.copy(old, out);
            }
        }

        @Override
        public KillTarget learned() throws IOException {
            return new OfModel(name, command, out, old, FileTree.of(out));
        }

        @Override
        public List<String> faults(boolean hadOld) throws IOException {
            FileTree former = FileTree.of(old);
            if (Files.exists(out)) {
                FileTree found = FileTree.of(out);
                boolean isWhole = found.equals(whole) || hadOld && found.equals(former);
                return isWhole ? List.of() : List.of("the output is neither the old model nor the new one");
            }
            if (!hadOld) {
                return List.of();
            }
            Optional<String> aside = leftovers().stream().filter(left -> left.endsWith(".old")).findFirst();
            boolean isAside = aside.isPresent()
                    && FileTree.of(out.resolveSibling(aside.get())).equals(former);
            return isAside ? List.of() : List.of("the old model has gone");
        }

        @Override
        public boolean isDone() throws IOException {
            return FileTree.of(out).equals(whole);
        }
    }

    /**
     * A study.
     *
     * @param whole its results but for times
     */
    record OfStudy(List<String> command, Path out, JsonNode whole) implements KillTarget {
        @Override
        public String name() {
            return "study run";
        }

        @Override
        public void prepare(boolean withOld) {
            DurableDirectory.deleteRecursively(out);
        }

        private JsonNode results() throws IOException {
            ObjectNode results = (ObjectNode) JSON.readTree(out.resolve("results.json").toFile());
            results.remove("timing");
            return results;
        }

        @Override
        public KillTarget learned() throws IOException {
            return new OfStudy(command, out, results());
        }

        @Override
        public List<String> faults(boolean hadOld) throws IOException {
            List<String> faults = new ArrayList<>();
            for (Path artifact : FileTree.below(out.resolve("artifacts"), OfStudy::isArtifact)) {
                if (!matchesSeal(artifact)) {
                    faults.add("the artifact " + out.relativize(artifact) + " is not as its seal says");
                }
            }
            if (Files.exists(out.resolve("results.json")) && !results().equals(whole)) {
                faults.add("results.json is not the whole one");
            }
            return faults;
        }

        /** Artifacts stand two levels below; hidden ones are being written or are snapshots of trainings. */
        private static boolean isArtifact(Path path) {
            return Files.isDirectory(path) && !path.getFileName().toString().startsWith(".")
                    && path.getParent().getParent().getFileName().toString().equals("artifacts");
        }

        private static boolean matchesSeal(Path artifact) throws IOException {
            Path seal = artifact.resolve("artifact.json");
            if (!Files.exists(seal)) {
                return false;
            }
            JsonNode sealed = JSON.readTree(seal.toFile()).path("files");
            FileTree found = FileTree.of(artifact);
            found.files().remove("artifact.json");
            boolean isSame = found.files().size() == sealed.size();
            for (Map.Entry<String, String> file : found.files().entrySet()) {
                isSame &= sealed.path(file.getKey()).asText().equals(file.getValue());
            }
            return isSame;
        }

        @Override
        public boolean isDone() throws IOException {
            return Files.exists(out.resolve("results.json")) && results().equals(whole);
        }
    }
}
