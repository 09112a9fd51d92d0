package org.thalweg.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WorkFailure;

class RunsFileTest {
    @TempDir
    private Path directory;

    @Test
    void columnsMayComeInAnyOrderAmongOthers() throws IOException {
        Runs runs = RunsFile.read(
                file("seed,Loss, compute,granularity,activation\n\n1,3.5,1e12,2,0.25\n2,4,2e12,1,1\n"));
        assertThat(runs.measure()).isEqualTo(Measure.LOSS);
        assertThat(runs.runs()).containsExactly(
                new Run(new Setting(0.25, 2, 1e12), 3.5), new Run(new Setting(1, 1, 2e12), 4));
        assertThat(RunsFile.read(file("activation,granularity,compute,leverage\n.5,2,1e12,1.5")).measure())
                .isEqualTo(Measure.LEVERAGE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            ''                                                > line 1: it is empty, expected a header line \
            activation,granularity,compute,loss.
            activation,compute,loss                           > line 1: the column 'granularity' is missing from the \
            header.
            activation,granularity,compute,seed               > line 1: neither of the columns 'loss' and 'leverage' \
            are in the header, expected one of the two.
            activation,granularity,compute,loss,leverage      > line 1: both of the columns 'loss' and 'leverage' are \
            in the header, expected one of the two.
            activation,granularity,compute,loss,loss          > line 1: the column 'loss' is there twice.
            activation,granularity,compute,loss;1,1,1e12      > line 2: expected 4 cells as in the header, found 3.
            activation,granularity,compute,loss;1,1,1e12,x    > line 2: loss must be a number, found 'x'.
            activation,granularity,compute,loss;1,1,NaN,2     > line 2: compute must be finite and at most 1.0E100, \
            found NaN.
            activation,granularity,compute,loss;2,1,1e12,2    > line 2: activation is 2.0, expected a fraction above \
            0 and at most 1, such as 0.031 for 3.1 %.
            activation,granularity,compute,loss;1,1,1e12,0    > line 2: loss is 0.0, expected a number above 0.
            activation,granularity,compute,leverage;1,1,1e9,1 > line 2: activation is 1, a dense model, whose leverage \
            is 1 by definition; remove the line.
            """)
    void badLinesAreNamed(String text, String sentence) throws IOException {
        Path file = file(text.replace(';', '\n'));
        assertThatThrownBy(() -> RunsFile.read(file)).isInstanceOf(WorkFailure.class)
                .hasMessage("cannot read runs from " + file + ", " + sentence);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("runs.csv"), text);
    }
}
