package org.thalweg.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.failure.WrongUse;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Group;
import org.thalweg.symmetry.Space;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Moves a model by a random element of its symmetry group: other weights, the same function.
 *
 * <p>The element is applied in float64 and the result stored in each tensor's own type, so permutations and signs
 * lose nothing and every other group loses one rounding of the type. Random factors are log-normal with deviation 0.5
 * and random matrices have condition numbers below 20 as a rule, which keeps that rounding small. The same seed gives
 * the same bytes on one machine.
 *
 * @param seed of the element and of the noise
 * @param groups kinds of groups that act, by {@link #kind}; all when empty
 * @param noise deviation of Gaussian noise added to every weight before it is moved, in units of the root mean square
 *     of the weight's tensor; 0 for none
 */
public record Scramble(long seed, Set<String> groups, double noise) {
    /** The file with the element, beside the weights. */
    public static final String ALIGNMENT = "alignment.json";

    private static final Set<String> KINDS = new TreeSet<>(Set.of("permutation", "signed-permutation", "translation",
            "positive-scaling", "signed-scaling", "orthogonal", "invertible", "rotary"));

    /** Refuses kinds that no group has and noise that is none. */
    public Scramble {
        groups = Set.copyOf(groups);
        groups.stream().filter(group -> !KINDS.contains(group)).sorted().findFirst().ifPresent(unknown -> {
            throw new WrongUse("there is no group '" + unknown + "'; known are " + String.join(", ", KINDS) + ".");
        });
        if (!(noise >= 0 && noise <= 10)) {
            throw new WrongUse("--noise is " + noise + ", expected a number from 0 to 10.");
        }
    }

    /**
     * What was done.
     *
     * @param alignment the element
     * @param rounding largest error that storing made in any weight, divided by its tensor's largest weight
     */
    public record Done(Alignment alignment, double rounding) {}

    /**
     * The kind of a group, as {@code --groups} names it.
     *
     * @param group any group
     * @return for example {@code signed-scaling} or {@code rotary}; {@code orthogonal} for centred ones too;
     *     {@code none} for the trivial group
     */
    public static String kind(Group group) {
        return switch (group) {
            case Group.RotaryMaps _ -> "rotary";
            case Group.CentredOrthogonals _ -> "orthogonal";
            default -> group.label().replace(' ', '-');
        };
    }

    /**
     * Writes the moved model: same names, shapes, types and division among files, companion files copied, the element
     * in {@link #ALIGNMENT}. Holds the model twice as stored and three times in float64 (twice without noise), outside
     * Java's heap: for float32 up to 32 bytes a weight.
     *
     * @param model what to move; its files are not changed
     * @param options where and whether an existing directory is replaced
     * @return what was done
     * @throws WrongUse when the model has no group of a chosen kind
     * @throws org.thalweg.failure.WorkFailure when weights are not finite, or the disk refuses; then nothing is left
     */
    public Done write(ModelDirectory model, Output options) {
        Checkpoint checkpoint = model.checkpoint();
        List<String> spaces = spaces(model.architecture());
        options.require(checkpoint.directory());
        checkpoint.requireFinite();
        Alignment alignment = model.architecture()
                .random(Random.seeded(Random.childSeed(seed, "scramble")), spaces);
        try (Scope scope = Scope.open()) {
            Parameters original = checkpoint.load();
            Parameters exact = alignment.apply(noisy(original.to(DType.FLOAT64), model.architecture().ignored()));
            Parameters stored = exact.mapNamed((name, tensor) -> tensor.to(original.get(name).dtype()));
            Checkpoint.requireFinite("the scrambled model", stored);
            double rounding = rounding(exact, stored);
            CheckpointWriter.write(
                    options.directory(),
                    CheckpointContent.of(checkpoint.config(), stored, provenance(checkpoint)),
                    CarriedModel.options(checkpoint, options, alignment));
            return new Done(alignment, rounding);
        }
    }

    private List<String> spaces(Architecture architecture) {
        Collection<Space> all = architecture.spaces().values();
        Set<String> there = all.stream().map(space -> kind(space.group())).filter(KINDS::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        groups.stream().filter(group -> !there.contains(group)).sorted().findFirst().ifPresent(absent -> {
            throw new WrongUse("this model has no group '" + absent + "'; it has " + String.join(", ", there) + ".");
        });
        return all.stream()
                .filter(space -> groups.isEmpty() || groups.contains(kind(space.group())))
                .map(Space::name)
                .toList();
    }

    private Parameters noisy(Parameters model, Set<String> buffers) {
        if (noise == 0) {
            return model;
        }
        Random random = Random.seeded(Random.childSeed(seed, "noise"));
        return model.mapNamed((name, tensor) -> {
            if (!tensor.dtype().isFloating() || buffers.contains(name) || tensor.size() == 0) {
                return tensor;
            }
            double deviation = noise * tensor.norm() / Math.sqrt(tensor.size());
            return tensor.add(random.normal(DType.FLOAT64, tensor.shape()).multiply(deviation));
        });
    }

    private static double rounding(Parameters exact, Parameters stored) {
        double largest = 0;
        for (Map.Entry<String, Tensor> entry : exact.asMap().entrySet()) {
            try (Scope scope = Scope.open()) {
                Tensor tensor = entry.getValue();
                if (tensor.dtype().isFloating() && tensor.size() > 0) {
                    double error = stored.get(entry.getKey()).to(DType.FLOAT64).subtract(tensor).abs().max();
                    largest = Math.max(largest, error == 0 ? 0 : error / tensor.abs().max());
                }
            }
        }
        return largest;
    }

    private Map<String, String> provenance(Checkpoint checkpoint) {
        Map<String, String> provenance = new LinkedHashMap<>(checkpoint.metadata());
        provenance.put("thalweg.scramble.seed", String.valueOf(seed));
        provenance.put("thalweg.scramble.groups", Optional.of(groups).filter(chosen -> !chosen.isEmpty())
                .map(chosen -> String.join(",", new TreeSet<>(chosen))).orElse("all"));
        provenance.put("thalweg.scramble.noise", String.valueOf(noise));
        return provenance;
    }
}
