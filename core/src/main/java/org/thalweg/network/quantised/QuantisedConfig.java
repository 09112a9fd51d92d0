package org.thalweg.network.quantised;

import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.failure.WrongUse;

/**
 * Sizes of a layer of experts of unequal precision.
 *
 * @param inputs width of the inputs
 * @param outputs width of the outputs
 * @param routerWidths of the router's two hidden layers
 * @param expertWidths of an expert's two hidden layers
 * @param classes of experts, each of another precision than all before it
 * @param gate how they are chosen
 * @param dropout share of hidden units left out in training and in the passes of the Bayesian router
 */
public record QuantisedConfig(
        int inputs, int outputs, List<Integer> routerWidths, List<Integer> expertWidths, List<ExpertClass> classes,
        Gate gate, double dropout) {
    /**
     * How experts are chosen.
     *
     * @param selected experts for each input, k
     * @param curiosity alpha: probabilities are raised to the power 1 + alpha and normalised again; 0 for none
     * @param prior how strongly an uncertain input prefers precise experts; 0 for none
     */
    public record Gate(int selected, double curiosity, double prior) {}

    /** Refuses what makes no layer. */
    public QuantisedConfig {
        routerWidths = List.copyOf(routerWidths);
        expertWidths = List.copyOf(expertWidths);
        classes = List.copyOf(classes);
        if (routerWidths.size() != 2 || expertWidths.size() != 2) {
            throw new WrongUse("router and experts have two hidden layers each, not those of widths " + routerWidths
                    + " and " + expertWidths + ".");
        }
        List<Double> bits = classes.stream().map(one -> one.precision().bits()).toList();
        for (int one = 1; one < bits.size(); one++) {
            if (bits.subList(0, one).contains(bits.get(one))) {
                throw new WrongUse("two classes of experts have " + bits.get(one) + " bits, but experts of equal "
                        + "precision may change places and are one class; join them.");
            }
        }
        int count = classes.stream().mapToInt(ExpertClass::experts).sum();
        if (gate.selected < 1 || gate.selected > count) {
            throw new WrongUse("the router selects " + gate.selected + " of " + count + " experts in " + classes.size()
                    + " classes; choose a number between 1 and that of the experts.");
        }
        if (gate.curiosity <= -1 || gate.prior < 0 || dropout < 0 || dropout >= 1) {
            throw new WrongUse("curiosity is above -1, the prior of precision at least 0 and dropout at least 0 and "
                    + "below 1, not " + gate.curiosity + ", " + gate.prior + " and " + dropout + ".");
        }
    }

    /** How many experts there are. */
    public int experts() {
        return before(classes.size());
    }

    /** The class of an expert, both counted from 0. */
    public int classOf(int expert) {
        return IntStream.range(0, classes.size()).filter(one -> expert < before(one + 1)).findFirst().orElseThrow();
    }

    /** Where an expert stands in its class, counted from 0. */
    public int placeOf(int expert) {
        return expert - before(classOf(expert));
    }

    private int before(int one) {
        return classes.subList(0, one).stream().mapToInt(ExpertClass::experts).sum();
    }

    /** The precision of an expert. */
    public Precision precisionOf(int expert) {
        return classes.get(classOf(expert)).precision();
    }

    /** The same layer in training: what is rounded after training is not rounded yet. */
    public QuantisedConfig inTraining() {
        return new QuantisedConfig(inputs, outputs, routerWidths, expertWidths, classes.stream()
                .map(one -> new ExpertClass(one.precision().inTraining(), one.experts())).toList(), gate, dropout);
    }
}
