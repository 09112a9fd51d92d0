package org.thalweg.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Space;

/**
 * Whether one alignment can act on two models: the same tensors of the same shapes in the same spaces. Or whether there
 * is a path between them: the same tensors, of which their networks are the same function.
 */
final class SameKind {
    private static final String ALIGNED = "aligned";
    private static final String JOINED = "joined by a path";
    private static final String MERGED = "merged";

    private SameKind() {}

    /**
     * Refuses two models that cannot be aligned.
     *
     * @param reference A
     * @param model B
     * @throws WorkFailure naming the tensor or the space and what each of the two has
     */
    static void require(ModelDirectory reference, ModelDirectory model) {
        requireTensors(reference, model, ALIGNED, SameKind::withoutBuffers);
        requireSameSpaces(reference, model, ALIGNED);
    }

    /**
     * Refuses two models whose tensors have the same shapes but run over other heads or units, so that a mean of them
     * is a model of neither kind. What differs in shapes is not looked at.
     *
     * @param reference A
     * @param model B
     * @throws WorkFailure naming the space and what each of the two has
     */
    static void requireMergeable(ModelDirectory reference, ModelDirectory model) {
        Map<String, long[]> shapes = ModelDirectory.shapes(withoutBuffers(reference));
        Map<String, long[]> others = ModelDirectory.shapes(withoutBuffers(model));
        boolean areShapesEqual = shapes.keySet().equals(others.keySet()) && shapes.entrySet().stream()
                .allMatch(shape -> Arrays.equals(shape.getValue(), others.get(shape.getKey())));
        if (areShapesEqual) {
            requireSameSpaces(reference.withFreeGains(), model.withFreeGains(), MERGED);
        }
    }

    /**
     * Refuses two models between which there is no path.
     *
     * @param reference A
     * @param model B
     * @throws WorkFailure naming the tensor or the fields of config.json and what each of the two has
     */
    static void requireSameFunction(ModelDirectory reference, ModelDirectory model) {
        Network one = reference.requireNetwork();
        Network other = model.requireNetwork();
        String a = reference.checkpoint().directory().toString();
        String b = model.checkpoint().directory().toString();
        if (one.inputs() instanceof Inputs.Texts(int vocabulary, int _)
                && other.inputs() instanceof Inputs.Texts(int others, int _) && vocabulary != others) {
            throw refusal(JOINED, "the vocabulary of " + a + " has " + vocabulary + " tokens, that of " + b + " has "
                    + others);
        }
        if (reference.architecture().name().equals(model.architecture().name())) {
            tieDifference(new Named(a, one), new Named(b, other)).ifPresent(difference -> {
                throw refusal(JOINED, difference);
            });
        }
        requireTensors(reference, model, JOINED, SameKind::computedWith);
        List<String> differences = differences(reference, model);
        if (!differences.isEmpty()) {
            throw refusal(JOINED, "their tensors have the same shapes but their networks compute with them "
                    + "differently; fields of config.json (" + a + ", " + b + "): " + String.join("; ", differences));
        }
    }

    /** A network and the directory that it is of. */
    record Named(String directory, Network network) {}

    /** That the head is the embedding in one model alone, and what to do; nothing when both are alike in this. */
    static Optional<String> tieDifference(Named one, Named other) {
        boolean first = one.network().tie().isPresent();
        if (first == other.network().tie().isPresent()) {
            return Optional.empty();
        }
        Named tied = first ? one : other;
        return Optional.of("the head of " + tied.directory() + " is its embedding, that of "
                + (first ? other : one).directory() + " is a tensor of its own" + head(tied.network())
                + "; write the head of the first as a tensor too and set tie_word_embeddings to false in its "
                + "config.json");
    }

    private static String head(Network tied) {
        return tied.tie().orElseThrow().untied().keySet().stream().findFirst().map(name -> ", " + name).orElse("");
    }

