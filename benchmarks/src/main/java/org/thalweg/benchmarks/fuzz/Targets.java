package org.thalweg.benchmarks.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.thalweg.benchmarks.fuzz.Seed.Format;
import org.thalweg.connectivity.CurveFile;
import org.thalweg.data.TextFiles;
import org.thalweg.data.TextSets;
import org.thalweg.data.TokenIds;
import org.thalweg.data.Tokenizer;
import org.thalweg.merging.config.LayerPosition;
import org.thalweg.merging.config.MergeFile;
import org.thalweg.scaling.RunsFile;
import org.thalweg.study.StudyReader;

/** Every reader of files that somebody else made. */
final class Targets {
    private static final int MOST_TEXT = 1 << 16;

    private Targets() {}

    /** All of them; only the tokenizer starts processes. */
    static List<Target> all() {
        return Stream.of(CheckpointTargets.all(), ImageTargets.all(), List.of(study(), merge(), curve(), runs(),
                tokens(), text(), labelled(), tokenizer())).flatMap(List::stream).toList();
    }

    private static Path put(Path folder, String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static Target study() {
        return new Target("study", StudyReader.BUILT_IN.stream()
                .map(name -> Seed.of(name, Format.YAML, StudyReader.builtIn(name))).toList(),
                (_, content, folder) -> StudyReader.read(put(folder, "study.yaml", content).toString()));
    }

    private static Target merge() {
        LayerPosition middle = LayerPosition.layer(1, 3);
        return new Target("merge", List.of(
                Seed.of("models", Format.YAML, """
                        name: first
                        merge_method: dare_ties
                        base_model: base
                        models:
                          - model: {model: {path: a, revision: main}}
                            parameters: &usual {weight: [0, .5, 1e0], density: 0.5}
                          - model: b
                            parameters:
                              <<: *usual
                              weight: [{filter: mlp, value: [0.1, 2]}, {value: 1}]
                        parameters: {normalize: yes, int8_mask: true, lambda: 1}
                        dtype: bfloat16
                        tokenizer: {source: union}
                        """),
                Seed.of("slices", Format.YAML, """
                        merge_method: slerp
                        base_model: a
                        slices:
                          - sources: [{model: a, layer_range: [0, 2]}, {model: b, layer_range: [1, 3]}]
                            parameters: {t: [0, 1]}
                          - sources: [{model: b, layer_range: [3, 4]}]
                        parameters: {t: {filter: '*', value: 0.5}}
                        tokenizer_source: base
                        chat_template: auto
                        align: weight
                        """),
                Seed.of("several", Format.LINES, "name: x\nmerge_method: karcher\nmodels: [{model: a}, {model: b}]\n"
                        + "---\nmerge_method: passthrough\nslices:\n- sources: [{model: x, layer_range: [0, 1]}]\n")),
                (_, content, folder) -> MergeFile.read(put(folder, "merge.yml", content))
                        .forEach(merge -> merge.slices().forEach(slice -> {
                            slice.layersOfBase(_ -> 4);
                            merge.values(slice).at("layers.1.mlp.up", middle);
                            merge.filtersWithoutTensor(List.of("layers.1.mlp.up"));
                        })));
    }

    private static Target curve() {
        return new Target("curve", List.of(
                Seed.of("both", Format.LINES, "t,loss,accuracy\n0,0.5,0.9\n0.25,0.75,0.8\n0.5,1.5,0.5\n1,0.25,0.875\n"),
                Seed.of("quoted", Format.LINES, "\"loss\", \"t\"\r\n1e0,0\r\n\"2.5\",0.5\r\n\r\n-3,1\r\n")),
                (_, content, folder) -> CurveFile.read(put(folder, "curve.csv", content)));
    }

    private static Target runs() {
        return new Target("runs", List.of(
                Seed.of("loss", Format.LINES, """
                        activation,granularity,compute,loss,seed
                        1,1,1e12,4.0,1
                        1,1,1e13,3.5,1
                        0.5,2,1e12,3.9,1
                        0.5,2,1e13,3.3,1
                        0.25,2,1e12,3.8,1
                        0.25,4,1e13,3.1,1
                        """),
                Seed.of("leverage", Format.LINES, "leverage,activation,granularity,compute\n1.5,0.5,2,1e12\n")),
                (_, content, folder) -> RunsFile.read(put(folder, "runs.csv", content)));
    }

    private static Target tokens() {
        return new Target("tokens", List.of(
                Seed.of("ids", Format.JSON, "[[1, 403], [1, 9, 2147483647], [], [0]]")),
                (_, content, folder) -> TokenIds.read(put(folder, "tokens.json", content)));
    }

    private static Target text() {
        return new Target("text", List.of(
                Seed.of("lines", Format.LINES, "One line.\nÄ second line, 模型 and 😀.\n")),
                (_, content, folder) -> TextFiles.read(put(folder, "text.txt", content), MOST_TEXT));
    }

    private static Target labelled() {
        return new Target("labelled", List.of(
                Seed.of("rows", Format.LINES, "\"1\",\"Rain, \"\"again\"\"\",\"All\nday\"\n2,Sun,Ä\n"),
                new Seed("reviews", Format.BYTES, reviews())),
                (variant, content, folder) -> TextSets.in("set",
                        put(folder, variant.equals("rows") ? "rows.csv" : "reviews.zip", content), false));
    }

    private static byte[] reviews() {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(packed)) {
            for (String name : List.of("reviews/neg/a.txt", "reviews/pos/a.txt", "reviews/README")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write("It was a film, and it was long.\n".getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    private static Target tokenizer() {
        String added = "\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[{\"id\":0,"
                + "\"content\":\"<s>\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,"
                + "\"special\":true}],";
        return new Target("tokenizer", List.of(
                Seed.of("words", Format.JSON, "{" + added + "\"normalizer\":{\"type\":\"Lowercase\"},\"pre_tokenizer\":"
                        + "{\"type\":\"Whitespace\"},\"post_processor\":null,\"decoder\":null,\"model\":{\"type\":"
                        + "\"WordLevel\",\"unk_token\":\"<s>\",\"vocab\":{\"<s>\":0,\"the\":1,\"cat\":2}}}"),
                Seed.of("pairs", Format.JSON, "{" + added + "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":"
                        + "[{\"type\":\"NFC\"},"
                        + "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a+\"},\"content\":\"a\"}]},"
                        + "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,"
                        + "\"use_regex\":true},\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":"
                        + "[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}},"
                        + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],"
                        + "\"pair\":[],\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[0],\"tokens\":[\"<s>\"]}}},"
                        + "\"decoder\":null,\"model\":{\"type\":\"BPE\",\"dropout\":null,"
                        + "\"unk_token\":null,\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,"
                        + "\"fuse_unk\":false,\"byte_fallback\":false,\"vocab\":{\"<s>\":0,\"t\":1,\"h\":2,\"e\":3,"
                        + "\"th\":4,\"the\":5},\"merges\":[\"t h\",\"th e\"]}}"),
                Seed.of("unigrams", Format.JSON, "{" + added + "\"normalizer\":null,\"pre_tokenizer\":{\"type\":"
                        + "\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":\"always\"},\"post_processor\":null,"
                        + "\"decoder\":null,\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":"
                        + "[[\"<s>\",0.0],[\"the\",-1.5],[\"_\",-2.0],[\"c\",-3.0]],\"byte_fallback\":false}}")),
                (_, content, folder) -> {
                    try (Tokenizer tokenizer = Tokenizer.ofFile(put(folder, "tokenizer.json", content))) {
                        tokenizer.encode("the cat sat aaa");
                        tokenizer.encode("Ä 模型 😀\n<s> ");
                    }
                });
    }
}
