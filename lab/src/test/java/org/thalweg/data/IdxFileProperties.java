package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.thalweg.failure.WorkFailure;

class IdxFileProperties {
    @Property(tries = 200)
    void everyFileReadsBackRawAndPacked(@ForAll @Size(min = 1, max = 300) byte[] values) throws IOException {
        byte[] file = IdxBytes.of(new int[] {values.length}, values);
        assertThat(read(file).valuesView()).isEqualTo(values);
        assertThat(read(IdxBytes.gzip(file)).valuesView()).isEqualTo(values);
        assertThat(read(IdxBytes.gzip(file)).md5()).isEqualTo(read(file).md5());
    }

    @Property(tries = 200)
    void everyTruncatedFileIsRefused(@ForAll @IntRange(min = 1, max = 40) int length,
            @ForAll @IntRange(min = 0, max = 60) int cut, @ForAll boolean packed) {
        byte[] whole = IdxBytes.of(new int[] {length}, IdxBytes.counting(length));
        byte[] file = packed ? IdxBytes.gzip(whole) : whole;
        byte[] part = Arrays.copyOf(file, Math.min(cut, file.length - 1));
        assertThatThrownBy(() -> read(part)).isInstanceOfAny(WorkFailure.class, IOException.class);
    }

    @Property(tries = 500)
    void everyOtherFileIsReadOrRefusedButNeverCrashes(@ForAll @Size(max = 64) byte[] anything,
            @ForAll @IntRange(min = 0, max = 40) int place, @ForAll byte value) {
        byte[] file = IdxBytes.gzip(IdxBytes.of(new int[] {20}, IdxBytes.counting(20)));
        file[place] = value;
        for (byte[] candidate : new byte[][] {anything, file}) {
            try {
                assertThat(read(candidate).length(0)).isPositive();
            } catch (WorkFailure | IOException refused) {
                assertThat(refused).isNotNull();
            }
        }
    }

    private static IdxFile read(byte[] content) throws IOException {
        return IdxFile.read("file", new ByteArrayInputStream(content), OptionalLong.of(content.length), 1);
    }
}
