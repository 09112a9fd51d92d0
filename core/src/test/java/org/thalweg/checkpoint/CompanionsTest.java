package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Which files go with a model, and which directories may be replaced by another. */
class CompanionsTest {
    @TempDir
    private Path parent;

    private Path model;

    @BeforeEach
    void write() {
        model = parent.resolve("model");
        write(model);
    }

    private static CheckpointContent content() {
        return CheckpointContent.of(JsonNodeFactory.instance.objectNode().put("model_type", "vit"),
                Parameters.of(Map.of("a", Tensor.ones(DType.FLOAT32, 2))), Map.of());
    }

    private static void write(Path place) {
        try (Scope scope = Scope.open()) {
            CheckpointWriter.write(place, content(), CheckpointOptions.defaults());
        }
    }

    private static void overwrite(Path place) {
        try (Scope scope = Scope.open()) {
            CheckpointWriter.write(place, content(), CheckpointOptions.defaults().overwriting());
        }
    }

    private Path add(String path, String text) throws IOException {
        Path file = model.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Companions companions() {
        return Checkpoint.open(model).companions();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer.json", "tokenizer_config.json", "tokenizer.model", "tokenizer.model.v3",
        "tokenizer.4.0.0.json", "vocab.json", "vocab.txt", "vocab-src.json", "target_vocab.json", "entity_vocab.json",
        "merges.txt", "bpe.codes", "spiece.model", "sentencepiece.bpe.model", "spm_char.model", "source.spm",
        "dict.txt",
        "prophetnet.tokenizer", "qwen.tiktoken", "tekken.json", "special_tokens_map.json", "added_tokens.json",
        "word_shape.json", "byte_maps.json", "normalizer.json", "emoji.json", "chat_template.jinja",
        "chat_template.json",
        "additional_chat_templates/tool_use.jinja", "qformer_tokenizer/tokenizer.json", "generation_config.json",
        "preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json", "README.md",
        "README_zh-CN.md", "LICENSE", "LICENSE.txt", "LICENSE-MODEL", "Notice", "NOTICE.txt", "USE_POLICY.md",
        ".gitattributes", "modules.json", "1_Pooling/config.json"})
    void whatAStockTokenizerOrProcessorReadsGoesWithTheModel(String name) throws IOException {
        Path file = add(name, "{}");
        assertThat(companions().files()).containsExactly(Map.entry(name, file));
        overwrite(model);
    }

