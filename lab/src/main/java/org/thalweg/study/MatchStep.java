package org.thalweg.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.thalweg.equivalence.Verification;
import org.thalweg.matching.Candidate;
import org.thalweg.matching.LayerMatch;
import org.thalweg.matching.MatchedCandidates;
import org.thalweg.results.Method;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;

/**
 * Aligns replica B to replica A by both orders of the experts, and checks that neither alignment changed B's
 * function: the whole network in float64 on test images. An alignment that fails the check fails the study.
 *
 * @param replicaA id of the replica that stays
 * @param replicaB id of the replica that is moved
 */
public record MatchStep(String replicaA, String replicaB) implements Step {
    private static final String NOTES = "match.json";
    private static final int LARGEST_NOTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String kind() {
        return "match";
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public ObjectNode content() {
        return JSON.createObjectNode().put("replica_a", replicaA).put("replica_b", replicaB);
    }

    @Override
    public String label() {
        return label(replicaA, replicaB);
    }

    static String label(String a, String b) {
        return a + "-" + b.substring(b.lastIndexOf('r'));
    }

    @Override
    public long work(StepData data) {
        return 5L * ReplicaPair.probes(ExampleData.of(data));
    }

    @Override
    public void run(StepContext context) throws IOException {
        Path a = context.inputs().get(0);
        Path b = context.inputs().get(1);
        ObjectNode notes = JSON.createObjectNode();
        Optional<String> excluded = ReplicaPair.excluded(a, b);
        if (excluded.isPresent()) {
            notes.put("excluded", excluded.get());
        } else {
            try (Scope scope = Scope.open()) {
                ReplicaPair pair = ReplicaPair.load(a, b);
                MatchedCandidates candidates = pair.matcher().match();
                notes.set("gate", write(context, pair, Method.GATE, candidates.byGate()));
                notes.set("expert", write(context, pair, Method.EXPERT, candidates.byExpert()));
            }
        }
        DurableFile.writeText(context.output().resolve(NOTES), notes.toPrettyString() + "\n");
    }

    /**
     * Where a finished match keeps an alignment.
     *
     * @param directory of the artifact
     * @param method gate or expert
     * @return its file
     */
    static Path alignment(Path directory, Method method) {
        return directory.resolve("alignment-" + method.label() + ".json");
    }

    /**
     * The largest difference that the check found.
     *
     * @param directory of a finished match
     * @param method gate or expert
     * @return largest absolute difference of a logit
     * @throws IOException when the file cannot be read
     */
    static double maxAbsDifference(Path directory, Method method) throws IOException {
        return JSON.readTree(InputFile.text(directory.resolve(NOTES), LARGEST_NOTES))
                .path(method.label()).path("max_abs_logit_difference").asDouble(Double.NaN);
    }

    private static ObjectNode write(StepContext context, ReplicaPair pair, Method method, Candidate candidate) {
        // Scalings round in float32; the check is of the alignment, not of that.
        Verification found = pair.checkUnchanged(
                candidate.alignment().apply(pair.b().to(DType.FLOAT64)), context.examples());
        AlignmentFile.write(candidate.alignment(), alignment(context.output(), method));
        ObjectNode notes = JSON.createObjectNode();
        notes.put("max_abs_logit_difference", found.maxAbsDifference());
        notes.put("probes", ReplicaPair.probes(context.examples())).put("tolerance", ReplicaPair.TOLERANCE);
        ArrayNode layers = notes.putArray("layers");
        for (LayerMatch layer : candidate.layers()) {
            layers.addObject()
                    .put("layer", layer.layer())
                    .put("expert_order_cost", layer.experts().cost())
                    .put("expert_order_duality_gap", layer.experts().dualityGap())
                    .put("unit_similarity", layer.units().similarity())
                    .put("unit_duality_gap", layer.units().dualityGap())
                    .put("moved_experts", layer.experts().moved())
                    .put("moved_units", layer.units().moved());
        }
        return notes;
    }
}
