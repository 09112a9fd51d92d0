package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalingCommandTest {
    @TempDir
    private Path directory;

    @Test
    void leverageOfThePapersExampleIsInTheDocument() {
        Ran ran = leverage("0.031", "12", "1e22", "--json");
        assertThat(ran.code()).isZero();
        JsonNode document = ran.document();
        assertThat(document.get("leverage").asDouble()).isCloseTo(7.245, within(5e-4));
        assertThat(document.get("dense_compute").asDouble()).isCloseTo(7.245e22, within(5e18));
        assertThat(document.get("best_granularity").asDouble()).isCloseTo(11.34, within(5e-3));
        assertThat(document.get("warnings")).hasSize(1);
        assertThat(ran.err().strip()).isEqualTo("thalweg: " + document.get("warnings").get(0).asText() + ".");
    }

    @Test
    void textGivesThreeDecimalsAndNoWarningInsideTheRange() {
        Ran ran = leverage("0.031", "12", "1e20");
        assertThat(ran.out()).startsWith("leverage 4.55").contains("FLOPs for the same loss");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void impossibleNumbersAreOneSentence() {
        leverage("1.5", "12", "1e22").failedWith(2, "--activation is 1.5, expected a fraction above 0 and at most 1");
        leverage("0", "12", "1e22").failedWith(2, "--activation is 0.0");
        leverage("3.1%", "12", "1e22").failedWith(2, "--activation", "3.1%");
        leverage("nan", "12", "1e22").failedWith(2, "--activation", "nan");
        leverage("NaN", "12", "1e22").failedWith(2, "--activation is NaN");
        leverage("0.1", "-1", "1e22").failedWith(2, "--granularity is -1.0");
        leverage("0.1", "12", "0").failedWith(2, "--compute is 0.0, expected FLOPs above 0");
        Ran.command("scaling", "hyperparameters", "--compute", "-1").failedWith(2, "--compute is -1.0");
        Ran.command("scaling", "allocation", "--compute", "Infinity").failedWith(2, "--compute is Infinity");
        Ran.command("scaling", "leverage", "--activation", "0.1").failedWith(2, "--granularity", "--compute");
    }

    @Test
    void hyperparametersAndAllocationHaveTheirUnits() {
        JsonNode best = Ran.command("scaling", "hyperparameters", "--compute", "1e20", "--json").document();
        assertThat(best.get("learning_rate").asDouble()).isCloseTo(1.1576 * Math.pow(1e20, -0.1529), within(1e-9));
        assertThat(best.get("batch_tokens").asDouble()).isCloseTo(0.0694 * Math.pow(1e20, 0.3644), within(1e-3));
        assertThat(best.get("warnings")).isEmpty();
        JsonNode divided = Ran.command("scaling", "allocation", "--compute", "1e20", "--json").document();
        for (String kind : new String[] {"moe", "dense"}) {
            assertThat(divided.get(kind).get("flops_per_token").asDouble() * divided.get(kind).get("tokens").asDouble())
                    .isCloseTo(1e20, within(1e17));
        }
        assertThat(Ran.command("scaling", "hyperparameters", "--compute", "1e20").out())
                .contains("learning rate 1.0", "tokens");
        assertThat(Ran.command("scaling", "allocation", "--compute", "1e20").out())
                .contains("moe", "dense", "FLOPs for a token");
    }

    @Test
    void fitOfLossesFindsThePlantedLawAndSaysWhatItDidNotFit() throws IOException {
        Path file = planted();
        JsonNode document = Ran.command("scaling", "fit", file.toString(), "--json").document();
        assertThat(document.get("runs").asInt()).isEqualTo(16);
        assertThat(document.get("measured").asText()).isEqualTo("loss");
        JsonNode a = document.get("coefficients").get("a");
        assertThat(a.get("value").asDouble()).isCloseTo(-0.4, within(1e-6));
        assertThat(a.get("low").asDouble()).isLessThanOrEqualTo(a.get("value").asDouble());
        assertThat(document.get("coefficients").get("loss_exponent").get("value").asDouble())
                .isCloseTo(-0.1, within(1e-8));
        assertThat(document.get("not_fitted")).extracting(JsonNode::asText).contains("gamma", "beta");
        assertThat(document.get("loss_curves")).hasSize(4);
        assertThat(document.get("loss_curves").get(3).get("leverage").asDouble())
                .isCloseTo(Math.pow(0.125 + 0.05, -0.4), within(1e-6));
        assertThat(document.get("ranges").get("activation")).extracting(JsonNode::asDouble)
                .containsExactly(0.125, 0.5);
        assertThat(Ran.command("scaling", "fit", file.toString()).out())
                .contains("16 runs, loss", "95 % interval", "loss_exponent", "gamma", "not fitted", "by the law");
    }

    @Test
    void fileWithoutDenseRunsFailsTheWork() throws IOException {
        Path file = Files.writeString(directory.resolve("runs.csv"),
                "activation,granularity,compute,loss\n0.5,2,1e12,3\n0.5,2,1e13,2\n");
        Ran.command("scaling", "fit", file.toString()).failedWith(1, file.toString(), "add runs with activation 1");
    }

    /** Losses of a dense model, 30 C^-0.1, and of others with the leverage (A + 0.05)^-0.4. */
    private Path planted() throws IOException {
        StringBuilder text = new StringBuilder("seed,activation,granularity,compute,loss\n");
        for (double activation : new double[] {1, 0.5, 0.25, 0.125}) {
            for (double compute : new double[] {1e12, 1e13, 1e14, 1e15}) {
                double leverage = activation == 1 ? 1 : Math.pow(activation + 0.05, -0.4);
                text.append("1,").append(activation).append(",2,").append(compute).append(',')
                        .append(30 * Math.pow(compute * leverage, -0.1)).append('\n');
            }
        }
        return Files.writeString(directory.resolve("runs.csv"), text);
    }

    private static Ran leverage(String activation, String granularity, String compute, String... more) {
        String[] all = new String[8 + more.length];
        System.arraycopy(new String[] {"scaling", "leverage", "--activation", activation, "--granularity", granularity,
            "--compute", compute}, 0, all, 0, 8);
        System.arraycopy(more, 0, all, 8, more.length);
        return Ran.command(all);
    }
}
