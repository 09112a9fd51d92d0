package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** {@code align} and {@code apply} on directories. */
class AlignCommandTest {
    private static final String OWN = """
            name: pair
            spaces:
              - {name: inputs, group: none}
              - {name: hidden, group: permutation}
            tensors:
              - {name: in, axes: [hidden, inputs]}
              - {name: out, axes: [inputs, hidden]}
            """;

    @TempDir
    private Path directory;

    private static ObjectNode mixtral() throws IOException {
        return (ObjectNode) JsonMapper.builder().build().readTree("""
                {"model_type": "mixtral", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 10, "rms_norm_eps": 1e-5,
                 "rope_theta": 100.0, "num_local_experts": 4, "num_experts_per_tok": 2}
                """);
    }

    private String mixtral(String name, long seed) throws IOException {
        try (Scope scope = Scope.open()) {
            return write(name, mixtral(), SmallDecoders.of(mixtral())
                    .initialise(Random.seeded(seed)));
        }
    }

    private String vit(String name, long seed) {
        VitConfig config = new VitConfig(new ImageSize(1, 4, 4), 2, 8, 2, 2, 6, 3, Optional.of(
                new VitConfig.MoeLayers(List.of(1),
                        new MoeConfig(4, new Gating.DeepSeek(2, 1), List.of(5), UnitFunction.RELU))));
        try (Scope scope = Scope.open()) {
            return write(name, config.toJson(), VitFamily.network(config).initialise(Random.seeded(seed)));
        }
    }

    private String write(String name, ObjectNode config, Parameters model) {
        Checkpoint.write(directory.resolve(name), config, model, Map.of());
        return place(name);
    }

    private String place(String name) {
        return directory.resolve(name).toString();
    }

    private static JsonNode succeeded(String... arguments) {
        Ran ran = Ran.command(arguments);
        assertThat(ran.code()).as(ran.err() + ran.out()).isZero();
        assertThat(ran.err()).isEmpty();
        return ran.document();
    }

    private static Map<String, List<Double>> numbers(String place) {
        try (Scope scope = Scope.open()) {
            Map<String, List<Double>> all = new TreeMap<>();
            Checkpoint.open(Path.of(place)).load().asMap().forEach((name, tensor) ->
                    all.put(name, Arrays.stream(tensor.toDoubles()).boxed().toList()));
            return all;
        }
    }

    @Test
    void alignTellsWhatScriptsRelyOn() throws IOException {
        String a = mixtral("a", 1);
        String b = mixtral("b", 2);
        JsonNode done = succeeded("align", a, b, "--out", place("c"), "--json", "--probes", "8");
        assertThat(done.fieldNames()).toIterable().containsExactly("out", "alignment", "verified",
                "max_abs_difference", "max_rel_difference", "tolerance", "outputs",
                "max_abs_difference_before_rounding", "max_rel_difference_before_rounding",
                "fixed_routing_max_rel_difference", "flipped_choices_share", "not_compared",
                "companions_left_out", "moved", "spaces",
                "distance_before", "distance_after", "norm", "layers", "objective", "notes", "did", "residual",
                "residual_why", "forms", "untied_head", "reference_out", "reference_max_rel_difference", "path_from",
                "path_to", "soft_out", "config_differences", "memory_bytes_at_most", "conventions");
        assertThat(done.get("out").asText()).isEqualTo(place("c"));
        assertThat(done.get("alignment").asText()).isEqualTo(place("c") + "/alignment.json");
        assertThat(done.get("verified").isBoolean()).isTrue();
        assertThat(done.get("verified").asBoolean()).isTrue();
        assertThat(done.get("max_rel_difference").asDouble()).isLessThanOrEqualTo(done.get("tolerance").asDouble());
        assertThat(done.get("spaces").isArray()).isTrue();
        done.get("spaces").forEach(space -> assertThat(space.fieldNames()).toIterable().containsExactly("space",
                "group", "size", "moved", "moved_share", "similarity", "duality_gap", "by"));
        done.get("moved").forEach(moved -> assertThat(moved.get("moved_share").asDouble()).isBetween(0.0, 1.0));
        assertThat(done.get("layers").findValuesAsText("layer"))
                .containsExactly("embed_tokens", "lm_head", "norm", "layers.0", "layers.1");
        done.get("layers").forEach(layer -> {
            assertThat(layer.fieldNames()).toIterable()
                    .containsExactly("layer", "distance_before", "distance_after", "norm");
            assertThat(layer.get("norm").asDouble()).isPositive();
        });
        double squared = 0;
        for (JsonNode layer : done.get("layers")) {
            squared += Math.pow(layer.get("distance_before").asDouble(), 2);
        }
        assertThat(done.get("distance_before").asDouble()).isCloseTo(Math.sqrt(squared), within(1e-9));
        JsonNode conventions = done.get("conventions");
        assertThat(conventions.get("reference").asText()).isEqualTo(a);
        assertThat(conventions.get("moved").asText()).isEqualTo(b);
        assertThat(conventions.get("direction").asText())
                .isEqualTo("element i of a permutation says which element of B stands at place i");
        assertThat(conventions.get("probes").asInt()).isEqualTo(8);
        assertThat(conventions.get("seed").asLong()).isZero();
        assertThat(succeeded("verify", b, place("c"), "--json").get("verified").asBoolean()).isTrue();
    }

