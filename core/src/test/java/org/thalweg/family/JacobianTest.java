package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Derivatives;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The continuous group of a specification has as many dimensions as there are directions in which weights change no
 * output, but for those that docs/spec.md lists as not moved.
 */
class JacobianTest {
    /** Singular values of null directions are rounding, about 1e-12 of the largest. */
    private static final double NULL = 1e-11;
    private static final double CLEAR = 1e-8;

    /** With no more tokens than the width and one, maps with a bias could follow any change of the embedding. */
    private static final String SIZES = "vocab_size: 7, hidden_size: 4, num_hidden_layers: 1, num_attention_heads: 2, "
            + "num_key_value_heads: 1, intermediate_size: 3, rms_norm_eps: 0.01, rope_theta: 100.0";

    @ParameterizedTest(name = "{0}{1}")
    @CsvSource(delimiter = '|', value = {
        // Rotations of the stream, 4 · 3 / 2.
        "llama | '' | 6",
        // The last gain is in the way of the embedding's rotation.
        "llama | ', tie_word_embeddings: true' | 0",
        "mixtral | ', num_local_experts: 3, num_experts_per_tok: 2' | 6",
        // A number added to all values of a head, taken from the bias of the output map, 2.
        "llama | ', attention_bias: true' | 8",
        // Ling's corrections decide which experts are chosen and nothing else, so that small changes of theirs do
        // nothing: one for each of 4 experts, of which the group moves the common one.
        "bailing_moe_v2 | ', head_dim: 2, use_qk_norm: false, num_experts: 4, num_experts_per_tok: 2, n_group: 2, "
                + "topk_group: 1, num_shared_experts: 1, moe_intermediate_size: 2, first_k_dense_replace: 0' | 9",
    })
    void nullDirectionsAreThoseOfTheGroup(String family, String more, int notMoved) {
        try (Scope scope = Scope.open()) {
            ObjectNode config = SmallConfigs.parse("{" + SIZES + more + "}").put("model_type", family);
            Network network = SmallConfigs.network(config);
            Parameters model = DeclaredTensor.draw(network.tensors().values(), Random.seeded(1)).to(DType.FLOAT64);
            double[] found = LinearAlgebra.svd(jacobian(network, model, 8)).s().toDoubles();
            int nullity = 0;
            for (double value : found) {
                double relative = value / found[0];
                assertThat(relative < NULL || relative > CLEAR).as("%s is clearly one or the other", relative).isTrue();
                nullity += relative < NULL ? 1 : 0;
            }
            assertThat(nullity).isEqualTo((int) SmallConfigs.architecture(config, model).dimension() + notMoved);
        }
    }

    /** Derivatives of all outputs on random inputs by all weights, [weights outputs]. */
    static Tensor jacobian(Network network, Parameters model, int inputs) {
        Tensor input = network.inputs().random(inputs, 5).batches().getFirst().get();
        return Derivatives.byDifferences(moved -> network.forward(moved, input), model);
    }
}
