package org.thalweg.network.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.family.OperatorFamily;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.StageSpan;
import org.thalweg.network.operator.OperatorConfig.FeedForward;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Experts of one map that are chosen for whole inputs. */
class InputRoutingTest {
    private static final double TEMPERATURE = 0.5;
    private static final OperatorConfig CONFIG =
            new OperatorConfig(8, 2, 2, 3, 2, new FeedForward.Routed(5, 2, 2, TEMPERATURE));
    private static final OperatorTransformer NETWORK = OperatorFamily.network(CONFIG);

    private static Parameters model() {
        return NETWORK.initialise(Random.seeded(1)).to(DType.FLOAT64).map(tensor -> tensor.multiply(3));
    }

    @Test
    void theLayerIsItsFormula() {
        try (Scope scope = Scope.open()) {
            Parameters model = model();
            Tensor x = Random.seeded(2).normal(DType.FLOAT64, 6, 3); // two inputs of three tokens
            Tensor entering = Random.seeded(3).normal(DType.FLOAT64, 2, 3);
            Tensor found = CONFIG.layer().orElseThrow()
                    .byInputs(new LayerTensors(NETWORK.names(), model, 1), x, entering, ExpertChoice.FREE);
            double[] scores = mapped(model, "blocks.1.router", entering).toDoubles();
            List<Tensor> expected = new ArrayList<>();
            for (int input = 0; input < 2; input++) {
                int first = input * 5;
                List<Integer> best = IntStream.range(0, 5).boxed()
                        .sorted((i, j) -> Double.compare(scores[first + j], scores[first + i])).toList().subList(0, 2);
                Tensor tokens = x.narrow(0, input * 3L, 3);
                double all = best.stream().mapToDouble(i -> Math.exp(scores[first + i] / TEMPERATURE)).sum();
                Tensor sum = Tensor.zeros(DType.FLOAT64, 3, 3);
                for (int expert : best) {
                    sum = sum.add(Functions.gelu(mapped(model, "blocks.1.experts." + expert, tokens))
                            .multiply(Math.exp(scores[first + expert] / TEMPERATURE) / all));
                }
                // Rows 2c and 2c + 1 of the shared map are the two experts' rows of channel c.
                Tensor shared = Functions.gelu(mapped(model, "blocks.1.shared", tokens));
                Tensor even = shared.indexSelect(1, Tensor.of(new long[] {0, 2, 4}, 3));
                Tensor odd = shared.indexSelect(1, Tensor.of(new long[] {1, 3, 5}, 3));
                expected.add(sum.add(even.add(odd).multiply(0.5)));
            }
            assertThat(found.subtract(Tensor.concatenate(expected, 0)).abs().max()).isLessThan(1e-12);
        }
    }

    @Test
    void eachGateChoosesOnceForAnInput() {
        try (Scope scope = Scope.open()) {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            ExpertChoice watching = (layer, chosen) -> {
                shapes.put(layer, chosen.shape());
                return chosen;
            };
            Tensor outputs = NETWORK.run(model(), Random.seeded(2).normal(DType.FLOAT64, 7, 16),
                    new StageSpan(0, NETWORK.stages()), watching);
            assertThat(outputs.shape()).containsExactly(7, 8);
            assertThat(shapes.keySet()).containsExactlyElementsOf(NETWORK.routers());
            assertThat(shapes.values()).allSatisfy(shape -> assertThat(shape).containsExactly(7, 2));
        }
    }

    private static Tensor mapped(Parameters model, String name, Tensor x) {
        return Functions.linear(x, model.get(name + ".weight"), Optional.of(model.get(name + ".bias")));
    }
}
