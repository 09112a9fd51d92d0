package org.thalweg.model;

import java.util.Map;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.failure.WorkFailure;

/** Stored tensors that repeat another one, such as a tied head that is stored as well. Read as bytes. */
final class RepeatedTensors {
    private RepeatedTensors() {}

    /** Refuses a copy that differs from what it repeats: the stock loader takes such two for tensors of their own. */
    static void requireEqual(Checkpoint checkpoint, StoredLayout stored) {
        for (Map.Entry<String, String> copy : stored.copies().entrySet()) {
            String original = stored.place(copy.getValue()).stored();
            try (SafetensorsFile one = SafetensorsFile.open(checkpoint.fileOf(copy.getKey()));
                    SafetensorsFile other = SafetensorsFile.open(checkpoint.fileOf(original))) {
                if (one.bytes(copy.getKey()).mismatch(other.bytes(original)) >= 0) {
                    throw new WorkFailure("config.json ties the tensors '" + original + "' and '" + copy.getKey()
                            + "', but the file holds different numbers for the two, and then the stock loader does not "
                            + "tie them; set tie_word_embeddings to false in config.json");
                }
            }
        }
    }
}
