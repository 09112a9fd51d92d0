package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.StockModel;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Files whose tensors have other names than the stock class gives them today, or more tensors. What the stock class
 * saves by itself (bodies without prefix, heads, experts in one tensor) is in {@link StockModelsTest}.
 */
class FileNamesTest {
    @TempDir
    private Path directory;

    /**
     * One way to write a model.
     *
     * @param what it is
     * @param stock the model
     * @param rename gives a tensor its name in the file
     * @param more what stands in the file beside, from the tensors there
     */
    private record Variant(
            String what, String stock, UnaryOperator<String> rename, UnaryOperator<Map<String, Tensor>> more) {
        Parameters stored() {
            Map<String, Tensor> renamed = new LinkedHashMap<>();
            StockModel.named(stock).stored().asMap().forEach((name, tensor) -> renamed.put(rename.apply(name), tensor));
            renamed.putAll(more.apply(renamed));
            return Parameters.of(renamed);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private static Variant renamed(String what, String stock, UnaryOperator<String> rename) {
        return new Variant(what, stock, rename, _ -> Map.of());
    }

    private static Variant with(String what, String stock, UnaryOperator<Map<String, Tensor>> more) {
        return new Variant(what, stock, name -> name, more);
    }

    static Stream<Variant> variants() {
        return Stream.of(
                renamed("a compiled module's names", "llama", name -> "_orig_mod." + name),
                renamed("the first names of LayerNorm", "bert", name -> name
                        .replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")),
                renamed("a GPT-2 without prefix", "gpt2", name -> name.replaceFirst("^transformer\\.", "")),
                with("a GPT-2 with its masks", "gpt2", _ -> Map.of(
                        "transformer.h.0.attn.bias", Tensor.ones(DType.FLOAT64, 1, 1, 32, 32),
                        "transformer.h.1.attn.masked_bias", Tensor.of(new double[] {-1e4}, 1))),
                with("frequencies of a model", "llama", _ -> Map.of(
                        "model.rotary_emb.inv_freq", Tensor.of(new double[] {1, 0.01}, 2))),
                with("frequencies of each layer", "llama", _ -> Map.of(
                        "model.layers.0.self_attn.rotary_emb.inv_freq", Tensor.of(new double[] {1, 0.01}, 2),
                        "model.layers.1.self_attn.rotary_emb.inv_freq", Tensor.of(new double[] {1, 0.01}, 2))),
                with("positions of BERT", "bert", _ -> Map.of(
                        "bert.embeddings.position_ids", Tensor.of(new long[] {0, 1, 2, 3}, 1, 4))),
                with("a tied head that is stored too", "qwen2-tied", tensors -> Map.of(
                        "lm_head.weight", tensors.get("model.embed_tokens.weight"))));
    }

    private ModelDirectory write(Variant variant, String place) {
        try (Scope scope = Scope.open()) {
            return StockModel.named(variant.stock).write(directory.resolve(place), variant.stored());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void theModelIsReadAndWrittenUnderTheNamesOfItsFile(Variant variant) {
        StockModel stock = StockModel.named(variant.stock);
        ModelDirectory model = write(variant, "model");
        assertThat(stock.differenceOf(model)).isLessThan(1e-12);
        Scramble.Done done = new Scramble(3, Set.of(), 0).write(model, new Output(directory.resolve("moved"), false));
        assertThat(done.checked()).isPresent();
        ModelDirectory moved = ModelDirectory.open(directory.resolve("moved"));
        assertThat(moved.checkpoint().tensors()).isEqualTo(model.checkpoint().tensors());
        assertThat(Models.same(model, moved)).isFalse();
        assertThat(stock.differenceOf(moved)).isLessThan(1e-9);
    }

    @Test
    void aStoredTiedHeadMovesAlong() {
        ModelDirectory model = write(variants().filter(variant -> variant.what.startsWith("a tied head")).findFirst()
                .orElseThrow(), "model");
        new Scramble(3, Set.of(), 0).write(model, new Output(directory.resolve("moved"), false));
        try (Scope scope = Scope.open()) {
            Parameters moved = ModelDirectory.open(directory.resolve("moved")).checkpoint().load();
            Tensor head = moved.get("lm_head.weight");
            assertThat(head.sameAs(moved.get("model.embed_tokens.weight"))).isTrue();
            assertThat(head.sameAs(StockModel.named("qwen2-tied").stored().get("model.embed_tokens.weight"))).isFalse();
        }
    }

    @Test
    void aTiedHeadOfOtherNumbersIsRefused() {
        Variant unequal = with("unequal", "qwen2-tied", tensors -> Map.of(
                "lm_head.weight", tensors.get("model.embed_tokens.weight").multiply(1.01)));
        assertThatThrownBy(() -> write(unequal, "model")).isInstanceOf(WorkFailure.class)
                .hasMessage(directory.resolve("model") + ": config.json ties the tensors 'model.embed_tokens.weight' "
                        + "and 'lm_head.weight', but the file holds different numbers for the two, and then the stock "
                        + "loader does not tie them; set tie_word_embeddings to false in config.json.");
    }
}
