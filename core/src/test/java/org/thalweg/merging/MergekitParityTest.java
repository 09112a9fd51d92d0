package org.thalweg.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** The formulas give what mergekit 0.1.4 wrote for the same models and values; files in {@code resources/mergekit}. */
class MergekitParityTest {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\..*");
    private static final List<Map<String, Double>> NONE = List.of();

    /** What a configuration file says. */
    private record Reference(
            String file, String method, String base, String models, Map<String, ?> shared,
            List<? extends Map<String, ?>> own) {
        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Reference> references() {
        return Stream.of(
                new Reference("arcee-fusion", "arcee_fusion", "a", "b", Map.of(), NONE),
                new Reference("dare-ties-density-one", "dare_ties", "base", "a b", Map.of(), Given.weights(0.5, 0.7)),
                new Reference("karcher", "karcher", "", "a b c", Map.of("max_iter", 20, "tol", 1e-6), NONE),
                new Reference("linear-normalised", "linear", "", "a b c", Map.of(), Given.weights(1, 2, 0.5)),
                new Reference("linear-raw", "linear", "", "a b", Map.of("normalize", false), Given.weights(0.7, 0.7)),
                new Reference("model-stock", "model_stock", "base", "a b c", Map.of(), NONE),
                new Reference("model-stock-filter-wise", "model_stock", "base", "a b",
                        Map.of("filter_wise", true), NONE),
                new Reference("multislerp", "multislerp", "", "a b c", Map.of(), Given.weights(0.5, 0.2, 0.3)),
                new Reference("nearswap", "nearswap", "a", "b", Map.of("t", 0.05), NONE),
                new Reference("nuslerp", "nuslerp", "", "a b", Map.of(), Given.weights(1, 3)),
                new Reference("nuslerp-base-rows", "nuslerp", "base", "a b",
                        Map.of("nuslerp_flatten", false, "nuslerp_row_wise", true), Given.weights(1, 1.5)),
                new Reference("sce", "sce", "base", "a b c", Map.of("select_topk", 0.4), NONE),
                new Reference("task-arithmetic", "task_arithmetic", "base", "a b",
                        Map.of("lambda", 1.3), Given.weights(0.6, -0.4)),
                new Reference("ties", "ties", "base", "a b c", Map.of(), List.of(
                        Map.of("weight", 0.5, "density", 0.5),
                        Map.of("weight", 0.3, "density", 0.7),
                        Map.of("weight", 0.9, "density", 0.31))),
                new Reference("ties-rescale-raw", "ties", "base", "a b",
                        Map.of("normalize", false, "rescale", true, "int8_mask", true), List.of(
                        Map.of("weight", 1.0, "density", 0.4), Map.of("weight", 0.8, "density", 0.6))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("references")
    void theSameNumbersComeOut(Reference reference) {
        try (Files files = new Files(reference.file())) {
            MergeMethod method = MergeMethods.named(reference.method());
            String[] models = reference.models().split(" ");
            MergeValues values = Given.values(method, reference.shared(),
                    reference.own().isEmpty() ? Given.nothing(models.length) : reference.own());
            for (String name : files.names()) {
                try (Scope scope = Scope.open()) {
                    assertSame(name, files.merge(method, name, reference.base(), models, values), files.expected(name));
                }
            }
        }
    }

    /**
     * The one difference on purpose: of a tensor so small that {@code ⌊gamma n⌋} is 0, mergekit drops every number
     * instead of none and writes the base.
     */
    @Test
    void breadcrumbsAreTheSameWhereTensorsAreLargeEnoughToDropOne() {
        try (Files files = new Files("breadcrumbs-ties")) {
            MergeMethod method = MergeMethods.named("breadcrumbs_ties");
            MergeValues values = Given.values(method, Map.of(), List.of(
                    Map.of("weight", 0.5, "density", 0.8, "gamma", 0.05),
                    Map.of("weight", 0.5, "density", 0.7, "gamma", 0.06)));
            int small = 0;
            for (String name : files.names()) {
                try (Scope scope = Scope.open()) {
                    Tensor merged = files.merge(method, name, "base", new String[] {"a", "b"}, values);
                    Tensor expected = files.expected(name);
                    if (0.05 * merged.size() >= 1) {
                        assertSame(name, merged, expected);
                    } else {
                        assertThat(expected.toDoubles()).containsExactly(files.tensor("base", name).toDoubles());
                        assertThat(merged.toDoubles()).isNotEqualTo(expected.toDoubles());
                        small++;
                    }
                }
            }
            assertThat(small).as("gains of 7 norms").isEqualTo(7);
        }
    }

    @Test
    void everyNumberOfAGradientIsTheSame() {
        try (Files files = new Files("slerp-gradient")) {
            MergeMethod slerp = MergeMethods.named("slerp");
            for (String name : files.names()) {
                double height = layer(name).orElse(0) / 2.0;
                double t = name.contains("self_attn") ? height : name.contains("mlp") ? 1 - height : 0.5;
                MergeValues values = Given.values(slerp, Map.of("t", t), Given.nothing(1));
                try (Scope scope = Scope.open()) {
                    assertSame(name, files.merge(slerp, name, "a", new String[] {"b"}, values), files.expected(name));
                }
            }
        }
    }

    @Test
    void roundedToSixteenBitsAllButTheLastBitIsTheSame() {
        try (Files files = new Files("slices-slerp")) {
            MergeMethod slerp = MergeMethods.named("slerp");
            for (String name : files.names()) {
                MergeValues values = Given.values(
                        slerp, Map.of("t", 0.4 * layer(name).orElse(0)), Given.nothing(1));
                try (Scope scope = Scope.open()) {
                    double[] merged = files.merge(slerp, name, "a", new String[] {"b"}, values)
                            .to(DType.BFLOAT16).toDoubles();
                    double[] expected = files.expected(name).toDoubles();
                    assertThat(merged).hasSameSizeAs(expected);
                    for (int i = 0; i < merged.length; i++) {
                        assertThat(merged[i]).as(name).isCloseTo(expected[i], within(Math.abs(expected[i]) / 128));
                    }
                }
            }
        }
    }

    @Test
    void stackedLayersAreTheTensorsThemselves() {
        try (Files files = new Files("passthrough-stack")) {
            MergeMethod passthrough = MergeMethods.named("passthrough");
            List<String> compared = new ArrayList<>();
            for (String name : files.names()) {
                layer(name).ifPresent(layer -> {
                    String source = name.replace("layers." + layer, "layers." + (layer < 2 ? layer : layer - 1));
                    Tensor merged = files.merge(passthrough, source, "", new String[] {layer < 2 ? "a" : "b"},
                            Given.values(passthrough, Map.of(), Given.nothing(1)));
                    assertThat(merged.toDoubles()).containsExactly(files.expected(name).toDoubles());
                    compared.add(name);
                });
            }
            assertThat(compared).hasSize(4 * 9);
        }
    }

    private static Optional<Integer> layer(String name) {
        Matcher matcher = LAYER.matcher(name);
        return matcher.matches() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    private static void assertSame(String name, Tensor merged, Tensor expected) {
        assertThat(merged.shape()).containsExactly(expected.shape());
        assertThat(merged.subtract(expected.to(DType.FLOAT64)).abs().max())
                .as(name).isLessThanOrEqualTo(1e-6 * expected.abs().max());
    }

    /** The models and one merged file. */
    private static final class Files implements AutoCloseable {
        private final Scope scope = Scope.open();
        private final Map<String, CheckpointReader> models = Map.of(
                "base", reader("base"), "a", reader("a"), "b", reader("b"), "c", reader("c"));
        private final SafetensorsFile merged;

        Files(String file) {
            this.merged = SafetensorsFile.open(path(file + ".safetensors"));
        }

        private static CheckpointReader reader(String model) {
            return Checkpoint.open(path("models/" + model)).reader();
        }

        private static Path path(String name) {
            try {
                return Path.of(MergekitParityTest.class.getResource("/mergekit/" + name).toURI());
            } catch (URISyntaxException malformed) {
                throw new IllegalStateException(malformed);
            }
        }

        List<String> names() {
            List<String> names = List.copyOf(merged.tensors().keySet());
            assertThat(names).hasSizeGreaterThanOrEqualTo(3 * 9 + 3);
            return names;
        }

        Tensor expected(String name) {
            return merged.read(name);
        }

        Tensor merge(MergeMethod method, String name, String base, String[] listed, MergeValues values) {
            return method.merge(new ModelTensors(
                    name,
                    Stream.of(listed).map(model -> tensor(model, name)).toList(),
                    base.isEmpty() ? Optional.empty() : Optional.of(tensor(base, name)),
                    1), values).tensor();
        }

        private Tensor tensor(String model, String name) {
            return models.get(model).read(name).to(DType.FLOAT64);
        }

        @Override
        public void close() {
            merged.close();
            models.values().forEach(CheckpointReader::close);
            scope.close();
        }
    }
}