    @Test
    void theStraightPathRunsBetweenTheTwoOutputs() throws IOException {
        String a = mixtral("a", 1);
        String b = mixtral("b", 2);
        JsonNode alone = succeeded("align", a, b, "--out", place("c"), "--residual", "orthogonal", "--json");
        assertThat(alone.get("forms").get(0).asText()).isEqualTo("norms");
        assertThat(alone.get("residual").asText()).isEqualTo("orthogonal");
        assertThat(alone.get("path_from").isNull()).isTrue();
        JsonNode both = succeeded("align", a, b, "--out", place("d"), "--reference-out", place("e"), "--residual",
                "orthogonal", "--json");
        assertThat(both.get("path_from").asText()).isEqualTo(place("e")).isEqualTo(both.get("reference_out").asText());
        assertThat(both.get("path_to").asText()).isEqualTo(place("d"));
        assertThat(both.get("reference_max_rel_difference").asDouble()).isBetween(0.0, 1e-4);
        assertThat(succeeded("verify", a, place("e"), "--json").get("verified").asBoolean()).isTrue();
        assertThat(Ran.command("align", a, b, "--out", place("f"), "--residual", "orthogonal").out())
                .contains("which --reference-out DIR writes", "--method activation");
        JsonNode plain = succeeded("align", a, b, "--out", place("g"), "--residual", "none", "--json");
        assertThat(plain.get("path_from").asText()).isEqualTo(a);
    }

    @Test
    void applyCarriesThereAndBack() throws IOException {
        for (String a : List.of(mixtral("a", 1), vit("v", 1))) {
            String b = a + "-scrambled";
            succeeded("scramble", a, "--out", b, "--groups", "permutation", "--seed", "4", "--json");
            JsonNode done = succeeded("apply", b + "/alignment.json", a, "--out", a + "-there", "--json");
            assertThat(done.get("verified").asBoolean()).isTrue();
            assertThat(done.get("tolerance").asDouble()).isEqualTo(1e-9);
            assertThat(done.get("spaces")).isNotEmpty();
            assertThat(done.at("/conventions/inverse").asBoolean()).isFalse();
            assertThat(numbers(a + "-there")).isEqualTo(numbers(b)).isNotEqualTo(numbers(a));
            succeeded("apply", b + "/alignment.json", b, "--out", a + "-back", "--inverse", "--json");
            assertThat(numbers(a + "-back")).isEqualTo(numbers(a));
        }
    }

    @Test
    void aVitWithExpertsIsAlignedToo() {
        String a = vit("a", 1);
        String b = vit("b", 2);
        JsonNode done = succeeded("align", a, b, "--out", place("c"), "--json", "--order", "gate", "--residual",
                "none", "--maps", "discrete", "--method", "weight");
        assertThat(done.get("layers").findValuesAsText("layer"))
                .containsExactly("classifier", "embeddings", "layernorm", "layer.0", "layer.1");
        assertThat(done.get("tolerance").asDouble()).isEqualTo(1e-9);
        assertThat(succeeded("verify", b, place("c"), "--tolerance", "1e-9", "--json").get("verified").asBoolean())
                .isTrue();
    }

