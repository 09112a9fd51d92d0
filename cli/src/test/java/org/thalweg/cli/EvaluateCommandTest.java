package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.data.ImageData;
import org.thalweg.data.ImageSources;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;

class EvaluateCommandTest {
    private static final Path STOCK = Path.of("../core/src/test/resources/org/thalweg/family");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TOKENIZER = """
            {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "Whitespace"},
             "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "the": 1, "cat": 2, "large": 40}}}
            """;

    @TempDir
    private Path directory;

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private static String stock(String family) {
        return STOCK.resolve("stock").resolve(family).toString();
    }

    @Test
    void lossesAreThoseOfStockClasses() throws IOException {
        JsonNode expected = JSON.readTree(STOCK.resolve("losses.json").toFile());
        assertThat(expected.size()).isEqualTo(4);
        for (Map.Entry<String, JsonNode> model : expected.properties()) {
            JsonNode stock = model.getValue();
            String ids = file("ids.json", stock.get("texts").toString());
            JsonNode found = Ran.command("evaluate", stock(model.getKey()), "--data", ids, "--json", "--window",
                    stock.get("window").asText(), "--stride", stock.get("stride").asText()).document();
            assertThat(found.get("loss").asDouble()).as(model.getKey())
                    .isCloseTo(stock.get("loss").asDouble(), within(2e-6));
            assertThat(found.get("perplexity").asDouble()).isEqualTo(Math.exp(found.get("loss").asDouble()));
            assertThat(found.get("accuracy").asDouble()).isEqualTo(stock.get("accuracy").asDouble());
            assertThat(found.get("answers").asLong()).isEqualTo(stock.get("answers").asLong());
            assertThat(found.get("texts_left_out").asInt()).isEqualTo(1);
        }
    }

    @Test
    void overlappingWindowsCountEachTokenOnce() throws IOException {
        String ids = file("ids.json", "[[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]]");
        for (String stride : new String[] {"1", "3", "5"}) {
            assertThat(Ran.command("evaluate", stock("llama"), "--data", ids, "--window", "5", "--stride", stride,
                    "--json").document().get("answers").asLong()).isEqualTo(13);
        }
        JsonNode first = Ran.command("evaluate", stock("llama"), "--data", ids, "--window", "5", "--most", "1",
                "--json").document();
        assertThat(first.get("examples").asInt()).isEqualTo(1);
        assertThat(first.get("answers").asInt()).isEqualTo(5);
        assertThat(first.get("stride").asInt()).isEqualTo(5);
    }

    @Test
    void textIsTokenisedByTheModelsTokenizer() throws IOException {
        Path model = directory.resolve("model");
        Files.createDirectory(model);
        for (String name : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(Path.of(stock("llama"), name), model.resolve(name));
        }
        String text = file("text.txt", "the cat ".repeat(50));
        Ran.command("evaluate", model.toString(), "--data", text).failedWith(1, "has no tokenizer.json");
        Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
        Ran ran = Ran.command("evaluate", model.toString(), "--data", text);
        assertThat(ran.code()).as(ran.err()).isZero();
        // As long as the model is made for: 64 positions.
        assertThat(ran.out()).startsWith("Loss ").contains("over 99 tokens.")
                .contains("text.txt: 2 windows of 64 tokens, stride 64");
        Ran.command("evaluate", model.toString(), "--data", file("large.txt", "the large cat"), "--window", "2")
                .failedWith(1, "large.txt has token 40 in text 0 but the model's vocabulary has 40 tokens");
    }

