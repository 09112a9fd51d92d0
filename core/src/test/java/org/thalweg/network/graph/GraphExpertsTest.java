package org.thalweg.network.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.GraphFamily;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.moe.Experts;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class GraphExpertsTest {
    private static final GraphConfig EXPERTS =
            new GraphConfig(2, new Experts.GraphConvolutions(5, 3, 2, 4, 3), false, OptionalInt.empty());
    private static final GraphConfig CLASSES = EXPERTS.withClasses(3);

    @Test
    void outputsFollowTheFormulas() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            GraphExperts network = GraphFamily.network(CLASSES);
            Parameters model = loud(network, random);
            Tensor graphs = random.normal(DType.FLOAT64, 4, 5 * (5 + 3));
            double[] found = network.forward(model, graphs).toDoubles();
            for (int graph = 0; graph < 4; graph++) {
                double[] input = graphs.select(0, graph).toDoubles();
                double[] expected = PlainGraph.logits(CLASSES, model, input);
                double[] logits = Arrays.copyOfRange(found, graph * expected.length, (graph + 1) * expected.length);
                assertThat(logits).containsExactly(expected, within(1e-10));
            }
        }
    }

    @Test
    void withoutClassesEveryExpertAnswers() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(2);
            GraphExperts network = GraphFamily.network(EXPERTS);
            Parameters model = loud(network, random);
            Tensor graphs = random.normal(DType.FLOAT64, 2, 5 * (5 + 3));
            Tensor said = network.forward(model, graphs);
            assertThat(said.shape()).containsExactly(2, 2, 5, 3);
            for (int expert = 0; expert < 2; expert++) {
                double[] expected = Arrays.stream(
                        PlainGraph.embeddings(EXPERTS, model, graphs.select(0, 1).toDoubles(), expert))
                        .flatMapToDouble(Arrays::stream).toArray();
                assertThat(said.select(0, 1).select(0, expert).toDoubles())
                        .containsExactly(expected, within(1e-10));
            }
        }
    }

    @Test
    void anEdgeIsAPairWhoseMeanIsAtLeastOneHalfAndNodesSeeThemselves() {
        try (Scope scope = Scope.open()) {
            GraphConfig config = new GraphConfig(
                    1, new Experts.GraphConvolutions(3, 1, 1, 1, 2), false, OptionalInt.empty());
            GraphExperts network = GraphFamily.network(config);
            // Edges 0-1 (mean exactly one half) and no other; the diagonal does not count.
            double[] graph = {9, 1, 0.4, 0, -9, -3, 0.4, 3, 0, 1, 2, 4};
            Tensor spread = network.run(Parameters.of(Map.of()), Tensor.of(graph, 1, 12), 0, 1);
            assertThat(spread.toDoubles()).containsExactly(new double[] {
                1.5, 0.5, 0.5, 0, 1.5, 0.5, 0.5, 0, 4, 0, 0, 1}, within(1e-12));
        }
    }

    @Test
    void linksAreScoredByInnerProductsAndPairsThatAreNotAskedAboutDoNotCount() {
        try (Scope scope = Scope.open()) {
            Tensor embeddings = Tensor.of(new double[] {1, 0, 2, 1, -1, 3}, 1, 1, 3, 2);
            long no = LinkPrediction.NOT_ASKED;
            Tensor labels = Tensor.of(new long[] {no, 1, no, 1, no, 0, no, 0, no}, 1, 9);
            // Scores 2 of the link and 1 of the pair without one.
            double expected = (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1))) / 2;
            assertThat(LinkPrediction.losses(embeddings, labels).item()).isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void theExpertsOfTheSmallestLossesAreWeighed() {
        try (Scope scope = Scope.open()) {
            Tensor losses = Tensor.of(new double[] {0.9, 0.5, 0.7, 0.6, 0.1, 0.1, 0.3, 0.2}, 2, 4);
            double first = 1 / (1 + Math.exp(-0.1 / 0.8));
            assertThat(new LinkPrediction(2, 0.8).weights(losses).toDoubles())
                    .containsExactly(new double[] {0, first, 0, 1 - first, 0.5, 0.5, 0, 0}, within(1e-12));
            assertThat(new LinkPrediction(3, Double.POSITIVE_INFINITY).weights(losses).toDoubles())
                    .containsExactly(new double[] {0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0, 1 / 3.0},
                            within(1e-12));
        }
    }

    /** A symmetry of one expert alone leaves its score: before there is a classifier each has its own rotations. */
    @Test
    void rotatingOneExpertsEmbeddingsChangesNoLossOfLinks() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(3);
            GraphExperts network = GraphFamily.network(EXPERTS);
            Parameters model = loud(network, random);
            Tensor rotation = LinearAlgebra.orthonormalColumns(random.normal(DType.FLOAT64, 3, 3));
            Parameters turned = model.mapNamed((name, tensor) ->
                    name.equals("experts.1.embedding.weight") ? rotation.matmul(tensor) : tensor);
            Tensor graphs = random.normal(DType.FLOAT64, 6, 5 * (5 + 3));
            Tensor labels = random.uniform(DType.FLOAT64, 0, 2, 6, 25).to(DType.INT64);
            Tensor before = LinkPrediction.losses(network.forward(model, graphs), labels);
            Tensor after = LinkPrediction.losses(network.forward(turned, graphs), labels);
            assertThat(after.subtract(before).abs().max()).isLessThan(1e-12);
        }
    }

    @Test
    void orthogonalityIsLeastForASimplexAndNotForRightAngles() {
        try (Scope scope = Scope.open()) {
            Tensor right = Tensor.of(new double[] {1, 0, 0, 0, 2, 0, 0, 0, 3}, 3, 3);
            Tensor simplex = Tensor.of(new double[] {2, -1, -1, -1, 2, -1, -1, -1, 2}, 3, 3);
            assertThat(LinkPrediction.orthogonality(right).item()).isCloseTo(1, within(1e-12));
            assertThat(LinkPrediction.orthogonality(simplex).item()).isCloseTo(Math.exp(-0.5), within(1e-12));
        }
    }

    @Test
    void sizesThatMakeNoNetworkAreRefused() {
        assertThatThrownBy(() -> EXPERTS.withClasses(4)).isInstanceOf(WrongUse.class).hasMessage(
                "a classifier of nodes has 2 classes or more and no more than the 3 numbers of an embedding, not 4; "
                        + "make the embedding longer.");
        assertThatThrownBy(() -> new GraphConfig(0, EXPERTS.expert(), false, OptionalInt.empty()))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("graph experts have 1 or more of everything, not 0 of ");
    }

    private static Parameters loud(GraphExperts network, Random random) {
        return DeclaredTensor.draw(network.tensors().values(), random)
                .map(tensor -> random.normal(DType.FLOAT64, tensor.shape()));
    }
}
