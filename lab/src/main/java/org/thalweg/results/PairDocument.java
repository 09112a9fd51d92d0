package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.thalweg.connectivity.Barrier;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;

/**
 * A {@link PairResult} as the flat object scripts read. The four barrier and area numbers are always there, null when
 * there is nothing to measure, because scripts rely on them; every other optional field is left out when absent.
 */
record PairDocument(
        String dataset,
        String variant,
        int layers,
        String moeLayer,
        int experts,
        String replicaA,
        String replicaB,
        Method method,
        double[] t,
        double[] loss,
        double[] accuracy,
        @JsonInclude OptionalDouble lossBarrier,
        @JsonInclude OptionalDouble lossAuc,
        @JsonInclude OptionalDouble accuracyBarrier,
        @JsonInclude OptionalDouble accuracyAuc,
        OptionalDouble lossBarrierAt,
        Optional<Method> chosen,
        OptionalInt rank,
        @JsonProperty("l_hat") OptionalDouble lHat,
        OptionalInt rankAccuracy,
        @JsonProperty("l_hat_accuracy") OptionalDouble lHatAccuracy,
        OptionalDouble maxAbsLogitDifference,
        Optional<double[]> trainLoss,
        Optional<double[]> trainAccuracy,
        OptionalDouble trainLossBarrier,
        OptionalDouble trainLossAuc,
        OptionalDouble trainAccuracyBarrier,
        OptionalDouble trainAccuracyAuc,
        boolean excluded,
        Optional<String> reason) {
    /** How far a stored barrier may stand from the one its curve gives: rounding of another platform, no more. */
    private static final double TOLERANCE = 1e-9;

    static PairDocument of(PairResult result) {
        return switch (result.outcome()) {
            case PairOutcome.Measured measured -> measured(result, measured);
            case PairOutcome.Excluded excluded -> excluded(result, excluded.reason());
        };
    }

    PairResult toResult() {
        Setting setting = new Setting(dataset, variant, layers, moeLayer, experts);
        if (excluded) {
            return new PairResult(setting, replicaA, replicaB, method, new PairOutcome.Excluded(reason.orElse("")));
        }
        LossAndAccuracy curves = curves(loss, accuracy, "loss_barrier", lossBarrier);
        Optional<LossAndAccuracy> train = trainLoss.map(values ->
                curves(values, trainAccuracy.orElse(new double[0]), "train_loss_barrier", trainLossBarrier));
        return new PairResult(setting, replicaA, replicaB, method, new PairOutcome.Measured(curves, chosen,
                ranking(rank, lHat), ranking(rankAccuracy, lHatAccuracy), maxAbsLogitDifference, train));
    }

    private LossAndAccuracy curves(double[] losses, double[] accuracies, String name, OptionalDouble barrier) {
        Grid grid = new Grid(t);
        LossAndAccuracy curves = new LossAndAccuracy(new Curve(grid, losses),
                accuracies.length == 0 ? Optional.empty() : Optional.of(new Curve(grid, accuracies)));
        double height = curves.lossBarrier().height();
        if (!(Math.abs(height - barrier.orElse(Double.NaN)) <= TOLERANCE * (1 + height))) {
            throw new IllegalArgumentException("the pair " + replicaA + ", " + replicaB + " by " + method.label()
                    + " states another " + name + " than its curve has, " + height);
        }
        return curves;
    }

    private static PairDocument measured(PairResult result, PairOutcome.Measured measured) {
        Setting setting = result.setting();
        Barrier loss = measured.lossBarrier();
        Optional<Barrier> accuracy = measured.accuracyBarrier();
        Optional<Barrier> train = measured.train().map(LossAndAccuracy::lossBarrier);
        Optional<Barrier> trainAccuracy = measured.train().flatMap(LossAndAccuracy::accuracyBarrier);
        return new PairDocument(setting.dataset(), setting.variant(), setting.layers(), setting.moeLayer(),
                setting.experts(), result.replicaA(), result.replicaB(), result.method(),
                measured.curves().grid().t(), measured.curves().loss().values(),
                measured.curves().accuracy().map(Curve::values).orElse(new double[0]),
                OptionalDouble.of(loss.height()), OptionalDouble.of(loss.area().signed()),
                number(accuracy.map(Barrier::height)), number(accuracy.map(barrier -> barrier.area().signed())),
                OptionalDouble.of(loss.at()), measured.chosen(), rank(measured.byLoss()), lHat(measured.byLoss()),
                rank(measured.byAccuracy()), lHat(measured.byAccuracy()), measured.maxAbsLogitDifference(),
                measured.train().map(curves -> curves.loss().values()),
                measured.train().flatMap(LossAndAccuracy::accuracy).map(Curve::values),
                number(train.map(Barrier::height)), number(train.map(barrier -> barrier.area().signed())),
                number(trainAccuracy.map(Barrier::height)),
                number(trainAccuracy.map(barrier -> barrier.area().signed())), false, Optional.empty());
    }

    private static PairDocument excluded(PairResult result, String reason) {
        Setting setting = result.setting();
        OptionalDouble none = OptionalDouble.empty();
        OptionalInt unranked = OptionalInt.empty();
        double[] empty = new double[0];
        return new PairDocument(setting.dataset(), setting.variant(), setting.layers(), setting.moeLayer(),
                setting.experts(), result.replicaA(), result.replicaB(), result.method(), empty, empty, empty, none,
                none, none, none, none, Optional.empty(), unranked, none, unranked, none, none,
                Optional.empty(), Optional.empty(), none, none, none, none, true, Optional.of(reason));
    }

    private static Optional<Ranking> ranking(OptionalInt rank, OptionalDouble lHat) {
        return rank.isPresent() ? Optional.of(new Ranking(rank.getAsInt(), lHat)) : Optional.empty();
    }

    private static OptionalInt rank(Optional<Ranking> ranking) {
        return ranking.isPresent() ? OptionalInt.of(ranking.get().rank()) : OptionalInt.empty();
    }

    private static OptionalDouble lHat(Optional<Ranking> ranking) {
        return ranking.isPresent() ? ranking.get().lHat() : OptionalDouble.empty();
    }

    private static OptionalDouble number(Optional<Double> value) {
        return value.isPresent() ? OptionalDouble.of(value.get()) : OptionalDouble.empty();
    }
}
