package org.thalweg.network.decoder;

import java.util.EnumMap;
import java.util.Map;
import org.thalweg.failure.WorkFailure;

/**
 * What the tensors of a family are called and how they lie.
 *
 * @param templates name of each role's weight, with {@code {l}} for the layer and {@code {e}} for the expert; a role
 *     that is absent is not used
 * @param inputsFirst whether the layers' linear maps are [in out] (GPT-2) instead of [out in]; a head is always
 *     [out in]
 * @param experts how experts are stored
 */
public record TensorNames(Map<Role, String> templates, boolean inputsFirst, ExpertLayout experts) {
    /** Copies the map. */
    public TensorNames {
        templates = Map.copyOf(templates);
    }

    /** Whether this family has tensors of a role. */
    public boolean has(Role role) {
        return templates.containsKey(role);
    }

    /**
     * Full name of a weight.
     *
     * @param role a role that is there
     * @param layer counted from 0; ignored by roles outside the layers
     * @param expert counted from 0; ignored by roles that no expert owns
     * @return for example {@code model.layers.3.mlp.experts.7.up_proj.weight}
     * @throws WorkFailure when the family has no such role
     */
    public String weight(Role role, int layer, int expert) {
        String template = templates.get(role);
        if (template == null) {
            throw new WorkFailure("this family has no name for the role " + role + " which its config.json asks for; "
                    + "correct config.json or write a spec file");
        }
        return template.replace("{l}", Integer.toString(layer)).replace("{e}", Integer.toString(expert));
    }

    /**
     * Name of the bias that goes with a weight.
     *
     * @param weight its full name
     * @return {@code …​.bias} for {@code ….weight}, else the name with {@code _bias} behind
     */
    public static String biasOf(String weight) {
        String end = ".weight";
        return weight.endsWith(end) ? weight.substring(0, weight.length() - end.length()) + ".bias" : weight + "_bias";
    }

    /** Whether a role's map is [in out] instead of [out in]. */
    boolean inputsFirst(Role role) {
        return inputsFirst && role != Role.HEAD;
    }

    /** These names with every template put through {@code from → to} textual replacement. */
    TensorNames replacing(String from, String to) {
        Map<Role, String> result = new EnumMap<>(Role.class);
        templates.forEach((role, template) -> result.put(role, template.replace(from, to)));
        return new TensorNames(result, inputsFirst, experts);
    }
}
