package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;

/** Directories of other programs are named for what they are. */
class OtherFormatsTest {
    @TempDir
    private Path directory;

    private void refuses(List<String> files, String message) throws IOException {
        for (String file : files) {
            Files.writeString(directory.resolve(file), "{}");
        }
        assertThatThrownBy(() -> Checkpoint.open(directory)).isInstanceOf(WorkFailure.class)
                .hasMessage(directory + message);
    }

    @Test
    void anAdapterIsNoModel() throws IOException {
        refuses(List.of("adapter_config.json", "adapter_model.safetensors"), " holds an adapter "
                + "(adapter_config.json), which is a change to a model and no model; merge it into its base model "
                + "first and give that directory.");
    }

    @Test
    void ggufIsNamed() throws IOException {
        refuses(List.of("model-q4.gguf"), " holds the GGUF file 'model-q4.gguf', which is not read; give the directory "
                + "of safetensors that it was made from.");
    }

    @Test
    void pickledWeightsAreNamed() throws IOException {
        refuses(List.of("config.json", "pytorch_model.bin"), " holds its weights in 'pytorch_model.bin', a format that "
                + "is not read; convert the model to safetensors first.");
    }
}
