package org.thalweg.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.learned.Running;
import org.thalweg.model.AlignMany;
import org.thalweg.model.Checking;
import org.thalweg.model.MemoryPlan;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;

/**
 * Carries all replicas of a data set into one basis, through their mean and perhaps from there by gradients (universe
 * matching and its refinement, arXiv 2506.22712, section 3.4), and writes each under its id. All are checked to be the
 * functions that they were; one that fails fails the study. Replicas that diverged are left out.
 *
 * @param method how, one that carries all replicas
 * @param learning how long a method that learns does
 * @param dataset name of the data set
 * @param replicas ids of the replicas, of which the first stays, but for its form
 * @param seed of the inputs of the check, and of what the method draws
 */
record UniverseStep(
        StudyMethod method, StudyMethod.Learning learning, String dataset, List<String> replicas, long seed)
        implements Step {
    /** Rounds at most in which all replicas are matched to their mean, as many as {@code align} takes. */
    private static final int ROUNDS = 5;

    private static final String NOTES = "universe.json";
    private static final String DIFFERENCES = "max_abs_logit_difference";
    private static final int LARGEST_NOTES = 1 << 20;
    private static final int PROBES = 16;
    private static final long WORK = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the list. */
    UniverseStep {
        replicas = List.copyOf(replicas);
    }

    @Override
    public String kind() {
        return "universe";
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public ObjectNode content() {
        ObjectNode content = JSON.createObjectNode().put("dataset", dataset);
        replicas.forEach(content.putArray("replicas")::add);
        content.put("rounds", ROUNDS).put("seed", seed);
        if (method.learns()) {
            content.put("method", method.label());
            learning.state(content);
        }
        return content;
    }

    @Override
    public String label() {
        return method.learns() ? method.label() + "-" + dataset : dataset;
    }

    @Override
    public long work(StepData data) {
        return WORK * replicas.size();
    }

    @Override
    public void run(StepContext context) throws IOException {
        ObjectNode notes = JSON.createObjectNode();
        ObjectNode leftOut = notes.putObject("left_out");
        List<String> ids = new ArrayList<>();
        List<ModelDirectory> models = new ArrayList<>();
        for (int number = 0; number < replicas.size(); number++) {
            Path directory = context.inputs().get(number);
            Optional<String> diverged = TrainedModel.notes(directory).diverged();
            if (diverged.isPresent()) {
                leftOut.put(replicas.get(number), diverged.get());
            } else {
                ids.add(replicas.get(number));
                models.add(ModelDirectory.open(directory));
            }
        }
        if (ids.size() > 1) {
            align(context, ids, models, notes);
        }
        DurableFile.writeText(context.output().resolve(NOTES), notes.toPrettyString() + "\n");
    }

    private void align(StepContext context, List<String> ids, List<ModelDirectory> models, ObjectNode notes) {
        Running running = new Running(context.device(), Optional.of(context.snapshots()));
        MatchingMethod matching =
                method.matching(((TransformerData) context.data()).train(), learning, seed, running).orElseThrow();
        Checking checking = new Checking(OptionalDouble.empty(), PROBES, seed, false);
        List<Output> places = ids.stream().map(id -> new Output(context.output().resolve(id), false)).toList();
        AlignMany.Done done = new AlignMany(matching, ROUNDS, checking, MemoryPlan.ofMachine())
                .write(models, places, new LearningWatch(context.monitor(), WORK * replicas.size()));
        matching.settings().forEach(notes::put);
        done.objectives().forEach(notes.putArray("objectives")::add);
        if (!done.notes().isEmpty()) {
            done.notes().forEach(notes.putArray("notes")::add);
        }
        ObjectNode differences = notes.putObject(DIFFERENCES);
        for (int model = 0; model < ids.size(); model++) {
            differences.put(ids.get(model), done.checked().get(model).orElseThrow().exact().maxAbsDifference());
        }
    }

    /**
     * The largest difference that the check of a carried replica found.
     *
     * @param directory of the artifact
     * @param replica its id
     * @return largest absolute difference of an output, in float64
     * @throws IOException when the file cannot be read
     */
    static double maxAbsDifference(Path directory, String replica) throws IOException {
        return JSON.readTree(InputFile.text(directory.resolve(NOTES), LARGEST_NOTES))
                .path(DIFFERENCES).path(replica).asDouble(Double.NaN);
    }
}
