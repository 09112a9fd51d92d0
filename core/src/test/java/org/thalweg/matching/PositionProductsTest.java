package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.family.SmallConfigs;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class PositionProductsTest {
    @Test
    void productsAndSquaresAreThoseOfAllNumbersAtOnceAlongEveryFactor() {
        ObjectNode config = SmallConfigs.of("llama").put("intermediate_size", 5000);
        try (Scope scope = Scope.open()) {
            Parameters one = SmallConfigs.decoder(config).initialise(Random.seeded(1));
            Parameters other = SmallConfigs.decoder(config).initialise(Random.seeded(2));
            Architecture architecture = SmallConfigs.architecture(config, one);
            int large = 0;
            for (String name : architecture.tensors().keySet()) {
                List<SlicePair> pairs = SlicePair.ofUniform(
                        Slice.uniform(architecture.tensors().get(name), one.get(name)),
                        Slice.uniform(architecture.tensors().get(name), other.get(name)));
                large += one.get(name).size() > 1 << 16 ? 1 : 0;
                for (SlicePair pair : pairs) {
                    IntStream.range(0, pair.reference().factors()).forEach(factor -> requireProducts(pair, factor));
                }
            }
            assertThat(large).as("tensors of several blocks").isGreaterThan(2);
        }
    }

    private static void requireProducts(SlicePair pair, int factor) {
        Tensor one = pair.reference().matrix(factor).to(DType.FLOAT64);
        Tensor other = pair.model().matrix(factor).to(DType.FLOAT64);
        List<Integer> shuffled = IntStream.range(0, (int) one.length(0)).boxed().collect(Collectors.toList());
        Collections.shuffle(shuffled, new java.util.Random(3));
        int[] order = shuffled.stream().mapToInt(Integer::intValue).toArray();
        PositionProducts found = PositionProducts.along(pair, factor, order);
        Tensor expected = one.multiply(other.indexSelect(0, Tensor.indices(order))).sum(1, false);
        assertThat(Tensor.of(found.products(), order.length).subtract(expected).abs().max()).isLessThan(1e-10);
        assertThat(found.reference()).isCloseTo(one.multiply(one).sum().item(), within(1e-8));
        assertThat(found.model()).isCloseTo(other.multiply(other).sum().item(), within(1e-8));
    }
}
