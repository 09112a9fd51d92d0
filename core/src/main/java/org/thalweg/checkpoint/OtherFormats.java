package org.thalweg.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/** Directories that hold something else than a model in safetensors, named for what they are. */
final class OtherFormats {
    private OtherFormats() {}

    /** Refuses a directory without a model whose files show what it holds. */
    static void refuse(Path directory) {
        boolean isModel = Files.exists(directory.resolve(CheckpointWriter.ONE_FILE))
                || Files.exists(directory.resolve(ShardIndex.FILE_NAME));
        if (isModel) {
            return;
        }
        if (Files.exists(directory.resolve("adapter_config.json"))) {
            throw new WorkFailure(directory + " holds an adapter (adapter_config.json), which is a change to a model "
                    + "and no model; merge it into its base model first and give that directory.");
        }
        List<String> names = names(directory);
        ended(names, ".gguf").ifPresent(name -> {
            throw new WorkFailure(directory + " holds the GGUF file " + Shown.name(name) + ", which is not read; give "
                    + "the directory of safetensors that it was made from.");
        });
        Optional<String> pickled = ended(names, ".bin").or(() -> ended(names, ".pt")).or(() -> ended(names, ".pth"));
        pickled.filter(_ -> names.contains(CheckpointWriter.CONFIG)).ifPresent(name -> {
            throw new WorkFailure(directory + " holds its weights in " + Shown.name(name) + ", a format that is not "
                    + "read; convert the model to safetensors first.");
        });
    }

    private static Optional<String> ended(List<String> names, String end) {
        return names.stream().filter(name -> name.endsWith(end)).findFirst();
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException refused) {
            throw InputFile.unreadable(directory, refused);
        }
    }
}
