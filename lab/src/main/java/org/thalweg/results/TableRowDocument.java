package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.OptionalDouble;

/** A {@link TableRow} with exactly the columns of {@code table.csv}, in their order; empty cells are null. */
@JsonInclude
record TableRowDocument(
        String dataset,
        String variant,
        int layers,
        String moeLayer,
        int experts,
        int pairs,
        OptionalDouble naiveBarrierMean,
        OptionalDouble naiveBarrierSd,
        OptionalDouble gateBarrierMean,
        OptionalDouble gateBarrierSd,
        OptionalDouble expertBarrierMean,
        OptionalDouble expertBarrierSd,
        OptionalDouble bestBarrierMean,
        OptionalDouble bestBarrierSd,
        OptionalDouble bestRatioPercent) {
    static TableRowDocument of(TableRow row) {
        Setting setting = row.setting();
        Statistic naive = row.barriers().get(Method.NAIVE);
        Statistic gate = row.barriers().get(Method.GATE);
        Statistic expert = row.barriers().get(Method.EXPERT);
        Statistic best = row.barriers().get(Method.BEST);
        return new TableRowDocument(setting.dataset(), setting.variant(), setting.layers(), setting.moeLayer(),
                setting.experts(), row.pairs(), naive.mean(), naive.deviation(), gate.mean(), gate.deviation(),
                expert.mean(), expert.deviation(), best.mean(), best.deviation(), row.bestRatioPercent());
    }

    TableRow toRow() {
        return new TableRow(new Setting(dataset, variant, layers, moeLayer, experts), pairs, Map.of(
                Method.NAIVE, new Statistic(naiveBarrierMean, naiveBarrierSd),
                Method.GATE, new Statistic(gateBarrierMean, gateBarrierSd),
                Method.EXPERT, new Statistic(expertBarrierMean, expertBarrierSd),
                Method.BEST, new Statistic(bestBarrierMean, bestBarrierSd)), bestRatioPercent);
    }
}
