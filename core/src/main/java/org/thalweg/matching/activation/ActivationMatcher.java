package org.thalweg.matching.activation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.Permutation;
import org.thalweg.matching.Match;
import org.thalweg.matching.Matcher;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.Polishing;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.SpaceMatch;
import org.thalweg.matching.StartSettings;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Slice;
import org.thalweg.symmetry.Space;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Aligns B to A by what both compute on the same inputs. Hidden units are ordered by the Pearson correlation of their
 * activations (exact assignment), heads by a similarity of their values that no basis inside a head changes, values
 * inside a head by an assignment or a rotation, and the residual stream by the rotation or order that brings its
 * normalised activations after all stages closest (arXiv 2506.22712, section 4, has the orders alone). What activations
 * do not show, bases of queries and keys and experts, is matched by weights afterwards.
 *
 * @param network runs both models
 * @param examples to run them on
 * @param settings what is matched and how
 */
public record ActivationMatcher(Network network, Examples examples, ActivationMatchSettings settings)
        implements Matcher {
    private static final double LEAST_DEVIATION = 1e-7;
    private static final StartSettings ONCE = new StartSettings(1, 0, Polishing.NONE);
    private static final String BY = "activations";

    @Override
    public Match match(
            Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer) {
        try (Scope scope = Scope.open()) {
            Features features = features(architecture, reference, model, observer);
            Alignment shown = shown(architecture, features);
            Set<String> decided = decided(features.architecture());
            Architecture rest = restricted(architecture, decided);
            Match others = new WeightMatcher(new WeightMatchSettings(
                    settings.experts(), ResidualMatching.NONE, MatchingGauge.BALANCED).with(ONCE))
                    .match(rest, reference, name -> shown.exact(name, model), observer);
            Alignment whole = new Alignment(architecture, others.alignment().elements()).compose(shown);
            return new Match(whole, findings(architecture, whole, decided, others));
        }
    }

    /**
     * Activations of both models.
     *
     * @param architecture in which they are tensors
     * @param reference of A
     * @param model of B
     */
    private record Features(Architecture architecture, Parameters reference, Parameters model) {}

    private Features features(
            Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer) {
        List<FeatureLayout> outputs = Activations.outputs(network, architecture);
        if (outputs.isEmpty()) {
            throw new WrongUse("activations of the architecture '" + architecture.name()
                    + "' cannot be compared, since something stands behind the output maps of its sublayers; match by "
                    + "weights.");
        }
        Activations activations = new Activations(network, outputs, examples);
        int[] indices = Random.seeded(Random.childSeed(settings.seed(), "inputs")).permutation(examples.size());
        Map<String, Tensor> a = activations.of(loaded(reference), indices, settings.samples(), observer);
        Map<String, Tensor> b = activations.of(loaded(model), indices, settings.samples(), observer);
        Map<String, FeatureLayout> layouts = new LinkedHashMap<>();
        outputs.forEach(output -> layouts.put(output.name(), output));
        if (settings.residual() != ResidualMatching.NONE) {
            a.keySet().stream().filter(Activations::isStream).forEach(name -> layouts.put(name,
                    FeatureLayout.ofStream(Integer.parseInt(name.substring(name.indexOf('.') + 1)),
                            (int) a.get(name).length(1))));
        }
        Map<String, TensorLayout> tensors = new LinkedHashMap<>();
        layouts.forEach((name, layout) -> tensors.put(name, layout.of((int) a.get(name).length(0))));
        Architecture shape = new Architecture(
                architecture.name() + " activations", spaces(architecture, tensors), tensors, Set.of());
        return new Features(shape, normalised(shape, a), normalised(shape, b));
    }

    private Parameters loaded(TensorReader reader) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        network.tensors().keySet().forEach(name -> tensors.put(name, reader.read(name).to(DType.FLOAT32)));
        return Parameters.of(tensors);
    }

    /** The spaces that activations run over; bases inside heads are rotations here. */
    private static Map<String, Space> spaces(Architecture architecture, Map<String, TensorLayout> tensors) {
        Set<String> used = new LinkedHashSet<>();
        tensors.values().forEach(layout -> layout.parts().forEach(part -> {
            part.factors().forEach(factor -> factor.reference().ifPresent(
                    reference -> used.addAll(reference.names(part.lengths()))));
            part.scales().forEach(scale -> used.addAll(scale.reference().names(part.lengths())));
        }));
        Map<String, Space> spaces = new LinkedHashMap<>();
        architecture.spaces().forEach((name, space) -> {
            if (used.contains(name)) {
                GroupKind kind = space.group().kind() == GroupKind.INVERTIBLE ? GroupKind.ORTHOGONAL
                        : space.group().kind();
                spaces.put(name, new Space(space.indexedName(), new Group(kind, space.group().size()),
                        space.over().filter(used::contains), List.of()));
            }
        });
        return spaces;
    }

    /** Samples of the stream to length 1; of all else each coordinate to mean 0, those of units to deviation 1. */
    private Parameters normalised(Architecture shape, Map<String, Tensor> activations) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        shape.tensors().keySet().forEach(name -> {
            try (Scope scope = Scope.open()) {
                Tensor x = activations.get(name);
                result.put(name, scope.keep(Activations.isStream(name) ? x.divide(norms(x, -1))
                        : isOfHeads(shape, name) && settings.values() == ActivationMatchSettings.Values.ROTATIONS
                        ? centred(x).divide(Tensor.of(new double[] {centred(x).norm()}, 1))
                        : centred(x).divide(norms(centred(x), 0))));
            }
        });
        return Parameters.of(result);
    }

    private static boolean isOfHeads(Architecture shape, String name) {
        return shape.tensors().get(name).parts().getFirst().factors().stream()
                .flatMap(factor -> factor.space().stream())
                .anyMatch(space -> isValue(shape, space));
    }

    private static Tensor centred(Tensor x) {
        return x.subtract(x.mean(0, true));
    }

    private static Tensor norms(Tensor x, int axis) {
        return x.multiply(x).sum(axis, true).sqrt().add(LEAST_DEVIATION);
    }

    /** What activations show. */
    private Alignment shown(Architecture architecture, Features features) {
        Match orders = new WeightMatcher(new WeightMatchSettings(
                settings.experts(), settings.residual(), MatchingGauge.AS_TRAINED).with(ONCE))
                .match(features.architecture(), features.reference()::get, features.model()::get, WorkObserver.SILENT);
        Map<String, GroupElement> elements = new LinkedHashMap<>(orders.alignment().elements());
        Map<String, Tensor> products = new LinkedHashMap<>();
        features.architecture().tensors().forEach((name, layout) -> {
            List<Slice> a = Slice.uniform(layout, features.reference().get(name));
            List<Slice> b = Slice.uniform(layout, orders.alignment().apply(name, features.model()::get));
            for (int slice = 0; slice < a.size(); slice++) {
                for (Slice.Mapped map : a.get(slice).maps()) {
                    if (isValue(features.architecture(), map.space())) {
                        Tensor product = a.get(slice).matrix(map.factor())
                                .matmul(b.get(slice).matrix(map.factor()).transpose(0, 1));
                        products.merge(map.space(), product, Tensor::add);
                    }
                }
            }
        });
        products.forEach((space, product) -> elements.put(space, inside(product)));
        return new Alignment(architecture, elements);
    }

    private static boolean isValue(Architecture architecture, String space) {
        return architecture.space(space).group().kind() == GroupKind.ORTHOGONAL && !space.equals(Architecture.STREAM);
    }

    private GroupElement inside(Tensor product) {
        return switch (settings.values()) {
            case ORDERS -> matrix(new Permutation(new AssignmentSolver()
                    .solve(AssignmentProblem.maximize(product.toFloatRows())).columnOfRow()));
            case ROTATIONS -> {
                LinearAlgebra.Svd svd = LinearAlgebra.svd(product);
                yield LinearMap.orthogonal(svd.u().matmul(svd.v().transpose(0, 1)).contiguous().toDoubles());
            }
        };
    }

    private static LinearMap matrix(Permutation order) {
        double[] entries = new double[order.size() * order.size()];
        for (int i = 0; i < order.size(); i++) {
            entries[i * order.size() + order.image(i)] = 1;
        }
        return LinearMap.orthogonal(entries);
    }

    private static Set<String> decided(Architecture features) {
        Set<String> decided = new LinkedHashSet<>();
        features.spaces().values().stream()
                .filter(space -> !space.group().kind().isVector())
                .forEach(space -> decided.add(space.name()));
        return decided;
    }

    /** The same architecture in which nothing acts in some spaces. */
    private static Architecture restricted(Architecture architecture, Set<String> still) {
        Map<String, Space> spaces = new LinkedHashMap<>();
        architecture.spaces().forEach((name, space) -> spaces.put(name, still.contains(name)
                ? new Space(space.indexedName(), new Group(GroupKind.NONE, space.group().size()), space.over(),
                        space.scales())
                : space));
        return new Architecture(architecture.name(), spaces, architecture.tensors(), architecture.ignored());
    }

    private static List<SpaceMatch> findings(
            Architecture architecture, Alignment whole, Set<String> decided, Match others) {
        Map<String, SpaceMatch> byWeights = new LinkedHashMap<>();
        others.spaces().forEach(found -> byWeights.put(found.space(), found));
        List<SpaceMatch> findings = new ArrayList<>();
        architecture.spaces().values().forEach(space -> {
            if (decided.contains(space.name()) && space.group().size() > 1) {
                findings.add(new SpaceMatch(space.name(), space.group(), whole.element(space.name()).moved(),
                        OptionalDouble.empty(), OptionalDouble.empty(), BY));
            } else {
                Optional.ofNullable(byWeights.get(space.name())).ifPresent(findings::add);
            }
        });
        return findings;
    }
}
