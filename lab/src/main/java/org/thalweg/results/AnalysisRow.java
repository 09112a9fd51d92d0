package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * One row of an analysis' table.
 *
 * @param dataset the data set's name
 * @param series which line of the plot
 * @param setting where on that line
 * @param pairs how many pairs entered the means; excluded ones did not
 * @param barrierMean mean loss barrier in nats, absent without pairs
 * @param barrierSe standard error: sample deviation divided by the root of the number of pairs; absent below two pairs
 * @param midpointMean mean rise of the loss at t = 0.5
 * @param innerProductMean mean inner product of A and aligned B, where the analysis has one
 * @param squaredDistanceMean mean squared distance of A and aligned B, where the analysis has one
 */
public record AnalysisRow(
        String dataset,
        String series,
        String setting,
        int pairs,
        @JsonInclude OptionalDouble barrierMean,
        @JsonInclude OptionalDouble barrierSe,
        OptionalDouble midpointMean,
        OptionalDouble innerProductMean,
        OptionalDouble squaredDistanceMean) {
    /** The row of points that differ in their pairs alone. */
    static AnalysisRow of(List<AnalysisPoint> points) {
        AnalysisPoint first = points.getFirst();
        List<Double> barriers = values(points, AnalysisPoint::lossBarrier);
        Statistic statistic = Statistic.of(barriers);
        return new AnalysisRow(first.dataset(), first.series(), first.setting(), barriers.size(), statistic.mean(),
                statistic.standardError(barriers.size()), mean(points, AnalysisPoint::midpointRise),
                mean(points, AnalysisPoint::innerProduct), mean(points, AnalysisPoint::squaredDistance));
    }

    private static OptionalDouble mean(List<AnalysisPoint> points, Function<AnalysisPoint, OptionalDouble> quantity) {
        return Statistic.of(values(points, quantity)).mean();
    }

    private static List<Double> values(
            List<AnalysisPoint> points, Function<AnalysisPoint, OptionalDouble> quantity) {
        return points.stream().map(quantity).flatMap(value -> value.stream().boxed()).toList();
    }
}
