package org.thalweg.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/**
 * SHA-256 of the files of weights of several models, as hubs list them, computed on a thread of its own while other
 * work is done. Close it; what is not done then is given up.
 */
final class SourceDigests implements AutoCloseable {
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("thalweg-digests").factory());
    private final List<Map<String, Future<String>>> digests = new ArrayList<>();

    private SourceDigests() {}

    static SourceDigests begin(MergeModels models) {
        SourceDigests begun = new SourceDigests();
        models.checkpoints().forEach(checkpoint -> begun.digests.add(begun.begin(checkpoint)));
        return begun;
    }

    private Map<String, Future<String>> begin(Checkpoint checkpoint) {
        Map<String, Future<String>> files = new LinkedHashMap<>();
        checkpoint.tensors().keySet().stream().map(checkpoint::fileOf).distinct().sorted().forEach((Path file) ->
                files.put(file.getFileName().toString(), thread.submit(() -> Digest.ofFile(file).hex())));
        return files;
    }

    /** The digests of a model by name of the file; waits for them. */
    Map<String, String> of(int model) {
        Map<String, String> found = new LinkedHashMap<>();
        digests.get(model).forEach((file, digest) -> found.put(file, get(digest)));
        return found;
    }

    private static String get(Future<String> digest) {
        try {
            return digest.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new WorkFailure("the merge was interrupted; start it again.");
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof WorkFailure failure ? failure : new IllegalStateException(failed);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
