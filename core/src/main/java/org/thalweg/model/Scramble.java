package org.thalweg.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.TensorSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Space;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Moves a model by a random element of its symmetry group: other weights, the same function.
 *
 * <p>The element is applied in float64 and the result stored in each tensor's own type, so permutations and signs
 * lose nothing and every other group loses one rounding of the type. Random factors are log-normal with deviation 0.5
 * and random matrices have condition numbers below 20 as a rule, which keeps that rounding small. The same seed gives
 * the same bytes on one machine.
 *
 * @param seed of the element and of the noise
 * @param groups families of groups that act, by {@link GroupKind#family}; all when empty
 * @param noise deviation of Gaussian noise added to every weight before it is moved, in units of the root mean square
 *     of the weight's tensor; 0 for none
 */
public record Scramble(long seed, Set<String> groups, double noise) {
    /** The file with the element, beside the weights; large maps are in a second one, as {@link AlignmentFile} says. */
    public static final String ALIGNMENT = "alignment.json";

    /** Kinds whose elements move numbers and change signs only. */
    private static final Set<GroupKind> KEEPING_SIZES =
            EnumSet.of(GroupKind.PERMUTATION, GroupKind.SIGNED_PERMUTATION);
    private static final Set<String> FAMILIES = Arrays.stream(GroupKind.values())
            .filter(kind -> kind != GroupKind.NONE)
            .map(GroupKind::family)
            .collect(Collectors.toCollection(TreeSet::new));

    /** Refuses kinds that no group has and noise that is none. */
    public Scramble {
        groups = Set.copyOf(groups);
        groups.stream().filter(group -> !FAMILIES.contains(group)).sorted().findFirst().ifPresent(unknown -> {
            throw new WrongUse("there is no group '" + unknown + "'; known are " + String.join(", ", FAMILIES) + ".");
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
     * Writes the moved model: same names, shapes, types and division among files, companion files copied, the element
     * in {@link #ALIGNMENT}. Tensors are read, moved and written one at a time: memory is the element and about eight
     * times the largest tensor in float64, whatever the model's size. Every file is read twice.
     *
     * @param model what to move; its files are not changed
     * @param options where and whether an existing directory is replaced
     * @return what was done
     * @throws WrongUse when the model has no group of a chosen kind
     * @throws org.thalweg.failure.WorkFailure when weights are not finite or overflow their type when moved, or the
     *     disk refuses; then nothing is left
     */
    public Done write(ModelDirectory model, Output options) {
        Checkpoint checkpoint = model.checkpoint();
        List<String> spaces = spaces(model.architecture());
        options.require(checkpoint.directory());
        checkpoint.requireFinite();
        Alignment alignment = model.architecture()
                .random(Random.seeded(Random.childSeed(seed, "scramble")), spaces);
        try (CheckpointReader reader = checkpoint.reader()) {
            TensorReader source = noisy(reader, model.architecture().ignored());
            StoredTensors moved = new StoredTensors(
                    checkpoint.tensors(), name -> alignment.carry(name, source), remedy(model.architecture()));
            CheckpointContent content = new CheckpointContent(checkpoint.config(), provenance(checkpoint),
                    checkpoint.tensors(), TensorSource.computing(moved::stored));
            CheckpointWriter.write(
                    options.directory(), content, CarriedModel.options(checkpoint, options, alignment));
            return new Done(alignment, moved.rounding());
        }
    }

    private List<String> spaces(Architecture architecture) {
        Collection<Space> all = architecture.spaces().values();
        Set<String> there = all.stream().map(space -> space.group().kind().family()).filter(FAMILIES::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        groups.stream().filter(group -> !there.contains(group)).sorted().findFirst().ifPresent(absent -> {
            throw new WrongUse("this model has no group '" + absent + "'; it has " + String.join(", ", there) + ".");
        });
        return all.stream()
                .filter(space -> groups.isEmpty() || groups.contains(space.group().kind().family()))
                .map(Space::name)
                .toList();
    }

    /** The weights in float64 with their noise, which depends on the tensor's name and not on the order of reading. */
    private TensorReader noisy(TensorReader weights, Set<String> buffers) {
        return name -> {
            try (Scope scope = Scope.open()) {
                Tensor tensor = weights.read(name);
                if (!tensor.dtype().isFloating()) {
                    return scope.keep(tensor);
                }
                Tensor exact = tensor.to(DType.FLOAT64);
                if (noise == 0 || buffers.contains(name) || exact.size() == 0) {
                    return scope.keep(exact);
                }
                double deviation = noise * exact.norm() / Math.sqrt(exact.size());
                Random random = Random.seeded(Random.childSeed(seed, "noise." + name));
                return scope.keep(exact.add(random.normal(DType.FLOAT64, exact.shape()).multiply(deviation)));
            }
        };
    }

    private static String remedy(Architecture architecture) {
        String harmless = architecture.spaces().values().stream()
                .map(space -> space.group().kind())
                .filter(KEEPING_SIZES::contains)
                .map(GroupKind::family)
                .distinct()
                .sorted()
                .collect(Collectors.joining(","));
        return (harmless.isEmpty() ? "" : "choose '--groups " + harmless + "', without scalings and mixing maps, or ")
                + "convert the model to bfloat16 or float32 first";
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
