package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.thalweg.group.GroupElement;
import org.thalweg.group.LinearMap;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Scramble;
import org.thalweg.results.RotationAngles;
import org.thalweg.results.StepFile;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Architecture;

/**
 * How far the rotations of the residual stream turn that two alignments of one pair found: the one by weights, and the
 * correction that learning put behind it (figure 5 of arXiv 2506.22712). Reads the replicas, then the artifacts of
 * {@link StudyMethod#WEIGHT} and {@link StudyMethod#LEARNED}.
 *
 * @param dataset name of the data set
 * @param replicaA id of the replica that stays
 * @param replicaB id of the replica that is moved
 */
record AnglesStep(String dataset, String replicaA, String replicaB) implements Step {
    private static final String ANGLES = "angles.json";
    private static final long WORK = 10;

    @Override
    public String kind() {
        return "angles";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        return JsonNodeFactory.instance.objectNode().put("dataset", dataset).put("replica_a", replicaA)
                .put("replica_b", replicaB);
    }

    @Override
    public String label() {
        return MatchStep.label(replicaA, replicaB);
    }

    @Override
    public long work(StepData data) {
        return WORK;
    }

    @Override
    public void run(StepContext context) {
        Optional<String> excluded = ReplicaPair.excluded(context.inputs().get(0), context.inputs().get(1));
        List<RotationAngles> angles;
        if (excluded.isPresent()) {
            angles = List.of(angles("weight", new double[0], excluded), angles("correction", new double[0], excluded));
        } else {
            LinearMap weight = rotation(context.inputs().get(2));
            // What learning found is the correction after the match by weights.
            LinearMap correction = rotation(context.inputs().get(3)).after(weight.inverse());
            angles = List.of(angles("weight", weight.angles(), excluded),
                    angles("correction", correction.angles(), excluded));
        }
        StepFile.write(context.output().resolve(ANGLES), angles);
    }

    /**
     * What a finished step found.
     *
     * @param directory of the artifact
     * @return angles of both rotations
     */
    static List<RotationAngles> read(Path directory) {
        return StepFile.readAll(directory.resolve(ANGLES), RotationAngles.class);
    }

    private static LinearMap rotation(Path artifact) {
        Path model = artifact.resolve(AlignStep.B);
        return switch (AlignmentFile.read(
                model.resolve(Scramble.ALIGNMENT), ModelDirectory.open(model).architecture())
                .element(Architecture.STREAM)) {
            case LinearMap map -> map;
            case GroupElement other -> throw new IllegalStateException("both methods rotate the stream, not " + other);
        };
    }

    private RotationAngles angles(String rotation, double[] found, Optional<String> excluded) {
        return new RotationAngles(dataset, rotation, replicaA, replicaB, found, excluded);
    }
}
