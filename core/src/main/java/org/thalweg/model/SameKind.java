package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Space;

/** Whether one alignment can act on two models: the same tensors of the same shapes in the same spaces. */
final class SameKind {
    private SameKind() {}

    /**
     * Refuses two models that cannot be aligned.
     *
     * @param reference A
     * @param model B
     * @throws WorkFailure naming the tensor or the space and what each of the two has
     */
    static void require(ModelDirectory reference, ModelDirectory model) {
        String a = reference.checkpoint().directory().toString();
        String b = model.checkpoint().directory().toString();
        if (!reference.architecture().name().equals(model.architecture().name())) {
            throw refusal("they have different architectures: " + a + " is '" + reference.architecture().name()
                    + "', " + b + " is '" + model.architecture().name() + "'");
        }
        Map<String, TensorLayout> expected = reference.checkpoint().tensors();
        Map<String, TensorLayout> found = model.checkpoint().tensors();
        // Shapes first: a layer that is wider also has other spaces, and a model with more layers more tensors.
        expected.forEach((name, layout) -> {
            if (found.containsKey(name) && !Arrays.equals(layout.shape(), found.get(name).shape())) {
                throw refusal("the tensor '" + name + "' has the shape " + Arrays.toString(layout.shape()) + " in "
                        + a + " but " + Arrays.toString(found.get(name).shape()) + " in " + b);
            }
        });
        requireIn(found.keySet(), expected.keySet(), a, b);
        requireIn(expected.keySet(), found.keySet(), b, a);
        requireSameSpaces(reference, model);
    }

    private static void requireIn(Set<String> present, Set<String> wanted, String has, String lacks) {
        List<String> absent = wanted.stream().filter(name -> !present.contains(name)).toList();
        if (!absent.isEmpty()) {
            throw refusal(has + " has the tensor '" + absent.getFirst() + "', which " + lacks + " has not"
                    + (absent.size() == 1 ? "" : ", and " + (absent.size() - 1) + " more"));
        }
    }

    private static void requireSameSpaces(ModelDirectory reference, ModelDirectory model) {
        if (reference.architecture().equals(model.architecture())) {
            return;
        }
        Set<String> names = new TreeSet<>(reference.architecture().spaces().keySet());
        names.addAll(model.architecture().spaces().keySet());
        for (String name : names) {
            String one = described(reference, name);
            String other = described(model, name);
            if (!one.equals(other)) {
                throw refusal("the space '" + name + "' is " + one + " in " + reference.checkpoint().directory()
                        + " but " + other + " in " + model.checkpoint().directory()
                        + "; their config.json differ where the tensors' shapes do not show it");
            }
        }
        throw refusal("their tensors have the same shapes but " + reference.checkpoint().directory() + " and "
                + model.checkpoint().directory() + " bind them to other spaces; compare their config.json");
    }

    private static String described(ModelDirectory model, String space) {
        return Optional.ofNullable(model.architecture().spaces().get(space))
                .map(Space::group)
                .map(group -> group.kind().family() + " of " + group.size())
                .orElse("absent");
    }

    private static WorkFailure refusal(String why) {
        return new WorkFailure("the models cannot be aligned: " + why + ".");
    }

    /**
     * Fields of the two configurations that differ where the networks do: the carried model keeps B's.
     *
     * @param reference A
     * @param model B
     * @return for each {@code name: A's value, B's value}; none when the networks are the same or not built in
     */
    static List<String> differences(ModelDirectory reference, ModelDirectory model) {
        Optional<Object> one = configuration(reference);
        Optional<Object> other = configuration(model);
        if (one.isEmpty() || one.equals(other)) {
            return List.of();
        }
        ObjectNode a = reference.checkpoint().config();
        ObjectNode b = model.checkpoint().config();
        Set<String> fields = new TreeSet<>();
        a.fieldNames().forEachRemaining(fields::add);
        b.fieldNames().forEachRemaining(fields::add);
        List<String> differences = new ArrayList<>();
        for (String field : fields) {
            boolean forPeople = field.startsWith("_") || field.endsWith("_token_id") || field.endsWith("dtype")
                    || Set.of("architectures", "auto_map", "transformers_version", "use_cache").contains(field);
            if (!forPeople && !a.path(field).equals(b.path(field))) {
                differences.add(field + ": " + shown(a, field) + ", " + shown(b, field));
            }
        }
        return differences;
    }

    private static String shown(ObjectNode config, String field) {
        String value = config.has(field) ? config.get(field).toString() : "absent";
        return value.length() <= 80 ? value : value.substring(0, 77) + "...";
    }

    private static Optional<Object> configuration(ModelDirectory model) {
        try {
            return model.network().map(Network::configuration);
        } catch (WorkFailure | WrongUse unknown) {
            // What a network that cannot be built would do is not known either.
            return Optional.empty();
        }
    }
}
