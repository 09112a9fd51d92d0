package org.thalweg.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.learned.Running;
import org.thalweg.model.Align;
import org.thalweg.model.Checking;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;

/**
 * Brings replica B to replica A and writes the two ends of the path: {@code a}, which is A in the form in which the two
 * were matched, and {@code b}. Both are checked to be the functions that they were; one that fails fails the study.
 * With soft orders {@code b} is B as these move it, which is another function, and B as the nearest orders move it,
 * which is checked, stands beside it.
 *
 * @param method how
 * @param learning how long methods that learn do
 * @param replicaA id of the replica that stays
 * @param replicaB id of the replica that is moved
 * @param seed of what the method draws
 */
record AlignStep(
        StudyMethod method, StudyMethod.Learning learning, String replicaA, String replicaB, long seed)
        implements Step {
    /** The directory of A in the artifact. */
    static final String A = "a";

    /** The directory of B in the artifact. */
    static final String B = "b";

    /** Where B is that the nearest orders move, when the path ends at B that soft orders move. */
    private static final String NEAREST = "nearest";

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
        return 3;
    }

    @Override
    public ObjectNode content() {
        ObjectNode content = JSON.createObjectNode().put("method", method.label());
        if (method.learns()) {
            learning.state(content);
        }
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
            TransformerData data = (TransformerData) context.data();
            Running running = new Running(context.device(), Optional.of(context.snapshots()));
            MatchingMethod matching = method.matching(data.train(), learning, seed, running).orElseThrow();
            matching.settings().forEach(notes::put);
            notes.put("max_abs_logit_difference", align(context, matching, a, b));
        }
        DurableFile.writeText(context.output().resolve(NOTES), notes.toPrettyString() + "\n");
    }

    private double align(StepContext context, MatchingMethod matching, Path a, Path b) {
        Align align = new Align(matching, new Checking(OptionalDouble.empty(), PROBES, seed, false));
        boolean isSoft = method == StudyMethod.SOFT;
        Output end = new Output(context.output().resolve(B), false);
        Align.Done done = align.write(ModelDirectory.open(a), ModelDirectory.open(b), new Align.Outputs(
                isSoft ? new Output(context.output().resolve(NEAREST), false) : end,
                Optional.of(new Output(context.output().resolve(A), false)),
                Optional.of(end).filter(_ -> isSoft)), new LearningWatch(context.monitor(), WORK));
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
