package org.thalweg.identifiability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.group.Translation;
import org.thalweg.matching.MoeMatcher;
import org.thalweg.network.Probes;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Decides whether two MoE layers are the same function up to G(n): a common shift of the gate, an order of the
 * experts, equal experts (and for one selected expert a positive scale of the gate).
 *
 * <p>The order solves one assignment problem whose entries are zero exactly for pairs with equal centred gate rows
 * and equal answers; shift and scale follow. If the layers are so related, hidden units are matched too (exactly
 * with one hidden layer), for ReLU after bringing units to a common scale. Outputs and experts are compared on
 * random probes, so "equal" means equal there; a relation with weights holds everywhere. An expert that no probe uses
 * must have related weights, else the verdict is undecided. Time O(n² (h² d + h³)); nothing is changed; deterministic.
 */
public final class MoeIdentifier {
    private final MoeFunction first;
    private final MoeFunction second;
    private final IdentificationSettings settings;
    private final ExpertOutputs firstOutputs;
    private final ExpertOutputs secondOutputs;
    private final Verification outputs;

    private MoeIdentifier(MoeFunction first, MoeFunction second, IdentificationSettings settings) {
        this.first = first;
        this.second = second;
        this.settings = settings;
        // What every expert of both layers makes of every input, and the inputs.
        Probes.requireMemory(settings.probes(),
                (long) Double.BYTES * first.residual() * (2L * first.config().experts() + 2));
        Tensor probes = probes(first.residual(), settings);
        this.firstOutputs = ExpertOutputs.of(first, probes);
        this.secondOutputs = ExpertOutputs.of(second, probes);
        this.outputs = EquivalenceCheck.compare(first.forward(probes), second.forward(probes), settings.tolerance());
    }

    /** Half the probes have deviation 1, half 4, so that distant experts are used too. */
    private static Tensor probes(int residual, IdentificationSettings settings) {
        Random random = Random.seeded(settings.seed());
        int near = (settings.probes() + 1) / 2;
        Tensor far = random.normal(DType.FLOAT64, settings.probes() - near, residual).multiply(4);
        return Tensor.concatenate(List.of(random.normal(DType.FLOAT64, near, residual), far), 0);
    }

