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
import org.thalweg.model.AlignMany;
import org.thalweg.model.Checking;
import org.thalweg.model.MemoryPlan;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.tensor.WorkObserver;

/**
 * Carries all replicas of a data set into one basis, through their mean (universe matching, arXiv 2506.22712, section
 * 3.4), and writes each under its id. All are checked to be the functions that they were; one that fails fails the
 * study. Replicas that diverged are left out.
 *
 * @param dataset name of the data set
 * @param replicas ids of the replicas, of which the first stays, but for its form
 * @param rounds at most
 * @param seed of the inputs of the check
 */
record UniverseStep(String dataset, List<String> replicas, int rounds, long seed) implements Step {
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
        return 1;
    }

    @Override
    public ObjectNode content() {
        ObjectNode content = JSON.createObjectNode().put("dataset", dataset);
        replicas.forEach(content.putArray("replicas")::add);
        return content.put("rounds", rounds).put("seed", seed);
    }

    @Override
    public String label() {
        return dataset;
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
            align(context.output(), ids, models, notes);
        }
        DurableFile.writeText(context.output().resolve(NOTES), notes.toPrettyString() + "\n");
    }

    private void align(Path output, List<String> ids, List<ModelDirectory> models, ObjectNode notes) {
        MatchingMethod matching = StudyMethod.toMean();
        Checking checking = new Checking(OptionalDouble.empty(), PROBES, seed, false);
        AlignMany.Done done = new AlignMany(matching, rounds, checking, MemoryPlan.ofMachine()).write(
                models, ids.stream().map(id -> new Output(output.resolve(id), false)).toList(), WorkObserver.SILENT);
        matching.settings().forEach(notes::put);
        done.objectives().forEach(notes.putArray("objectives")::add);
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