    @Test
    void halfOfTheExpertsIsTheModelThatUsesSoFewAndFallsBackWhereItIsNotSure() throws IOException {
        Path one = Files.createDirectory(directory.resolve("one"));
        Files.copy(Path.of(stock("mixtral"), "model.safetensors"), one.resolve("model.safetensors"));
        Files.writeString(one.resolve("config.json"), Files.readString(Path.of(stock("mixtral"), "config.json"))
                .replace("\"num_experts_per_tok\": 2", "\"num_experts_per_tok\": 1"));
        String ids = file("ids.json", "[[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]]");
        String[] data = {"--data", ids, "--window", "5", "--json"};
        JsonNode expected = Ran.command(with(data, "evaluate", one.toString())).document();
        JsonNode little = Ran.command(with(data, "evaluate", stock("mixtral"), "--little")).document();
        assertThat(little.get("loss").asDouble()).isEqualTo(expected.get("loss").asDouble());
        assertThat(little.get("experts").asText()).isEqualTo("half");
        JsonNode whole = Ran.command(with(data, "evaluate", stock("mixtral"))).document();
        JsonNode fallen = Ran.command(
                with(data, "evaluate", stock("mixtral"), "--little", "--fallback", "1")).document();
        assertThat(fallen.get("loss").asDouble()).isEqualTo(whole.get("loss").asDouble());
        assertThat(fallen.get("fallback_share").asDouble()).isEqualTo(1);
        assertThat(whole.has("experts") || little.has("fallback_share")).isFalse();

        Ran.command("evaluate", stock("mixtral"), "--data", ids, "--window", "5", "--fallback", "0.5")
                .failedWith(2, "give --little too");
        Ran.command("evaluate", stock("mixtral"), "--data", ids, "--window", "5", "--little", "--fallback", "2")
                .failedWith(2, "give a number from 0 to 1");
        Ran.command("evaluate", stock("llama"), "--data", ids, "--window", "5", "--little")
                .failedWith(2, "no layers of experts");
        Ran.command("evaluate", one.toString(), "--data", ids, "--window", "5", "--little")
                .failedWith(2, "of which there is no half");
    }

    private static String[] with(String[] data, String... first) {
        return Stream.concat(Stream.of(first), Stream.of(data)).toArray(String[]::new);
    }

    @Test
    void imagesAreThoseOfTheTestSplit() throws IOException {
        VitConfig config = new VitConfig(new ImageSize(1, 28, 28), 14, 8, 2, 1, 6, 10, Optional.empty());
        Vit network = VitFamily.network(config);
        String place = directory.resolve("vit").toString();
        try (Scope scope = Scope.open()) {
            Parameters model = network.initialise(Random.seeded(2));
            Checkpoint.write(Path.of(place), config.toJson(), model, Map.of());
            ImageData data = ImageSources.find("fashion-mnist-subset", Optional.empty()).load();
            ImageExamples images = new ImageExamples(data.test(), Standardisation.of(data.train()));
            EvaluationSet.Score expected = new EvaluationSet(0, images.inOrder(512)).score(network, model);
            JsonNode found = Ran.command(
                    "evaluate", place, "--data", "fashion-mnist-subset", "--json").document();
            assertThat(found.get("loss").asDouble()).isCloseTo(expected.loss(), within(1e-6));
            assertThat(found.get("accuracy").asDouble()).isEqualTo(expected.accuracy());
            assertThat(found.get("answers").asInt()).isEqualTo(images.size());
            assertThat(found.get("counted").asText()).isEqualTo("images");
            assertThat(found.has("perplexity") || found.has("window")).isFalse();
        }
        Path logits = directory.resolve("logits.npy");
        JsonNode some = Ran.command("evaluate", place, "--data", "fashion-mnist-subset", "--most", "7", "--logits",
                logits.toString(), "--json").document();
        assertThat(some.get("computed_in").asText()).isEqualTo("float64");
        assertThat(some.get("logits").asText()).isEqualTo(logits.toString());
        assertThat(Files.size(logits)).isEqualTo(128 + 7 * 10 * 8);
        Ran.command("evaluate", place, "--data", "fashion-mnist-subset", "--logits", logits.toString())
                .failedWith(1, "logits.npy exists already");
    }

    @Test
    void whatCannotBeMeasuredIsSaidInOneSentence() throws IOException {
        String ids = file("ids.json", "[[1, 2, 3, 4, 5, 6]]");
        String gpt2 = stock("gpt2");
        Ran.command("evaluate", gpt2, "--data", ids)
                .failedWith(1, "is too short for one window: its longest text has 6 tokens", "a window of 32 takes 33");
        Ran.command("evaluate", gpt2, "--data", ids, "--window", "33")
                .failedWith(2, "window is 33, but " + gpt2 + " has learned positions for texts of 32 tokens");
        Ran.command("evaluate", gpt2, "--data", ids, "--window", "4", "--stride", "5")
                .failedWith(2, "stride is 5, expected 1 to the window of 4 tokens");
        Ran.command("evaluate", gpt2, "--data", ids, "--window", "4", "--most", "0").failedWith(2, "--most is 0");
        Ran.command("evaluate", gpt2, "--data", file("far.json", "[[1, 2, 999]]"), "--window", "2")
                .failedWith(1, "far.json has token 999 in text 0");
        Ran.command("evaluate", gpt2).failedWith(2, "--data");
        Ran.command("evaluate", stock("bert"), "--data", ids).failedWith(1, "bert has no loss that could be measured");
        Ran.command("evaluate", stock("gpt2-body"), "--data", ids).failedWith(1, "it has no head");
    }
}
