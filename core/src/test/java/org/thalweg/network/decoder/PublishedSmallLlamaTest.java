package org.thalweg.network.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.SmallConfigs;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** A trained Llama-type model of 260,032 parameters, held to logits and texts that another implementation made. */
class PublishedSmallLlamaTest {
    private static final Path MODEL = Path.of("src/test/resources/org/thalweg/published/stories260k");

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void givesTheExpectedLogitsLossAndText(DType dtype) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(MODEL.resolve("expected.json").toFile());
        long[] ids = new long[expected.get("greedy_ids_from_bos").size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = expected.get("greedy_ids_from_bos").get(i).longValue();
        }
        Checkpoint checkpoint = Checkpoint.open(MODEL);
        try (Scope scope = Scope.open()) {
            Parameters parameters = checkpoint.load().to(dtype);
            Decoder decoder = SmallConfigs.decoder(checkpoint.config());
            decoder.require(parameters);
            assertThat(parameters.elements()).isEqualTo(expected.get("params").longValue());
            Tensor logits = decoder.forward(parameters, Tensor.of(ids, 1, ids.length)).select(0, 0);
            assertThat(logits.dtype()).isEqualTo(dtype);
            double[] first = logits.select(0, 0).toDoubles();
            double[] last = logits.select(0, ids.length - 1).toDoubles();
            for (int i = 0; i < 8; i++) {
                assertThat(first[i]).isCloseTo(expected.get("logits_pos0_first8").get(i).doubleValue(), within(1e-4));
                assertThat(last[i]).isCloseTo(expected.get("logits_last_first8").get(i).doubleValue(), within(1e-4));
            }
            long[] greedy = logits.argmax(1).toLongs();
            for (int i = 0; i + 1 < ids.length; i++) {
                assertThat(greedy[i]).as("token after position %d", i).isEqualTo(ids[i + 1]);
            }
            double loss = Functions.crossEntropy(
                    logits.narrow(0, 0, ids.length - 1),
                    Tensor.of(Arrays.copyOfRange(ids, 1, ids.length), ids.length - 1)).item();
            assertThat(loss).isCloseTo(expected.get("nll_greedy_81").doubleValue(), within(1e-5));
        }
    }
}