    /**
     * Compares two layers.
     *
     * @param first the layer that the group element moves
     * @param second the layer that it is moved to; reads and writes a stream of the same width
     * @param settings how closely to compare
     * @return what was found
     * @throws WrongUse when the widths differ, or a gate is that of a published model
     * @throws org.thalweg.failure.WorkFailure when a weight is infinite or NaN, or tensors do not fit the sizes
     */
    public static Identification identify(
            MoeFunction first, MoeFunction second, IdentificationSettings settings) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                requireDecidable(first);
                requireDecidable(second);
                MoeFunction one = first.alone("first");
                MoeFunction other = second.alone("second");
                if (one.residual() != other.residual()) {
                    throw new WrongUse("the first layer reads a stream of width " + one.residual()
                            + " and the second one of width " + other.residual()
                            + "; such layers are no functions of the same input.");
                }
                return new MoeIdentifier(one, other, settings).identify();
            }
        });
    }

    private static void requireDecidable(MoeFunction layer) {
        if (layer.config().gating() instanceof Gating.Published published) {
            throw new WrongUse("layers with the gate " + published.label() + " are not decided, only those with the "
                    + "gates dense, sparse and deepseek; 'thalweg verify' compares the outputs of whole models.");
        }
    }

    private Identification identify() {
        MoeConfig config = first.config();
        if (!config.equals(second.config())) {
            Identification.Residuals none = new Identification.Residuals(
                    outputs.maxRelDifference(),
                    Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
            return unrelated(none, "their sizes or gates differ: " + config + " and " + second.config());
        }
        ModelArchitecture.ofLayer(config, second.parameters());
        Architecture architecture = ModelArchitecture.ofLayer(config, first.parameters());
        GateRows gate = GateRows.of(first.parameters());
        GateRows target = GateRows.of(second.parameters());
        double scale = isScaleFree(config) && gate.spread() > 0 && target.spread() > 0
                ? target.spread() / gate.spread()
                : 1;
        Permutation order = order(gate, target, scale);
        Identification.Residuals residuals = residuals(gate, target, scale, order);
        if (Math.max(residuals.gate(), Math.max(residuals.experts(), residuals.shared())) > settings.tolerance()) {
            return unrelated(residuals, residuals.gate() > settings.tolerance()
                    ? "no order of the experts makes the gates equal up to a common shift"
                    : "the gates are equal up to order and shift but the experts behind them are not");
        }
        double[] shift = gate.shiftTo(target, scale);
        double[] weightShift = Arrays.copyOf(shift, shift.length - 1);
        double biasShift = shift[shift.length - 1];
        Alignment whole = whole(architecture, order)
                .with("moe.gate_weight_shift", new Translation(weightShift));
        if (architecture.spaces().containsKey("moe.gate_bias_shift")) {
            whole = whole.with("moe.gate_bias_shift", new Translation(new double[] {biasShift}));
        }
        if (isScaleFree(config)) {
            whole = whole.with("moe.gate_scale", new Scaling(new double[] {scale}));
        }
        Set<String> unlike = unlike(whole);
        List<Identification.UncomparedExpert> uncompared = uncompared(order, unlike);
        if (!uncompared.isEmpty()) {
            return new Identification.Undecided(uncompared, residuals, failedAssumptions());
        }
        Optional<Alignment> weights = unlike.isEmpty() ? Optional.of(whole) : Optional.empty();
        return new Identification.Related(
                order, weightShift, biasShift, scale, weights, residuals, failedAssumptions());
    }

    private static boolean isScaleFree(MoeConfig config) {
        return config.gating() instanceof Gating.Sparse(int selected) && selected == 1;
    }

    private Identification unrelated(Identification.Residuals residuals, String why) {
        if (outputs.verified()) {
            return new Identification.EqualButUnrelated(failedAssumptions(), residuals);
        }
        String found = Double.isFinite(outputs.maxRelDifference())
                ? "The outputs differ by up to " + outputs.maxRelDifference() + " of the largest"
                : "Of the outputs " + outputs.found();
        return new Identification.Unrelated(found + ", and " + why + ".", residuals);
    }

    private List<FailedAssumption> failedAssumptions() {
        Set<FailedAssumption> failed = new LinkedHashSet<>(Assumptions.ofKind(first.config()));
        failed.addAll(Assumptions.ofKind(second.config()));
        failed.addAll(Assumptions.of("first", first, firstOutputs, settings.tolerance()));
        failed.addAll(Assumptions.of("second", second, secondOutputs, settings.tolerance()));
        return new ArrayList<>(failed);
    }

    /** τ: which expert of the first layer stands at each place of the second. */
    private Permutation order(GateRows gate, GateRows target, double scale) {
        double[][] own = gate.centred();
        double[][] other = target.centred();
        double gateSize = Math.max(Double.MIN_NORMAL, target.spread());
        double expertSize = secondOutputs.size();
        float[][] cost = new float[other.length][own.length];
        for (int i = 0; i < other.length; i++) {
            for (int j = 0; j < own.length; j++) {
                double squares = 0;
                for (int coordinate = 0; coordinate < own[j].length; coordinate++) {
                    double difference = other[i][coordinate] - scale * own[j][coordinate];
                    squares += difference * difference;
                }
                cost[i][j] = (float) (Math.sqrt(squares) / gateSize
                        + secondOutputs.distance(i, firstOutputs, j).orElse(0) / expertSize);
            }
        }
        return new Permutation(new AssignmentSolver().solve(AssignmentProblem.minimize(cost)).columnOfRow());
    }

    private Identification.Residuals residuals(GateRows gate, GateRows target, double scale, Permutation order) {
        double experts = 0;
        for (int expert = 0; expert < order.size(); expert++) {
            experts = Math.max(
                    experts, secondOutputs.distance(expert, firstOutputs, order.image(expert)).orElse(0));
        }
        double shared = firstOutputs.shared().isEmpty()
                ? 0
                : relative(firstOutputs.shared().get(), secondOutputs.shared().orElseThrow());
        return new Identification.Residuals(
                outputs.maxRelDifference(), gate.residual(target, scale, order),
                experts / secondOutputs.size(), shared);
    }

    /** The alignment of experts and hidden units, units' scales included. */
    private Alignment whole(Architecture architecture, Permutation order) {
        int hiddenLayers = first.config().hidden().size();
        Alignment gauge = UnitGauge.of(architecture, first.parameters(), hiddenLayers);
        Alignment targetGauge = UnitGauge.of(architecture, second.parameters(), hiddenLayers);
        Parameters reference = targetGauge.apply(second.parameters());
        Parameters model = gauge.apply(first.parameters());
        Alignment permutations =
                new MoeMatcher(architecture, reference::get, model::get).withExpertOrder(order).alignment();
        return targetGauge.inverse().compose(permutations).compose(gauge);
    }

    /** The second layer's tensors to which the alignment does not move the first layer's. */
    private Set<String> unlike(Alignment alignment) {
        Parameters moved = alignment.apply(first.parameters());
        Set<String> unlike = new LinkedHashSet<>();
        for (String name : moved.names()) {
            if (relative(second.parameters().get(name), moved.get(name)) > settings.tolerance()) {
                unlike.add(name);
            }
        }
        return unlike;
    }

    /** The matched experts of which neither answers nor weights are known to be equal. */
    private List<Identification.UncomparedExpert> uncompared(Permutation order, Set<String> unlike) {
        List<Identification.UncomparedExpert> uncompared = new ArrayList<>();
        for (int expert = 0; expert < order.size(); expert++) {
            int image = order.image(expert);
            String prefix = second.prefix() + ".experts." + expert + ".";
            if (secondOutputs.distance(expert, firstOutputs, image).isEmpty()
                    && unlike.stream().anyMatch(name -> name.startsWith(prefix))) {
                uncompared.add(new Identification.UncomparedExpert(
                        expert, image, secondOutputs.reached(expert), firstOutputs.reached(image),
                        settings.probes()));
            }
        }
        return uncompared;
    }

    private static double relative(Tensor one, Tensor other) {
        double difference = one.subtract(other).abs().max();
        return difference == 0 ? 0 : difference / Math.max(one.abs().max(), Double.MIN_NORMAL);
    }
}
