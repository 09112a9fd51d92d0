package org.thalweg.results;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Intervals for means over pairs, by bootstrap over replicas: as many replicas as there are, are drawn with
 * replacement, and the mean is taken over the pairs of different replicas among those drawn, each pair as often as it
 * occurs. The percentiles 2.5 and 97.5 of 2,000 such means are the ends. Pairs that share a replica are not
 * independent, so drawing pairs instead would give intervals that are too narrow.
 *
 * <p>Deterministic: equal numbers in an equal order give an equal interval. With few replicas few different drawings
 * exist, so an interval from three replicas is rough.
 */
public final class ReplicaBootstrap {
    /** How often replicas are drawn. */
    public static final int DRAWINGS = 2000;

    /** With fewer replicas there is at most one pair, which says nothing of the spread. */
    private static final int FEWEST_REPLICAS = 3;

    private static final double TAIL = 0.025;
    private static final long SEED = 1;

    private final int replicas;
    private final double[][] values;

    private ReplicaBootstrap(List<PairValue> pairs) {
        List<String> names =
                pairs.stream().flatMap(pair -> Stream.of(pair.a(), pair.b())).distinct().toList();
        replicas = names.size();
        values = new double[replicas][replicas];
        for (double[] row : values) {
            Arrays.fill(row, Double.NaN);
        }
        for (PairValue pair : pairs) {
            int a = names.indexOf(pair.a());
            int b = names.indexOf(pair.b());
            if (!Double.isNaN(values[a][b])) {
                throw new IllegalArgumentException("the pair " + pair.a() + ", " + pair.b() + " is there twice");
            }
            values[a][b] = pair.value();
            values[b][a] = pair.value();
        }
    }

    /**
     * An interval of 95 % for the mean over pairs.
     *
     * @param pairs at most one number for each pair; pairs may be missing
     * @return the interval, absent below three replicas
     */
    public static Optional<Interval> meanOver(List<PairValue> pairs) {
        ReplicaBootstrap bootstrap = new ReplicaBootstrap(pairs);
        return bootstrap.replicas < FEWEST_REPLICAS ? Optional.empty() : Optional.of(bootstrap.interval());
    }

    private Interval interval() {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] means = new double[DRAWINGS];
        for (int drawing = 0; drawing < DRAWINGS; drawing++) {
            double mean = Double.NaN;
            while (Double.isNaN(mean)) {
                // A drawing of one replica alone has no pair and is drawn again.
                mean = mean(draw(random));
            }
            means[drawing] = mean;
        }
        Arrays.sort(means);
        int below = (int) Math.ceil(TAIL * DRAWINGS) - 1;
        return new Interval(means[below], means[DRAWINGS - 1 - below]);
    }

    private int[] draw(SplittableRandom random) {
        int[] times = new int[replicas];
        for (int i = 0; i < replicas; i++) {
            times[random.nextInt(replicas)]++;
        }
        return times;
    }

    private double mean(int[] times) {
        double sum = 0;
        long pairs = 0;
        for (int a = 0; a < replicas; a++) {
            for (int b = a + 1; b < replicas; b++) {
                int occurs = times[a] * times[b];
                if (occurs > 0 && !Double.isNaN(values[a][b])) {
                    sum += occurs * values[a][b];
                    pairs += occurs;
                }
            }
        }
        return pairs == 0 ? Double.NaN : sum / pairs;
    }
}
