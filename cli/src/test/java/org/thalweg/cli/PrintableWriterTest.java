package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PrintableWriterTest {
    private static final String END = System.lineSeparator();

    private final StringWriter place = new StringWriter();
    private final PrintableWriter writer = new PrintableWriter(place);

    @Test
    void aLineStaysOneLine() {
        writer.println("tensor 'a\nthalweg: done\r\u001b[2K\tb'");
        assertThat(place).hasToString("tensor 'a\\u000athalweg: done\\u000d\\u001b[2K\\u0009b'" + END);
    }

    @Test
    void textOfSeveralLinesKeepsItsLayoutAndNothingElse() {
        writer.print("a\tb\n\u001b]0;title\u0007 \u009b2J \u202e😀\n");
        writer.printf("%s", "\u2066");
        writer.append('\u0085').write('\u001b');
        writer.println((Object) "x\u001b");
        writer.flush();
        assertThat(place).hasToString("a\tb\n\\u001b]0;title\\u0007 \\u009b2J \\u202e😀\n"
                + "\\u2066\\u0085\\u001bx\\u001b"
                + END);
    }

    @Test
    void charactersOfTwoHalvesArriveWhole() {
        writer.write("😀".charAt(0));
        writer.write("😀".charAt(1));
        writer.write("\udb40");
        writer.write("\udc41");
        writer.close();
        assertThat(place).hasToString("😀\\udb40\\udc41");
    }
}
