package org.thalweg.network;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.WorkFailure;

/**
 * What the tensors of a network are called, by role. The names come from the family's specification, where alone they
 * are written.
 *
 * @param templates name of each role's tensor, with {@code {layer}}, {@code {expert}} and {@code {map}} for numbers; a
 *     role that is absent is not used
 * @param inputsFirst roles whose maps are stored [in out] (GPT-2) instead of [out in]
 */
public record TensorNames(Map<Role, String> templates, Set<Role> inputsFirst) {
    /** Copies the collections. */
    public TensorNames {
        templates = templates.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(templates));
        inputsFirst = inputsFirst.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(inputsFirst));
    }

    /** Whether there are tensors of a role. */
    public boolean has(Role role) {
        return templates.containsKey(role);
    }

    /**
     * Full name of a tensor.
     *
     * @param role a role that is there
     * @param layer counted from 0; ignored outside the layers
     * @return for example {@code model.layers.3.mlp.up_proj.weight}
     * @throws WorkFailure when there is no such role
     */
    public String of(Role role, int layer) {
        return of(role, layer, 0, 0);
    }

    /**
     * Full name of a tensor of an expert.
     *
     * @param role a role that is there
     * @param layer counted from 0
     * @param expert counted from 0
     * @param map number of the linear map, for experts that are stacks of maps
     * @return for example {@code model.layers.3.mlp.experts.7.up_proj.weight}
     * @throws WorkFailure when there is no such role
     */
    public String of(Role role, int layer, int expert, int map) {
        return Optional.ofNullable(templates.get(role))
                .orElseThrow(() -> new WorkFailure("this family has no tensor of the role '" + role.label()
                        + "', which its config.json asks for; correct config.json"))
                .replace("{layer}", Integer.toString(layer))
                .replace("{expert}", Integer.toString(expert))
                .replace("{map}", Integer.toString(map));
    }

    /**
     * Name of the bias that goes with a weight.
     *
     * @param weight its full name
     * @return {@code ….bias} for {@code ….weight}, else the name with {@code _bias} behind
     */
    public static String biasOf(String weight) {
        String end = ".weight";
        return weight.endsWith(end) ? weight.substring(0, weight.length() - end.length()) + ".bias" : weight + "_bias";
    }
}
