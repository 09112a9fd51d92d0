package org.thalweg.merging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankingProperties {
    private static Ranking ranking(double... numbers) {
        return new Ranking(
                (start, into, length) -> System.arraycopy(numbers, (int) start, into, 0, length), numbers.length);
    }

    private static double[] numbers(long seed) {
        Random random = new Random(seed);
        double[] values = {0, -0.0, 1, -1, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MAX_VALUE, -1e-300, 1e-300};
        double scale = Math.pow(10, random.nextInt(-12, 12));
        return random.doubles((int) (3 * seed))
                .map(number -> random.nextInt(3) == 0 ? values[random.nextInt(values.length)] : (number - 0.5) * scale)
                .toArray();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void theLargestAreThoseOfAStableSort(long seed) {
        double[] numbers = numbers(seed);
        int[] sorted = IntStream.range(0, numbers.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -(numbers[i] + 0.0)))
                .mapToInt(Integer::intValue).toArray();
        for (int count = 0; count <= numbers.length; count++) {
            Places largest = ranking(numbers).largest(count);
            assertThat(IntStream.range(0, numbers.length).filter(largest::has).toArray())
                    .containsExactly(Arrays.stream(sorted).limit(count).sorted().toArray());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theNumberOfARankIsThatOfASort(long seed) {
        double[] numbers = numbers(seed);
        double[] sorted = Arrays.stream(numbers).map(number -> number + 0.0).sorted().toArray();
        for (int rank = 0; rank < sorted.length; rank++) {
            assertThat(ranking(numbers).ascending(rank)).isEqualTo(sorted[rank]);
        }
    }

    @Test
    void ranksAmongMillionsAreThoseOfASortToo() {
        Random random = new Random(1);
        double[] numbers = random.doubles(3_000_000)
                .map(number -> random.nextInt(2) == 0 ? 0 : number - 0.5).toArray();
        double[] sorted = Arrays.stream(numbers).sorted().toArray();
        for (int rank : new int[] {0, 10, 400_000, 760_000, 1_500_000, 2_300_000, 2_999_999}) {
            assertThat(ranking(numbers).ascending(rank)).isEqualTo(sorted[rank]);
            Places largest = ranking(numbers).largest(sorted.length - rank);
            assertThat(largest.count()).isEqualTo(sorted.length - rank);
            assertThat(IntStream.range(0, numbers.length).filter(largest::has).mapToDouble(i -> numbers[i]).min())
                    .hasValue(sorted[rank]);
        }
    }

    @Test
    void equalNumbersAcrossManyPartsAreTakenFromTheFirst() {
        long size = 3_000_000;
        Numbers equal = (_, into, length) -> Arrays.fill(into, 0, length, 7);
        Places largest = new Ranking(equal, size).largest(1_500_000);
        assertThat(largest.count()).isEqualTo(1_500_000);
        assertThat(largest.has(1_499_999)).isTrue();
        assertThat(largest.has(1_500_000)).isFalse();
        assertThat(Passes.sum(equal, size)).isEqualTo(7.0 * size);
    }
}
