package org.thalweg.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.WeightMatching;
import org.thalweg.model.Align;
import org.thalweg.model.Canonical;
import org.thalweg.model.Checking;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.tensor.WorkObserver;

/**
 * Brings replica B to replica A and writes the two ends of the path: {@code a}, which is A in the form in which the two
 * were matched, and {@code b}. Both are checked to be the functions that they were; one that fails fails the study.
 *
 * @param method how
 * @param replicaA id of the replica that stays
 * @param replicaB id of the replica that is moved
 * @param seed of what the method draws
 */
record AlignStep(StudyMethod method, String replicaA, String replicaB, long seed) implements Step {
    /** The directory of A in the artifact. */
    static final String A = "a";

    /** The directory of B in the artifact. */
    static final String B = "b";

    private static final String NOTES = "align.json";
    private static final int LARGEST_NOTES = 1 << 20;
    private static final int PROBES = 16;
    private static final long WORK = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String kind() {
        return "align";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        ObjectNode content = JSON.createObjectNode().put("method", method.label());
        method.matching().orElseThrow().settings().forEach(content::put);
        return content.put("replica_a", replicaA).put("replica_b", replicaB).put("seed", seed);
    }

    @Override
    public String label() {
        return method.label() + "-" + MatchStep.label(replicaA, replicaB);
    }

    @Override
    public long work(StepData data) {
        return WORK;
    }

    @Override
    public void run(StepContext context) throws IOException {
        ObjectNode notes = JSON.createObjectNode().put("method", method.label());
        Path a = context.inputs().get(0);
        Path b = context.inputs().get(1);
        Optional<String> excluded = ReplicaPair.excluded(a, b);
        if (excluded.isPresent()) {
            notes.put("excluded", excluded.get());
        } else {
            MatchingMethod matching = method.matching().orElseThrow();
            matching.settings().forEach(notes::put);
            notes.put("max_abs_logit_difference", align(context, matching, a, b));
        }
        DurableFile.writeText(context.output().resolve(NOTES), notes.toPrettyString() + "\n");
    }

    private double align(StepContext context, MatchingMethod matching, Path a, Path b) throws IOException {
        Path written = context.output().resolve(A);
        Path folded = context.output().resolve("folded");
        Path source = b;
        if (method == StudyMethod.WEIGHT) {
            Canonical canonical = new Canonical(Set.of());
            canonical.write(ModelDirectory.open(a), Optional.empty(), new Output(written, false));
            canonical.write(ModelDirectory.open(b), Optional.empty(), new Output(folded, false));
            source = folded;
        } else {
            Files.createDirectory(written);
            Files.copy(a.resolve("config.json"), written.resolve("config.json"));
            Files.copy(a.resolve("model.safetensors"), written.resolve("model.safetensors"));
        }
        Align align = new Align(((WeightMatching) matching).matched(),
                new Checking(OptionalDouble.empty(), PROBES, seed, false));
        Align.Done done = align.write(ModelDirectory.open(written), ModelDirectory.open(source),
                new Output(context.output().resolve(B), false), WorkObserver.SILENT);
        DurableDirectory.deleteRecursively(folded);
        return done.checked().orElseThrow().exact().maxAbsDifference();
    }

    /**
     * The largest difference that the check of a finished alignment found.
     *
     * @param directory of the artifact
     * @return largest absolute difference of an output of B, in float64
     * @throws IOException when the file cannot be read
     */
    static double maxAbsDifference(Path directory) throws IOException {
        return JSON.readTree(InputFile.text(directory.resolve(NOTES), LARGEST_NOTES))
                .path("max_abs_logit_difference").asDouble(Double.NaN);
    }
}
