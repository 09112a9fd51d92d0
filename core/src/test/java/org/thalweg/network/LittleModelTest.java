package org.thalweg.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.SmallConfigs;
import org.thalweg.network.moe.LittleModel;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Half of the experts of a model, and all of them where the half is not sure. */
class LittleModelTest {
    private static final double EXACT = 1e-9;

    private static ObjectNode mixtral(int selected) {
        return SmallConfigs.of("mixtral").put("num_experts_per_tok", selected);
    }

    private static Tensor texts(Network network) {
        return network.inputs().random(12, 3).batches().getFirst().get();
    }

    private static Parameters model(ObjectNode config) {
        return SmallConfigs.decoder(config).initialise(Random.seeded(1)).to(DType.FLOAT64);
    }

    @Test
    void halfOfFourExpertsIsTheModelThatUsesTwo() {
        try (Scope scope = Scope.open()) {
            Network four = SmallConfigs.network(mixtral(4));
            Parameters model = model(mixtral(4));
            Tensor texts = texts(four);
            Tensor little = new LittleModel(four).forward(model, texts);
            assertThat(little.sameAs(SmallConfigs.network(mixtral(2)).forward(model, texts))).isTrue();
            assertThat(little.subtract(four.forward(model, texts)).abs().max()).isGreaterThan(1e-3);
        }
    }

    @Test
    void anAnswerIsTheBigModelsExactlyWhereTheLittleOneIsNotSure() {
        try (Scope scope = Scope.open()) {
            Network big = SmallConfigs.network(mixtral(4));
            Parameters model = model(mixtral(4));
            Tensor texts = texts(big);
            Tensor sure = new LittleModel(big).forward(model, texts);
            Tensor whole = big.forward(model, texts);
            List<Tensor> told = new ArrayList<>();
            LittleModel both = new LittleModel(big, 0.2, told::add);
            Tensor answers = both.forward(model, texts);
            double[] doubts = told.getFirst().reshape(-1).toDoubles();
            assertThat(doubts).contains(0, 1).containsOnly(0, 1);
            for (int token = 0; token < doubts.length; token++) {
                Tensor expected = (doubts[token] == 1 ? whole : sure).reshape(doubts.length, -1).select(0, token);
                assertThat(answers.reshape(doubts.length, -1).select(0, token).sameAs(expected)).isTrue();
            }
            assertThat(new LittleModel(big, 1, _ -> { }).forward(model, texts).sameAs(whole)).isTrue();
            assertThat(new LittleModel(big, 0, _ -> { }).forward(model, texts).sameAs(sure)).isTrue();

            Tensor state = texts;
            for (int stage = 0; stage < both.stages(); stage++) {
                state = both.run(model, state, stage, stage + 1);
                assertThat(state.length(0)).isEqualTo(texts.length(0));
            }
            assertThat(state.sameAs(answers)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixtral", "qwen3_moe", "deepseek_v3", "llama4_text biases"})
    void anAlignedModelAnswersAlikeInBothModes(String variant) {
        try (Scope scope = Scope.open()) {
            ObjectNode config = SmallConfigs.of(variant);
            Network big = SmallConfigs.network(config);
            Parameters model = model(config);
            Parameters moved = SmallConfigs.architecture(config, model).random(Random.seeded(4)).apply(model);
            Tensor texts = texts(big);
            List<Tensor> told = new ArrayList<>();
            for (Network mode : List.of(big, new LittleModel(big), new LittleModel(big, 0.15, told::add))) {
                Tensor before = mode.forward(model, texts);
                assertThat(mode.forward(moved, texts).subtract(before).abs().max() / before.abs().max())
                        .isLessThan(EXACT);
            }
            assertThat(told.getFirst().sameAs(told.getLast())).isTrue();
        }
    }

    @Test
    void modelsWithoutAHalfAreRefused() {
        try (Scope scope = Scope.open()) {
            Network dense = SmallConfigs.network(SmallConfigs.of("llama"));
            assertThatThrownBy(() -> new LittleModel(dense)).isInstanceOf(WrongUse.class)
                    .hasMessageContaining("no layers of experts");
            Network one = new LittleModel(SmallConfigs.network(mixtral(1)));
            assertThatThrownBy(() -> one.forward(model(mixtral(1)), texts(one))).isInstanceOf(WrongUse.class)
                    .hasMessageContaining("of which there is no half");
            ObjectNode all = SmallConfigs.of("gpt2-moe dense");
            Network everyone = new LittleModel(SmallConfigs.network(all));
            assertThatThrownBy(() -> everyone.forward(model(all), texts(everyone)))
                    .isInstanceOf(WrongUse.class).hasMessageContaining("uses all experts of");
            Network big = SmallConfigs.network(mixtral(2));
            for (double threshold : new double[] {-0.1, 1.1, Double.NaN}) {
                assertThatThrownBy(() -> new LittleModel(big, threshold, _ -> { })).isInstanceOf(WrongUse.class)
                        .hasMessageContaining("give a number from 0 to 1");
            }
        }
    }
}