    @Test
    void peopleGetAnAccount() throws IOException {
        String a = mixtral("a", 1);
        String b = mixtral("b", 2);
        Ran align = Ran.command("align", a, b, "--out", place("c"));
        assertThat(align.code()).as(align.err()).isZero();
        assertThat(align.err()).isEmpty();
        assertThat(align.out()).startsWith("Wrote " + place("c") + ": B moved to A by alignment.json there.")
                .contains("the same function: outputs differ by up to", "distance of B to A", "layers.1", "norm of A",
                        "  all ");
        Ran.command("scramble", a, "--out", place("d"), "--groups", "permutation");
        Ran apply = Ran.command("apply", place("d") + "/alignment.json", a, "--out", place("e"));
        assertThat(apply.out()).contains(a + " moved by " + place("d") + "/alignment.json")
                .containsPattern("8 x permutation +layers\\.\\*\\.moe\\.experts\\.\\*\\.hidden: \\d+ of 80 positions");
    }

    @Test
    void wrongUseIsNamed() throws IOException {
        String a = mixtral("a", 1);
        String[] align = {"align", a, a, "--out", place("c")};
        failed(2, align, "--method", "foo")
                .failedWith(2, "--method is 'foo', expected one of weight, activation, learned, soft.");
        failed(2, align, "--method", "learned").failedWith(2, "--method learned runs the models and needs --data");
        failed(2, align, "--data", a).failedWith(2, "--method weight", "takes no --data");
        failed(2, align, "--reference-out", place("c")).failedWith(2, "choose two places");
        failed(2, align, "--order", "random").failedWith(2, "--order is 'random', expected one of gate, expert, best.");
        failed(2, align, "--residual", "all").failedWith(2, "auto, none, permutation, orthogonal");
        failed(2, align, "--maps", "ALL").failedWith(2, "--maps is 'ALL', expected one of discrete, all.");
        failed(2, align, "--probes", "0").failedWith(2, "--probes is 0");
        failed(2, align, "--tolerance", "1").failedWith(2, "--tolerance is 1.0");
        Ran.command("align", a, a).failedWith(2, "--out");
        Ran.command("align", a, a, "--out", a, "--overwrite").failedWith(2, "would delete");
        Ran.command("align", a, a, "--out", a).failedWith(1, a + " exists already");
        Ran.command("align", a, vit("v", 1), "--out", place("c")).failedWith(1, "different architectures");
        Ran.command("align", a, place("nowhere"), "--out", place("c")).failedWith(1, "there is no directory");
        Ran.command("apply", place("nothing.json"), a, "--out", place("c")).failedWith(1, place("nothing.json"));
        Ran failed = Ran.command("align", a, vit("w", 1), "--out", place("c"), "--json");
        assertThat(failed.document().get("exit_code").asInt()).isOne();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("a", "v", "w");
        }
    }

    private static Ran failed(int code, String[] command, String... more) {
        Ran ran = Ran.command(Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new));
        assertThat(ran.code()).isEqualTo(code);
        return ran;
    }

    @Test
    void withoutACheckVerifiedIsNull() throws IOException {
        Path spec = Files.writeString(directory.resolve("own.yaml"), OWN);
        String a;
        try (Scope scope = Scope.open()) {
            a = write("a", mixtral().removeAll(), Parameters.of(Map.of(
                    "in", Random.seeded(1).normal(DType.FLOAT32, 5, 3),
                    "out", Random.seeded(2).normal(DType.FLOAT32, 3, 5))));
        }
        Ran.command("align", a, a, "--out", place("b"), "--spec", spec.toString())
                .failedWith(1, "cannot be checked", "allow --unchecked");
        JsonNode done = succeeded("align", a, a, "--out", place("b"), "--spec", spec.toString(), "--unchecked",
                "--json");
        assertThat(done.get("verified").isNull()).isTrue();
        assertThat(done.get("max_abs_difference").isNull()).isTrue();
        Ran told = Ran.command("apply", place("b") + "/alignment.json", a, "--out", place("c"), "--spec",
                spec.toString(), "--unchecked");
        assertThat(told.out()).contains("check       none");
    }
}