    private static void requireTensors(ModelDirectory reference, ModelDirectory model, String what,
            Function<ModelDirectory, Map<String, TensorLayout>> tensors) {
        String a = reference.checkpoint().directory().toString();
        String b = model.checkpoint().directory().toString();
        if (!reference.architecture().name().equals(model.architecture().name())) {
            throw refusal(what, "they have different architectures: " + a + " is '"
                    + reference.architecture().name() + "', " + b + " is '" + model.architecture().name() + "'");
        }
        Map<String, TensorLayout> expected = tensors.apply(reference);
        Map<String, TensorLayout> found = tensors.apply(model);
        // Shapes first: a layer that is wider also has other spaces, and a model with more layers more tensors.
        expected.forEach((name, layout) -> {
            if (found.containsKey(name) && !Arrays.equals(layout.shape(), found.get(name).shape())) {
                throw refusal(what, "the tensor '" + name + "' has the shape " + Arrays.toString(layout.shape())
                        + " in " + a + " but " + Arrays.toString(found.get(name).shape()) + " in " + b);
            }
        });
        absent(found.keySet(), expected.keySet(), a, b).ifPresent(absent -> {
            throw refusal(what, absent);
        });
        absent(expected.keySet(), found.keySet(), b, a).ifPresent(absent -> {
            throw refusal(what, absent);
        });
    }

    /** What is aligned: buffers may be there or not. */
    private static Map<String, TensorLayout> withoutBuffers(ModelDirectory model) {
        Map<String, TensorLayout> layouts = new LinkedHashMap<>(model.tensors());
        layouts.keySet().removeAll(model.architecture().ignored());
        return layouts;
    }

    /** What is interpolated: what the network reads. */
    private static Map<String, TensorLayout> computedWith(ModelDirectory model) {
        Map<String, TensorLayout> layouts = new LinkedHashMap<>(model.tensors());
        layouts.keySet().retainAll(model.weights());
        return layouts;
    }

    private static Optional<String> absent(Set<String> present, Set<String> wanted, String has, String lacks) {
        List<String> names = wanted.stream().filter(name -> !present.contains(name)).toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(
                has + " has the tensor '" + names.getFirst() + "', which " + lacks + " has not"
                        + (names.size() == 1 ? "" : ", and " + (names.size() - 1) + " more"));
    }

    private static void requireSameSpaces(ModelDirectory reference, ModelDirectory model, String what) {
        if (reference.architecture().equals(model.architecture())) {
            return;
        }
        Set<String> names = new TreeSet<>(reference.architecture().spaces().keySet());
        names.addAll(model.architecture().spaces().keySet());
        for (String name : names) {
            String one = described(reference, name);
            String other = described(model, name);
            if (!one.equals(other)) {
                throw refusal(what, "the space '" + name + "' is " + one + " in "
                        + reference.checkpoint().directory() + " but " + other + " in " + model.checkpoint().directory()
                        + "; their config.json differ where the tensors' shapes do not show it");
            }
        }
        throw refusal(what, "their tensors have the same shapes but " + reference.checkpoint().directory() + " and "
                + model.checkpoint().directory() + " bind them to other spaces; compare their config.json");
    }

    private static String described(ModelDirectory model, String space) {
        return Optional.ofNullable(model.architecture().spaces().get(space))
                .map(Space::group)
                .map(group -> group.kind().family() + " of " + group.size())
                .orElse("absent");
    }

    private static WorkFailure refusal(String what, String why) {
        return new WorkFailure("the models cannot be " + what + ": " + why + ".");
    }

    /**
     * Fields of the two configurations by which the networks differ: the aligned model keeps B's.
     *
     * @param reference A
     * @param model B
     * @return for each {@code name: A's value, B's value}; none when the networks are the same or not built in
     */
    static List<String> differences(ModelDirectory reference, ModelDirectory model) {
        if (NetworkOrReason.of(reference).network().isEmpty() || NetworkOrReason.of(model).network().isEmpty()) {
            return List.of();
        }
        return ConfigDifferences.between(ConfigDifferences.Side.of(reference), ConfigDifferences.Side.of(model))
                .stream()
                .filter(difference -> difference.effect() != ConfigDifference.Effect.SAME_FUNCTION)
                .map(ConfigDifference::toString)
                .toList();
    }
}
