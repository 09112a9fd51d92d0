package org.thalweg.connectivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WorkFailure;

class CurveFileTest {
    @TempDir
    private Path directory;

    @Test
    void columnsMayComeInAnyOrder() throws IOException {
        LossAndAccuracy curves = CurveFile.read(file("accuracy, t,loss\n0.9,0,1\n0.5,0.5,2e0\n\n0.8,1,1.5\n"));
        assertThat(curves.grid().t()).containsExactly(0, 0.5, 1);
        assertThat(curves.loss().values()).containsExactly(1, 2, 1.5);
        assertThat(curves.accuracy().orElseThrow().values()).containsExactly(0.9, 0.5, 0.8);
    }

    @Test
    void accuracyMayBeMissing() throws IOException {
        LossAndAccuracy curves = CurveFile.read(file("\uFEFFt,loss\r\n0,1\r\n1,2"));
        assertThat(curves.accuracy()).isEmpty();
        assertThat(curves.loss().values()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            ''                              > line 1: it is empty, expected a header line t,loss or t,loss,accuracy.
            t,loss                          > line 1: t must end at 1 (model B), found no points.
            t,loss;0,1                      > line 2: t must end at 1 (model B), found 0.0.
            0,1;1,2                         > line 1: unknown column '0', expected a header of t, loss and, if known, \
            accuracy; remove the column or rename it.
            t,loss,loss;0,1,1               > line 1: the column 'loss' is there twice.
            t,accuracy;0,1                  > line 1: the column 'loss' is missing from the header.
            t,loss;0,1;1,nan                > line 3: loss must be a number, found 'nan'.
            t,loss;0,1;1,NaN                > line 3: loss must be finite and at most 1.0E100, found NaN.
            t,loss;0,1;1,-1e308             > line 3: loss must be finite and at most 1.0E100, found -1.0E308.
            t,loss;0,1;1                    > line 3: expected 2 cells as in the header, found 1.
            t,loss;0,1;1,2,3                > line 3: expected 2 cells as in the header, found 3.
            t,loss;0.1,1                    > line 2: t must start at 0 (model A), found 0.1.
            t,loss;0,1;0.5,1;0.5,2          > line 4: t must increase, found 0.5 after 0.5.
            t,loss;0,1;0.5,1;2,2            > line 4: t must end at 1 (model B), found 2.0.
            t,loss,accuracy;0,1,97          > line 2: accuracy is a fraction from 0 to 1, found 97.0; divide \
            percentages by 100.
            """)
    void badLinesAreNamed(String text, String sentence) throws IOException {
        Path file = file(text.replace(';', '\n'));
        assertThatThrownBy(() -> CurveFile.read(file)).isInstanceOf(WorkFailure.class)
                .hasMessage("cannot read a curve from " + file + ", " + sentence);
    }

    @Test
    void missingAndOversizedFilesAreNamed() throws IOException {
        Path missing = directory.resolve("none.csv");
        assertThatThrownBy(() -> CurveFile.read(missing)).isInstanceOf(WorkFailure.class)
                .hasMessage("cannot read " + missing + ": there is no such file; check the path.");
        Path huge = directory.resolve("huge.csv");
        try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
            sparse.setLength(CurveFile.LARGEST + 1);
        }
        assertThatThrownBy(() -> CurveFile.read(huge)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("more than the 16777216 that such a file can need");
        assertThatThrownBy(() -> CurveFile.read(directory)).isInstanceOf(WorkFailure.class);
    }

    @Test
    void binaryRubbishIsRefusedWithASentence() throws IOException {
        byte[] rubbish = new byte[4096];
        new Random(7).nextBytes(rubbish);
        Path file = directory.resolve("rubbish.csv");
        Files.write(file, rubbish);
        assertThatThrownBy(() -> CurveFile.read(file)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot read a curve from " + file);
    }

    private Path file(String text) throws IOException {
        Path file = directory.resolve("curve.csv");
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        return file;
    }
}
