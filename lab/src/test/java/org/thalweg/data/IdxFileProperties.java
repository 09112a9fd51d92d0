package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class IdxFileProperties {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyFileReadsBackRawAndPacked(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit = 15; limit <= 300; limit += 15) {
            byte[] values = new byte[random.nextInt(1, limit + 1)];
            random.nextBytes(values);
            byte[] file = IdxBytes.of(new int[] {values.length}, values);
            assertThat(read(file).valuesView()).isEqualTo(values);
            assertThat(read(IdxBytes.gzip(file)).valuesView()).isEqualTo(values);
            assertThat(read(IdxBytes.gzip(file)).md5()).isEqualTo(read(file).md5());
        }
    }

    @Test
    void everyTruncatedFileIsRefused() {
        for (int length = 1; length <= 40; length++) {
            byte[] whole = IdxBytes.of(new int[] {length}, IdxBytes.counting(length));
            for (byte[] file : List.of(whole, IdxBytes.gzip(whole))) {
                for (int cut = 0; cut < file.length; cut++) {
                    byte[] part = Arrays.copyOf(file, cut);
                    assertThatThrownBy(() -> read(part)).as("%d of %d bytes", cut, file.length)
                            .isInstanceOfAny(WorkFailure.class, IOException.class);
                }
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyOtherFileIsReadOrRefusedButNeverCrashes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int place = 0; place <= 40; place++) {
            byte[] anything = new byte[random.nextInt(65)];
            random.nextBytes(anything);
            byte[] file = IdxBytes.gzip(IdxBytes.of(new int[] {20}, IdxBytes.counting(20)));
            file[place] = (byte) random.nextInt();
            for (byte[] candidate : new byte[][] {anything, file}) {
                try {
                    assertThat(read(candidate).length(0)).isPositive();
                } catch (WorkFailure | IOException refused) {
                    assertThat(refused).isNotNull();
                }
            }
        }
    }

    private static IdxFile read(byte[] content) throws IOException {
        return IdxFile.read("file", new ByteArrayInputStream(content), OptionalLong.of(content.length), 1);
    }
}
