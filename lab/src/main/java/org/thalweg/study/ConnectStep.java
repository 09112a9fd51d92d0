package org.thalweg.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.thalweg.results.StepFile;
import org.thalweg.results.SystemPair;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Scope;

/**
 * Matches two replicas of a variant of a Mixture-of-Experts system, checks that the function of the one that is moved
 * stays as it is, and measures the loss along the straight lines before and after, and for all orders of experts where
 * there are few.
 *
 * @param replicaA the replica at t = 0
 * @param replicaB the replica at t = 1
 * @param points of the grid
 */
record ConnectStep(String replicaA, String replicaB, int points) implements Step {
    private static final String FOUND = "pair.json";
    private static final int WORK = 200;

    @Override
    public String kind() {
        return "connect";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ObjectNode content() {
        return JsonNodeFactory.instance.objectNode().put("replica_a", replicaA).put("replica_b", replicaB)
                .put("points", points);
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
        SystemData data = SystemData.of(context);
        try (Scope scope = Scope.open()) {
            SystemConnection connection = new SystemConnection(data.system().connection(data.settings()),
                    TrainedModel.load(context.inputs().get(0)), TrainedModel.load(context.inputs().get(1)), points);
            SystemPair pair = Gradients.without(() ->
                    connection.measure(data.system().connected(), replicaA, replicaB));
            StepFile.write(context.output().resolve(FOUND), List.of(pair));
        }
    }

    /**
     * What a finished step found.
     *
     * @param artifact its directory
     * @return the pair
     */
    static SystemPair read(Path artifact) {
        SystemPair pair = StepFile.readAll(artifact.resolve(FOUND), SystemPair.class).getFirst();
        return pair.order().map(order -> pair.ranked(order.experts())).orElse(pair);
    }
}