    @ParameterizedTest
    @ValueSource(strings = {"thesis.tex", "thesis.md", "notes.txt", "train.py", "results.json", "data.csv", "plot.png",
        "src/main.py", "config.json.bak", "tokenizer", "license_of_my_car.docx.zip.old.tar.gz"})
    void aUsersOwnFilesAreNoCompanionsAndInTheWay(String name) throws IOException {
        Path file = add(name, "mine");
        assertThat(companions().files()).isEmpty();
        assertThat(companions().leftOut()).containsExactly(
                Map.entry(name, "not a file that is known to go with a model"));
        assertThatThrownBy(() -> overwrite(model)).isInstanceOf(WorkFailure.class)
                .hasMessage(model + " holds '" + name + "', which is no part of its model, so it is not overwritten; "
                        + "move that elsewhere or choose another place.");
        assertThat(file).hasContent("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "other.safetensors", ".git/config", ".secret", "original/params.pth"})
    void otherWeightsAndHiddenFilesAreInTheWayToo(String name) throws IOException {
        Path file = add(name, "mine");
        assertThat(companions().files()).isEmpty();
        assertThatThrownBy(() -> overwrite(model)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("holds '" + name.split("/")[0] + "'").hasMessageContaining("not overwritten");
        assertThat(file).hasContent("mine");
    }

    @Test
    void onlyAModelThatOpensIsReplaced() throws IOException {
        Path project = Files.createDirectory(parent.resolve("project"));
        Files.writeString(project.resolve("config.json"), "{\"name\": \"thesis\"}");
        Files.writeString(project.resolve("thesis.tex"), "mine");
        assertThatThrownBy(() -> overwrite(project)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(project + " holds 'thesis.tex' and no whole model (" + project)
                .hasMessageEndingWith("so it is not overwritten; choose another place, or delete it if it is not "
                        + "needed.");
        assertThat(project.resolve("thesis.tex")).hasContent("mine");
        Files.write(model.resolve("model.safetensors"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> overwrite(model)).hasMessageContaining("holds 'model.safetensors' and no whole model");
        Path empty = Files.createDirectory(parent.resolve("empty"));
        overwrite(empty);
        assertThat(empty.resolve("config.json")).exists();
    }

    @Test
    void picturesGoWithTheCardThatNamesThem() throws IOException {
        add("README.md", "![curve](figures/loss.png) and <img src=\"https://x/resolve/main/logo.svg\"> my_logo.svg");
        add("figures/loss.png", "1");
        add("logo.svg", "2");
        add("go.svg", "3");
        add("figures/private.png", "4");
        assertThat(companions().files()).containsOnlyKeys("README.md", "figures/loss.png", "logo.svg");
        assertThat(companions().leftOut()).containsOnlyKeys("go.svg", "figures/private.png");
    }

    @Test
    void codeGoesAlongAsFarAsTheModelImportsIt() throws IOException {
        Files.writeString(model.resolve("config.json"), """
                {"model_type": "vit", "auto_map": {"AutoConfig": "configuration_own.OwnConfig",
                 "AutoModel": "someone/else--modeling_else.Else"}}""");
        add("tokenizer_config.json", "{\"auto_map\": {\"AutoTokenizer\": [\"tokens.Own\", null]}}");
        add("configuration_own.py", "from .shared import X\nimport numpy\nfrom .deep.part import Y\n");
        add("shared.py", "from . import tables, more\n");
        add("tables.py", "");
        add("deep/part.py", "");
        add("tokens.py", "");
        add("train.py", "");
        assertThat(companions().files()).containsOnlyKeys("tokenizer_config.json", "configuration_own.py", "shared.py",
                "tables.py", "deep/part.py", "tokens.py");
        assertThat(companions().leftOut()).containsOnlyKeys("train.py");
    }

    @Test
    void linksOfACacheAreFollowedAndNoOthersThatLeadOut() throws IOException {
        Path repository = parent.resolve("hub/models--a--b");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots/0123"));
        Files.createDirectories(repository.resolve("blobs"));
        Files.writeString(repository.resolve("blobs/token"), "{}");
        Files.writeString(repository.resolve("blobs/template"), "hi");
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.move(model.resolve(file), repository.resolve("blobs").resolve(file));
            Files.createSymbolicLink(snapshot.resolve(file), Path.of("../../blobs", file));
        }
        Files.createSymbolicLink(snapshot.resolve("tokenizer.json"), Path.of("../../blobs/token"));
        Files.createDirectory(snapshot.resolve("additional_chat_templates"));
        Files.createSymbolicLink(
                snapshot.resolve("additional_chat_templates/t.jinja"), Path.of("../../../blobs/template"));
        Path secret = Files.writeString(parent.resolve("secret"), "secret");
        Files.createSymbolicLink(snapshot.resolve("merges.txt"), secret);
        Files.createSymbolicLink(snapshot.resolve("vocab.json"), Path.of("../../../other/blobs/x"));
        Files.createSymbolicLink(snapshot.resolve("docs"), parent);
        Path given = Files.createSymbolicLink(parent.resolve("given"), snapshot);
        for (Path place : List.of(snapshot, given)) {
            Checkpoint opened = Checkpoint.open(place);
            assertThat(opened.tensors()).containsOnlyKeys("a");
            Companions found = opened.companions();
            assertThat(found.files()).containsOnlyKeys("additional_chat_templates/t.jinja", "tokenizer.json");
            assertThat(found.leftOut()).isEqualTo(Map.of("merges.txt", "a link that leads out of the directory",
                    "docs", "a link that leads out of the directory", "vocab.json", "a link that leads nowhere"));
        }
        Path copy = parent.resolve("copy");
        try (Scope scope = Scope.open()) {
            CheckpointWriter.write(copy, content(), CheckpointOptions.defaults()
                    .withCompanions(Checkpoint.open(snapshot).companions().files()));
        }
        for (String file : Set.of("tokenizer.json", "additional_chat_templates/t.jinja")) {
            assertThat(Files.isSymbolicLink(copy.resolve(file))).isFalse();
            assertThat(copy.resolve(file)).hasSameBinaryContentAs(snapshot.resolve(file));
        }
        assertThatThrownBy(() -> overwrite(snapshot)).isInstanceOf(WorkFailure.class);
    }

    @Test
    void aLinkWithinTheDirectoryIsFollowedButNeverReplaced() throws IOException {
        add("tokenizer.json", "{}");
        Files.createSymbolicLink(model.resolve("vocab.json"), Path.of("tokenizer.json"));
        assertThat(companions().files()).containsOnlyKeys("tokenizer.json", "vocab.json");
        assertThatThrownBy(() -> overwrite(model)).hasMessageContaining("holds 'vocab.json'");
    }

    @Test
    void foldersAreFollowedOnlySoFar() throws IOException {
        Path loop = Files.createDirectory(model.resolve("loop"));
        Files.createSymbolicLink(loop.resolve("again"), Path.of("../loop"));
        Files.createDirectory(model.resolve("many"));
        for (int i = 0; i < 1_001; i++) {
            Files.createFile(model.resolve("many/" + i + ".jinja"));
        }
        Path large = add("tokenizer.json", "");
        try (var channel = FileChannel.open(large, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), 600L << 20);
        }
        assertThat(companions().files()).isEmpty();
        assertThat(companions().leftOut()).containsEntry("many", "a folder of too many files")
                .containsEntry("tokenizer.json", "larger than 512 MiB").containsValue("too deep");
    }
}
