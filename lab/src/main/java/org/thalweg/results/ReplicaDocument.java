package org.thalweg.results;

import java.util.Optional;
import java.util.OptionalDouble;

/** A {@link ReplicaResult} as the flat object scripts read; optional fields are left out when absent. */
record ReplicaDocument(
        String id,
        String dataset,
        String variant,
        int layers,
        String moeLayer,
        int experts,
        long seed,
        OptionalDouble testLoss,
        OptionalDouble testAccuracy,
        OptionalDouble trainLoss,
        Optional<String> checkpoint,
        boolean diverged,
        Optional<String> reason) {
    static ReplicaDocument of(ReplicaResult result) {
        Setting setting = result.setting();
        return switch (result.outcome()) {
            case ReplicaOutcome.Trained trained -> new ReplicaDocument(result.id(), setting.dataset(),
                    setting.variant(), setting.layers(), setting.moeLayer(), setting.experts(), result.seed(),
                    OptionalDouble.of(trained.testLoss()), trained.testAccuracy(), trained.trainLoss(),
                    Optional.of(trained.checkpoint()), false, Optional.empty());
            case ReplicaOutcome.Diverged diverged -> new ReplicaDocument(result.id(), setting.dataset(),
                    setting.variant(), setting.layers(), setting.moeLayer(), setting.experts(), result.seed(),
                    OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), Optional.empty(), true,
                    Optional.of(diverged.reason()));
        };
    }

    ReplicaResult toResult() {
        Setting setting = new Setting(dataset, variant, layers, moeLayer, experts);
        ReplicaOutcome outcome = diverged
                ? new ReplicaOutcome.Diverged(reason.orElse(""))
                : new ReplicaOutcome.Trained(testLoss.orElseThrow(() -> missing("test_loss")), testAccuracy, trainLoss,
                        checkpoint.orElseThrow(() -> missing("checkpoint")));
        return new ReplicaResult(id, setting, seed, outcome);
    }

    private IllegalArgumentException missing(String field) {
        return new IllegalArgumentException("the replica " + id + " has no " + field + " and is not marked diverged");
    }
}
