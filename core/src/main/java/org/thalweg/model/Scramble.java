package org.thalweg.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Space;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Moves a model by a random element of its symmetry group: other weights, the same function.
 *
 * <p>Permutations, signs and factors that are powers of two act on the numbers as they are stored and lose nothing;
 * every other group acts in float64, and storing the result in the tensor's own type loses one rounding. Random
 * factors are log-normal with deviation 0.5 and random matrices have condition numbers below 20 as a rule, which keeps
 * that rounding small. The same seed gives the same bytes on one machine.
 *
 * @param seed of the element and of the noise
 * @param groups families of groups that act, by {@link GroupKind#family}, or {@link #ALL} alone; when empty all, but
 *     for weights of 16 bits what stores exactly: orders, signs, and, but for float16, the powers of two nearest to
 *     random factors
 * @param noise deviation of Gaussian noise added to every weight before it is moved, in units of the root mean square
 *     of the weight's tensor; 0 for none
 */
public record Scramble(long seed, Set<String> groups, double noise) {
    /** The file with the element, beside the weights; large maps are in a second one, as {@link AlignmentFile} says. */
    public static final String ALIGNMENT = "alignment.json";

    /** In place of kinds: every group acts, whatever the type of the weights. */
    public static final String ALL = "all";

    private static final Set<String> FAMILIES = Arrays.stream(GroupKind.values())
            .filter(kind -> kind != GroupKind.NONE)
            .map(GroupKind::family)
            .collect(Collectors.toCollection(TreeSet::new));

    /** Refuses kinds that no group has and noise that is none. */
    public Scramble {
        groups = Set.copyOf(groups);
        Set<String> named = groups.equals(Set.of(ALL)) ? Set.of() : groups;
        named.stream().filter(group -> !FAMILIES.contains(group)).sorted().findFirst().ifPresent(unknown -> {
            throw new WrongUse("there is no group '" + unknown + "'; known are " + String.join(", ", FAMILIES)
                    + ", or 'all' alone.");
        });
        if (!(noise >= 0 && noise <= 10)) {
            throw new WrongUse("noise is " + noise + ", expected a number from 0 to 10.");
        }
    }

    /**
     * What was done.
     *
     * @param alignment the element
     * @param kinds of the groups that acted
     * @param exactly whether only what stores exactly acted, since the weights have 16 bits
     * @param rounding largest error that storing made in any weight, divided by its tensor's largest weight
     * @param checked of the stored weights; nothing when the network is not built in
     */
    public record Done(
            Alignment alignment,
            Set<String> kinds,
            boolean exactly,
            double rounding,
            Optional<Checking.Checked> checked) {}

    /**
     * Writes the moved model as {@link #write(ModelDirectory, Output, Checking, WorkObserver)} does, with the usual
     * check.
     *
     * @param model what to move; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @return what was done
     */
    public Done write(ModelDirectory model, Output output) {
        return write(model, output, new Checking(OptionalDouble.empty(), Checking.usualProbes(model), 0, false),
                WorkObserver.SILENT);
    }

    /**
     * Writes the moved model: same names, shapes, types and division among files, companion files copied, the element
     * in {@link #ALIGNMENT}. Before, the model is checked against the source, with noise against the source with its
     * noise. Tensors are read and moved one at a time, and written while the next is made: memory is the element and
     * three times the largest tensor as it is stored where what acts stores exactly, else some four times the largest
     * in float64, or what the check takes, as {@link FunctionComparison} says.
     *
     * @param model what to move; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @param checking how the function is compared
     * @param observer watches
     * @return what was done
     * @throws WrongUse when the model has no group of a chosen kind
     * @throws org.thalweg.failure.WorkFailure when weights are not finite or overflow their type when moved, the moved
     *     model is not the same function, or the disk refuses; then nothing is left
     */
    public Done write(ModelDirectory model, Output output, Checking checking, WorkObserver observer) {
        Checkpoint checkpoint = model.checkpoint();
        boolean exactly = groups.isEmpty() && ExactStorage.isUsualFor(model);
        List<Space> spaces = spaces(model, exactly);
        output.require(checkpoint);
        checking.requirePossible(model);
        model.requireFinite(observer);
        Alignment drawn = model.architecture().random(
                Random.seeded(Random.childSeed(seed, "scramble")), spaces.stream().map(Space::name).toList());
        Alignment alignment = exactly ? ExactStorage.rounded(drawn, model) : drawn;
        try (CheckpointReader reader = model.reader()) {
            MovedModel moved = new MovedModel(model, noisy(reader, model.architecture().ignored()), alignment);
            Optional<Checking.Checked> checked =
                    checking.checkAndWrite(moved, output, provenance(exactly), observer);
            Set<String> kinds = spaces.stream().map(space -> space.group().kind().family())
                    .collect(Collectors.toCollection(TreeSet::new));
            return new Done(alignment, kinds, exactly, moved.rounding(), checked);
        }
    }

    /** The spaces that move. */
    private List<Space> spaces(ModelDirectory model, boolean exactly) {
        Collection<Space> all = model.architecture().spaces().values();
        Set<String> there = all.stream().map(space -> space.group().kind().family()).filter(FAMILIES::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        Collection<String> chosen = exactly ? ExactStorage.KINDS
                : groups.isEmpty() || groups.contains(ALL) ? there : groups;
        if (!exactly) {
            chosen.stream().filter(group -> !there.contains(group)).sorted().findFirst().ifPresent(absent -> {
                throw new WrongUse(
                        "this model has no group '" + absent + "'; it has " + String.join(", ", there) + ".");
            });
        }
        return all.stream().filter(space -> chosen.contains(space.group().kind().family())).toList();
    }

    /**
     * The weights with their noise, which depends on the tensor's name and not on the order of reading, in the type
     * they are stored in.
     */
    private TensorReader noisy(TensorReader weights, Set<String> buffers) {
        return noise == 0 ? weights : name -> {
            try (Scope scope = Scope.open()) {
                Tensor tensor = weights.read(name);
                if (!tensor.dtype().isFloating() || buffers.contains(name) || tensor.size() == 0) {
                    return scope.keep(tensor);
                }
                Tensor exact = tensor.to(DType.FLOAT64);
                double deviation = noise * exact.norm() / Math.sqrt(exact.size());
                Random random = Random.seeded(Random.childSeed(seed, "noise." + name));
                return scope.keep(exact.add(random.normal(DType.FLOAT64, exact.shape()).multiply(deviation))
                        .to(tensor.dtype()));
            }
        };
    }

    private Map<String, String> provenance(boolean exactly) {
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("thalweg.scramble.seed", String.valueOf(seed));
        provenance.put("thalweg.scramble.groups", exactly ? "exact"
                : groups.isEmpty() ? ALL : String.join(",", new TreeSet<>(groups)));
        provenance.put("thalweg.scramble.noise", String.valueOf(noise));
        return provenance;
    }
}
