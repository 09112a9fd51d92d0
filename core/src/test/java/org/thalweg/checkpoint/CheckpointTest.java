package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class CheckpointTest {
    private static final Path PUBLISHED = Path.of("src/test/resources/org/thalweg/published");
    private static final Path STORIES = PUBLISHED.resolve("stories260k");

    @TempDir
    private Path parent;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Path directory = parent.resolve("model");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory, config(), model(), Map.of("tool", "thalweg 1", "seed", "3"));
            Checkpoint read = Checkpoint.open(directory);
            assertThat(read.config()).isEqualTo(config());
            assertThat(read.metadata()).isEqualTo(Map.of("format", "pt", "tool", "thalweg 1", "seed", "3"));
            assertThat(read.tensors().get("b")).isEqualTo(new TensorLayout(ElementType.F32, new long[] {2, 3}));
            assertThat(read.load().names()).containsExactly("a", "b", "c");
            assertThat(read.load().get("b").toDoubles()).containsExactly(1, 1, 1, 1, 1, 1);
            assertThat(read.load("c"::equals).names()).containsExactly("c");
            assertThat(read.sharding()).isEqualTo(new Sharding.OneFile());
        }
        assertThat(names(directory)).containsExactly("config.json", "model.safetensors");
        assertThat(directory.resolve("config.json"))
                .hasContent("{\n  \"model_type\" : \"vit\",\n  \"eps\" : 1.0E-12\n}");
        assertThat(names(parent)).containsExactly("model");
    }

    @Test
    void loadedTensorsOutliveTheReadingAndNeedNoScope() {
        Path directory = parent.resolve("model");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory, config(), model(), Map.of());
        }
        Parameters loaded = Checkpoint.open(directory).load();
        assertThat(loaded.get("a").toDoubles()).containsExactly(0, 0, 0, 0);
        loaded.close();
    }

    @Test
    void shardsAreFilledInOrderAndReadAsOneModel() throws IOException {
        Path directory = parent.resolve("model");
        try (Scope scope = Scope.open()) {
            CheckpointContent content = CheckpointContent.of(config(), model(), Map.of());
            CheckpointWriter.write(
                    directory, content, CheckpointOptions.defaults().with(new Sharding.UpTo(40)));
            assertThat(names(directory)).containsExactly("config.json", "model-00001-of-00002.safetensors",
                    "model-00002-of-00002.safetensors", "model.safetensors.index.json");
            assertThat(directory.resolve("model.safetensors.index.json")).hasContent("""
                    {
                      "metadata" : {
                        "total_size" : 60
                      },
                      "weight_map" : {
                        "a" : "model-00001-of-00002.safetensors",
                        "b" : "model-00001-of-00002.safetensors",
                        "c" : "model-00002-of-00002.safetensors"
                      }
                    }
                    """);
            Checkpoint read = Checkpoint.open(directory);
            assertThat(read.load().get("c").toDoubles()).hasSize(5);
            Path again = parent.resolve("again");
            CheckpointWriter.write(again, content, CheckpointOptions.defaults().with(read.sharding()));
            for (String name : names(directory)) {
                assertThat(again.resolve(name)).hasSameBinaryContentAs(directory.resolve(name));
            }
            CheckpointWriter.write(parent.resolve("one"), content,
                    CheckpointOptions.defaults().with(new Sharding.UpTo(60)));
            assertThat(names(parent.resolve("one"))).containsExactly("config.json", "model.safetensors");
        }
    }

    @Test
    void anExistingDirectoryIsReplacedOnlyWhenAsked() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("model"));
        Files.writeString(directory.resolve("mine.txt"), "keep");
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> Checkpoint.write(directory, config(), model(), Map.of()))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage(directory + " exists already; choose another place or ask for it to be overwritten.");
            assertThat(directory.resolve("mine.txt")).hasContent("keep");
            CheckpointContent content = CheckpointContent.of(config(), model(), Map.of());
            CheckpointOptions overwriting = CheckpointOptions.defaults().overwriting();
            assertThatThrownBy(() -> CheckpointWriter.write(directory, content, overwriting))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage(directory + " holds 'mine.txt' and no model, so it is not overwritten; choose another "
                            + "place.");
            assertThat(directory.resolve("mine.txt")).hasContent("keep");
            Files.delete(directory.resolve("mine.txt"));
            CheckpointWriter.write(directory, content, overwriting);
            CheckpointWriter.write(directory, content, overwriting);
        }
        assertThat(names(directory)).containsExactly("config.json", "model.safetensors");
        assertThat(names(parent)).containsExactly("model");
    }

    @Test
    void companionsGoWithTheModelAndReplaceNothing() throws IOException {
        Path tokenizer = Files.writeString(parent.resolve("tokenizer.json"), "{}");
        Path config = Files.writeString(parent.resolve("config.json"), "{}");
        try (Scope scope = Scope.open()) {
            CheckpointContent content = CheckpointContent.of(config(), model(), Map.of());
            CheckpointWriter.write(parent.resolve("m"), content,
                    CheckpointOptions.defaults().withCompanions(Map.of("tokenizer.json", tokenizer)));
            assertThat(Checkpoint.open(parent.resolve("m")).companions().files()).containsExactly(
                    Map.entry("tokenizer.json", parent.resolve("m").resolve("tokenizer.json")));
            assertThatThrownBy(() -> CheckpointWriter.write(parent.resolve("n"), content,
                            CheckpointOptions.defaults().withCompanions(Map.of("config.json", config))))
                    .hasMessage("cannot copy " + config + " into the checkpoint: it has a file of that name already; "
                            + "leave it out.");
        }
        assertThat(names(parent)).containsExactly("config.json", "m", "tokenizer.json");
    }

    @Test
    void saysWhatADirectoryLacks() throws IOException {
        assertThatThrownBy(() -> Checkpoint.open(parent.resolve("no")))
                .hasMessage("there is no directory " + parent.resolve("no") + "; check the path.");
        assertThatThrownBy(() -> Checkpoint.open(parent)).hasMessage(
                parent + " has no config.json, so it is no Hugging Face checkpoint; check the path.");
        Path config = Files.writeString(parent.resolve("config.json"), "[1]");
        assertThatThrownBy(() -> Checkpoint.open(parent))
                .hasMessage(config + " holds no JSON object; copy or download it again.");
        for (String broken : List.of("", "{\"a\":1,\"a\":2}", "{} {}", "{\"a\":", "{\"a\":" + "[".repeat(100_000))) {
            Files.writeString(config, broken);
            assertThatThrownBy(() -> Checkpoint.open(parent))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageStartingWith(config + " ");
        }
        Files.writeString(config, "{\"a\":[" + "[],".repeat(3_000_000) + "1]}");
        assertThatThrownBy(() -> Checkpoint.open(parent)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("longer than");
        Files.writeString(config, "{}");
        assertThatThrownBy(() -> Checkpoint.open(parent)).hasMessage(parent + " has neither model.safetensors nor "
                + "model.safetensors.index.json; a checkpoint in another format must be converted to safetensors "
                + "first.");
    }

    @Test
    void configurationsAsPythonWritesThemSurvive() throws IOException {
        String python = "{\"limit\": [0.0, Infinity], \"eps\": 1e-05, \"n\": 1, \"none\": null, "
                + "\"deep\": {\"é\": [true]}}";
        Path file = Files.writeString(parent.resolve("config.json"), python);
        ObjectNode read = BoundedJson.readObject(file);
        Path again = Files.write(parent.resolve("again.json"), BoundedJson.write(read));
        assertThat(BoundedJson.readObject(again)).isEqualTo(read);
        assertThat(again).content().contains(" Infinity").contains("1.0E-5").contains("é");
    }

    @Test
    void namesShardsAndTensorsThatDoNotFitTheIndex() throws IOException {
        Files.writeString(parent.resolve("config.json"), "{}");
        Path index = parent.resolve("model.safetensors.index.json");
        try (Scope scope = Scope.open()) {
            SafetensorsWriter.write(parent.resolve("s1.safetensors"), Map.of(), model());
        }
        index(index, "a:s1 b:s1 c:s2 d:s3");
        assertThatThrownBy(() -> Checkpoint.open(parent)).hasMessage(parent + " lacks 2 of 3 shards its index names: "
                + "'s2.safetensors', 's3.safetensors'; download them.");
        index(index, "a:s1 b:s1 c:s1 d:s1");
        assertThatThrownBy(() -> Checkpoint.open(parent)).hasMessage(index + " names tensors that their shards do not "
                + "hold: 'd'; download index and shards from the same place.");
        index(index, "a:s1 b:s1");
        assertThatThrownBy(() -> Checkpoint.open(parent)).hasMessage(index + " does not name, or places elsewhere, "
                + "tensors that its shards hold: 'c'; download index and shards from the same place.");
        Files.copy(parent.resolve("s1.safetensors"), parent.resolve("s2.safetensors"));
        index(index, "a:s1 b:s1 c:s2");
        assertThatThrownBy(() -> Checkpoint.open(parent)).hasMessage("tensor 'a' is in two files of " + parent
                + ", s1.safetensors and s2.safetensors; download the checkpoint again.");
        Files.writeString(index, "{}");
        assertThatThrownBy(() -> Checkpoint.open(parent))
                .hasMessage(index + " has no object 'weight_map'; copy or download it again.");
    }

    @Test
    void shardsNeverLeadOutOfTheDirectory() throws IOException {
        Path index = parent.resolve("model.safetensors.index.json");
        for (String name : List.of("../x", "/etc/x", "a/b", "a\\b", "..", "", ".hidden", "C:x", "a\nb", "a\u0000b",
                "a\ud800b")) {
            String shard = name + ".safetensors";
            ObjectNode root = JsonNodeFactory.instance.objectNode();
            root.putObject("weight_map").put("a", shard);
            Files.writeString(index, root.toString().replace("\ud800", "\\ud800"));
            assertThatThrownBy(() -> ShardIndex.read(index))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage(index + " names the shard " + Shown.name(shard)
                            + ", which is no plain file name ending in .safetensors; do not use this checkpoint.");
        }
    }

    @Test
    void findsTheFirstNumberThatIsNotFinite() {
        for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
            for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
                Path directory = parent.resolve(dtype + "" + bad);
                try (Scope scope = Scope.open()) {
                    Map<String, Tensor> tensors = new LinkedHashMap<>();
                    tensors.put("good", Tensor.of(new double[] {1, -60000}, 2).to(dtype));
                    tensors.put("w", Tensor.of(new double[] {0, 1, 2, 3, bad, bad}, 2, 3).to(dtype));
                    Parameters parameters = Parameters.of(tensors);
                    Checkpoint.write(directory, config(), parameters, Map.of());
                    String what = " has a NaN or infinite number in tensor 'w' at [1, 1]; use a checkpoint from before "
                            + "the model diverged.";
                    assertThatThrownBy(() -> Checkpoint.requireFinite("replica 2", parameters))
                            .hasMessage("replica 2" + what);
                    assertThatThrownBy(() -> Checkpoint.open(directory).requireFinite())
                            .hasMessage(directory.resolve("model.safetensors") + what);
                    Checkpoint.requireFinite("replica 2", parameters.filter("good"::equals));
                }
            }
        }
    }

    @Test
    void opensAPublishedModel() {
        Checkpoint checkpoint = Checkpoint.open(STORIES);
        long width = checkpoint.config().path("hidden_size").longValue();
        long vocabulary = checkpoint.config().path("vocab_size").longValue();
        assertThat(checkpoint.tensors().get("model.embed_tokens.weight").shape()).containsExactly(vocabulary, width);
        assertThat(checkpoint.tensors()).hasSize(5 * 9 + 2);
        checkpoint.requireFinite();
        try (Scope scope = Scope.open()) {
            assertThat(checkpoint.load().elements()).isEqualTo(260_032);
            Path copy = parent.resolve("copy");
            Checkpoint.write(copy, checkpoint.config(), checkpoint.load(), Map.of());
            assertThat(copy.resolve("model.safetensors"))
                    .hasSameBinaryContentAs(STORIES.resolve("model.safetensors"));
        }
    }

    @Test
    void readsAPublishedIndex() {
        ShardIndex mixtral = ShardIndex.read(PUBLISHED.resolve("mixtral-8x22b.index.json"));
        assertThat(mixtral.shardOf()).hasSize(1739);
        assertThat(mixtral.shards()).hasSize(59);
    }

    private static void index(Path file, String shardOf) throws IOException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode map = root.putObject("weight_map");
        for (String pair : shardOf.split(" ")) {
            map.put(pair.substring(0, 1), pair.substring(2) + ".safetensors");
        }
        Files.writeString(file, root.toString());
    }

    private static ObjectNode config() {
        return JsonNodeFactory.instance.objectNode().put("model_type", "vit")
                .put("eps", 1e-12);
    }

    private static Parameters model() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("a", Tensor.zeros(DType.FLOAT32, 4));
        tensors.put("b", Tensor.ones(DType.FLOAT32, 2, 3));
        tensors.put("c", Tensor.ones(DType.INT32, 5));
        return Parameters.of(tensors);
    }

    private static List<String> names(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
