package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** {@code merge} on directories and configuration files. */
class MergeCommandTest {
    @TempDir
    private Path directory;

    private static ObjectNode llama() throws IOException {
        return (ObjectNode) JsonMapper.builder().build().readTree("""
                {"model_type": "llama", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 10, "rms_norm_eps": 1e-5}
                """);
    }

    private static ObjectNode mixtral() throws IOException {
        return llama().put("model_type", "mixtral").put("num_local_experts", 4).put("num_experts_per_tok", 2);
    }

    private String write(String name, ObjectNode config, long seed) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, config, SmallDecoders.of(config).initialise(Random.seeded(seed)), Map.of());
        }
        return place.toString();
    }

    private String out() {
        return directory.resolve("out").toString();
    }

    private String file(String text) throws IOException {
        return Files.writeString(directory.resolve("merge.yml"), text).toString();
    }

    private String tokens() throws IOException {
        return Files.writeString(directory.resolve("tokens.json"),
                "[[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 3, 5, 7, 9, 11]]").toString();
    }

    @Test
    void theShortFormAlignsAndHasTheKeysThatScriptsRelyOn() throws IOException {
        String a = write("a", llama(), 1);
        String b = write("b", llama(), 2);

        Ran ran = Ran.command("merge", a, b, "--method", "linear", "--weights", "0.5,0.5", "--out", out(),
                "--evaluate", tokens(), "--window", "4", "--json");

        assertThat(ran.code()).as(ran.err()).isZero();
        JsonNode found = ran.document();
        assertThat(found.get("out").asText()).isEqualTo(out());
        assertThat(found.get("method").asText()).isEqualTo("linear");
        assertThat(found.get("verified").booleanValue()).isTrue();
        assertThat(found.get("aligned").booleanValue()).isTrue();
        assertThat(found.get("sources")).hasSize(2);
        assertThat(found.at("/sources/1/distance_after").doubleValue())
                .isLessThan(found.at("/sources/1/distance_before").doubleValue());
        assertThat(found.at("/sources/0/sha256/model.safetensors").asText()).hasSize(64);
        assertThat(found.get("scores").fieldNames()).toIterable()
                .containsExactly("a", "b", "merged without alignment", "merged");
        assertThat(found.get("seconds").doubleValue()).isPositive();
        assertThat(found.has("peak_resident_bytes")).isTrue();
    }

    @Test
    void aFileThatDoesNotNameAlignmentMeansWhatItMeant() throws IOException {
        write("a", llama(), 1);
        write("b", llama(), 2);
        String config = file("merge_method: linear\nmodels:\n- model: a\n- model: b\nparameters: {weight: 1}\n");

        Ran ran = Ran.command("merge", config, "--out", out(), "--json");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.document().get("aligned").booleanValue()).isFalse();
        Ran aligned = Ran.command("merge", config, "--out", directory.resolve("aligned").toString(), "--align", "auto",
                "--json");
        assertThat(aligned.document().get("aligned").booleanValue()).isTrue();
    }

    @Test
    void modelsAreFoundByNameAndBelowARoot() throws IOException {
        write("hub/first", llama(), 1);
        String second = write("elsewhere", llama(), 2);
        Files.createDirectories(directory.resolve("configs"));
        String config = Files.writeString(directory.resolve("configs/merge.yml"), "merge_method: linear\nmodels:\n"
                + "- model: owner/first\n- model: owner/second\nparameters: {weight: 1}\n").toString();

        Ran ran = Ran.command("merge", config, "--out", out(), "--model-root", directory.resolve("hub").toString(),
                "--models", "owner/second=" + second, "--json");
        Ran missing = Ran.command("merge", config, "--out", out() + "2", "--models", "owner/second=" + second);

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(missing.code()).isOne();
        assertThat(missing.err()).contains("owner/first", "--models", "nothing is downloaded");
    }

    @Test
    void laterMergesOfAFileUseEarlierOnes() throws IOException {
        write("a", llama(), 1);
        write("b", llama(), 2);
        String config = file("""
                name: half
                merge_method: linear
                models:
                - model: a
                - model: b
                parameters: {weight: 1}
                ---
                merge_method: linear
                models:
                - model: half
                - model: a
                parameters: {weight: 1}
                """);

        Ran without = Ran.command("merge", config, "--out", out());
        Ran ran = Ran.command("merge", config, "--out", out(), "--intermediate", directory.resolve("parts").toString());

        assertThat(without.code()).isEqualTo(2);
        assertThat(without.err()).contains("--intermediate");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(directory.resolve("parts/half/config.json")).exists();
    }

    @Test
    void routersOfAMergeAreComparedAndRecalibrated() throws IOException {
        String a = write("a", mixtral(), 1);
        String b = write("b", mixtral(), 2);

        Ran ran = Ran.command("merge", a, b, "--method", "linear", "--weights", "1,1", "--out", out(), "--align",
                "none", "--evaluate", tokens(), "--window", "4", "--recalibrate-routers", "--json");

        assertThat(ran.code()).as(ran.err()).isZero();
        JsonNode routers = ran.document().get("routers");
        assertThat(routers.fieldNames()).toIterable().containsExactly("a", "b");
        assertThat(routers.at("/a/overlap")).hasSize(2);
        assertThat(routers.at("/a/overlap_recalibrated").elements()).toIterable()
                .allMatch(overlap -> overlap.doubleValue() >= 0 && overlap.doubleValue() <= 1);
        assertThat(ran.document().get("scores").has("merged, routers not recalibrated")).isTrue();
    }

    @Test
    void routersAreFittedToModelsByTheirWeights() throws IOException {
        String a = write("a", mixtral(), 1);
        String b = write("b", mixtral(), 2);

        Ran ran = Ran.command("merge", a, b, "--method", "linear", "--weights", "1,0", "--out", out(), "--align",
                "none", "--evaluate", tokens(), "--window", "4", "--recalibrate-routers", "--json");

        assertThat(ran.code()).as(ran.err()).isZero();
        JsonNode routers = ran.document().get("routers");
        assertThat(routers.at("/a/overlap_recalibrated").elements()).toIterable()
                .allMatch(overlap -> overlap.doubleValue() == 1);
        assertThat(routers.at("/b/overlap_recalibrated").elements()).toIterable()
                .anyMatch(overlap -> overlap.doubleValue() < 1);
    }

    @Test
    void routersThatAreNotThereCannotBeRecalibrated() throws IOException {
        String a = write("a", llama(), 1);

        Ran ran = Ran.command("merge", a, write("b", llama(), 2), "--method", "linear", "--weights", "1,1", "--out",
                out(), "--align", "none", "--evaluate", tokens(), "--window", "4", "--recalibrate-routers");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("no routers");
        assertThat(Path.of(out())).doesNotExist();
    }

    @Test
    void doubtsOfAFileAreWarningsAndRefusalsWhereItIsReadStrictly() throws IOException {
        write("a", llama(), 1);
        write("b", llama(), 2);
        String config = file("merge_method: linear\nmodels:\n- model: a\n- model: b\n"
                + "parameters: {weight: 1, nomalize: true}\n");

        Ran ran = Ran.command("merge", config, "--out", out());
        Ran strict = Ran.command("merge", config, "--out", out() + "2", "--strict");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("nomalize", "normalize");
        assertThat(strict.code()).isEqualTo(2);
        assertThat(strict.err()).contains("nomalize", "normalize");
        assertThat(Path.of(out() + "2")).doesNotExist();
    }

    @Test
    void otherRotaryFrequenciesAreSaid() throws IOException {
        String a = write("a", llama().put("rope_theta", 100), 1);
        String b = write("b", llama().put("rope_theta", 200), 1);

        Ran ran = Ran.command("merge", a, b, "--method", "linear", "--weights", "1,1", "--out", out());

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("rope_theta");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "a b | no --method",
        "a b --method liner --weights 1,1 | linear",
        "a b --method slerp | --base",
        "a b --method linear | --weights",
        "a --method nuslerp --weights 1 | nuslerp",
        "a b --method linear --weights 1 | weights",
        "a b --method linear --weights 1,1 --align learned | --align-data",
        "a b --method linear --weights 1,1 --recalibrate-routers | data",
        "a b --method linear --weights 1,1 --max-shard-size 0 | --max-shard-size",
        "a b --method linear --weights 1,1 --max-shard-size huge | --max-shard-size is 'huge'",
        "a b --method linear --weights 1,1 --vocabulary every | --vocabulary",
        "a b --method linear --weights 1,1 --align-data x.txt | --align-data"})
    void wrongUseIsOneSentence(String arguments, String named) throws IOException {
        write("a", llama(), 1);
        write("b", llama(), 2);
        String[] given = ("merge " + arguments + " --out " + out()).split(" ");
        for (int i = 0; i < given.length; i++) {
            given[i] = given[i].matches("[ab]") ? directory.resolve(given[i]).toString() : given[i];
        }

        Ran ran = Ran.command(given);

        assertThat(ran.code()).as(ran.err() + ran.out()).isEqualTo(2);
        assertThat(ran.err()).contains(named);
        assertThat(Path.of(out())).doesNotExist();
    }

    @Test
    void weightsThatCancelAreRefusedAndNothingIsLeft() throws IOException {
        String a = write("a", llama(), 1);
        String b = write("b", llama(), 2);

        Ran ran = Ran.command("merge", a, b, "--method", "linear", "--weights", "1,-1", "--out", out());

        assertThat(ran.code()).isBetween(1, 2);
        assertThat(ran.err()).contains("0");
        assertThat(Path.of(out())).doesNotExist();
    }
}
