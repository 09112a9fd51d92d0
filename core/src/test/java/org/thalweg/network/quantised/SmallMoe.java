package org.thalweg.network.quantised;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.thalweg.family.QuantisedFamily;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.StageSpan;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/** Small layers of experts of unequal precision, their models and inputs, in float64. */
final class SmallMoe {
    static final int INPUTS = 6;

    private SmallMoe() {}

    /** A layer of classes in the order of the bits, neighbours of equal bits in one class. */
    static QuantisedMoe network(QuantisedConfig.Gate gate, double... bits) {
        List<ExpertClass> classes = new ArrayList<>();
        Arrays.stream(bits).distinct().forEach(one -> classes.add(new ExpertClass(
                Precision.of(one), (int) Arrays.stream(bits).filter(other -> other == one).count())));
        return QuantisedFamily.network(
                new QuantisedConfig(INPUTS, 3, List.of(5, 4), List.of(5, 4), classes, gate, 0.2));
    }

    static QuantisedMoe network(double... bits) {
        return network(new QuantisedConfig.Gate(1, 0, 0), bits);
    }

    /** Normal numbers of deviation 1, so that every wrong move shows. */
    static Parameters loud(QuantisedMoe network, long seed) {
        return used(network, seed, one -> DeclaredTensor.draw(network.tensors().values(), Random.seeded(one))
                .mapNamed((name, tensor) -> Random.seeded(Random.childSeed(one, name))
                        .normal(DType.FLOAT64, tensor.shape())));
    }

    /** As declared, where no unit of an expert is always on or always off. */
    static Parameters declared(QuantisedMoe network, long seed) {
        return used(network, seed, one ->
                DeclaredTensor.draw(network.tensors().values(), Random.seeded(one)).to(DType.FLOAT64));
    }

    /** The first of these models that uses every expert. */
    private static Parameters used(QuantisedMoe network, long seed, LongFunction<Parameters> models) {
        long enough = 40 / network.config().experts();
        for (int attempt = 0; attempt < 2000; attempt++) {
            Parameters model = models.apply(Random.childSeed(seed, "attempt " + attempt));
            long[] chosen = chosen(network, model, inputs(120));
            if (IntStream.range(0, network.config().experts())
                    .allMatch(expert -> Arrays.stream(chosen).filter(one -> one == expert).count() >= enough)) {
                return model;
            }
        }
        throw new IllegalStateException("no model uses all experts");
    }

    static Tensor inputs(int count) {
        return Random.seeded(5).normal(DType.FLOAT64, count, INPUTS);
    }

    /** [inputs selected] the experts that are chosen. */
    static long[] chosen(QuantisedMoe network, Parameters model, Tensor x) {
        List<long[]> seen = new ArrayList<>();
        ExpertChoice watching = (_, chosen) -> {
            seen.add(chosen.toLongs());
            return chosen;
        };
        network.run(model, x, new StageSpan(0, 1), watching);
        return seen.getFirst();
    }

    static double difference(Tensor one, Tensor other) {
        return one.subtract(other).abs().max();
    }

    static Parameters replaced(Parameters model, String name, Tensor tensor) {
        return model.with(Parameters.of(Map.of(name, tensor)));
    }
}
