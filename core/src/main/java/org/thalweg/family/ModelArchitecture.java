package org.thalweg.family;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.Parameters;

/** Architectures of the networks that studies train, and of single Mixture-of-Experts layers. */
public final class ModelArchitecture {
    private static final String ALONE = "moe";
    private static final String LAYER = "moe-layer";
    private static final TensorNames LAYER_NAMES = layerRoles();

    private ModelArchitecture() {}

    /**
     * The architecture of a model of any family that comes with the library.
     *
     * @param config its {@code config.json}; not changed
     * @param shapes of its tensors by the names of the family's specification; not changed
     * @param flags further ones for the specification
     * @return the bound specification
     * @throws org.thalweg.failure.WorkFailure naming the field or tensor, when the family is unknown, or tensors and
     *     configuration do not fit
     */
    public static Architecture of(ObjectNode config, Map<String, long[]> shapes, Set<String> flags) {
        return of(config, shapes, conditions -> conditions.with(flags));
    }

    /**
     * As {@link #of(ObjectNode, Map, Set)}, under other conditions.
     *
     * @param config its {@code config.json}; not changed
     * @param shapes of its tensors by the names of the family's specification; not changed
     * @param change of the conditions that the configuration gives
     * @return the bound specification
     */
    public static Architecture of(
            ObjectNode config, Map<String, long[]> shapes, UnaryOperator<Conditions> change) {
        Family family = Families.of(config);
        FamilyModel read = family.read(config, shapes.keySet());
        Architecture architecture = family.spec().bind(shapes, change.apply(read.conditions()));
        // What names and shapes of tensors do not tell, such as the number of patches, the network declares.
        DeclaredTensor.requireShapes(read.network().tensors().values(), shapes);
        return architecture;
    }

    /**
     * Where experts stand in a network that a study trains.
     *
     * @param config its {@code config.json}; not changed
     * @return the layers and their kind, whose gates have biases
     * @throws org.thalweg.failure.WorkFailure naming the field, when the object {@code moe} is missing or wrong
     */
    public static VitConfig.MoeLayers experts(ObjectNode config) {
        ConfigFields fields = new ConfigFields(config.path("model_type").asText(), config);
        return StudyMoeFields.read(fields.object("moe").orElseThrow(() -> fields.wrong(
                "moe", "an object that says which layers hold which experts")), Set.of());
    }

    /**
     * The architecture of a Vision Transformer, with or without experts.
     *
     * @param config its sizes
     * @param model its tensors; not changed
     * @return the bound specification
     * @throws org.thalweg.failure.WorkFailure naming the tensor, when tensors and sizes do not fit
     */
    public static Architecture ofVit(VitConfig config, Parameters model) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        model.asMap().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return ofVit(config, shapes);
    }

    /**
     * As {@link #ofVit(VitConfig, Parameters)}, with nothing but shapes, so that no tensor need be read.
     *
     * @param config its sizes
     * @param shapes of its tensors by name; not changed
     * @return the bound specification
     * @throws org.thalweg.failure.WorkFailure naming the tensor, when tensors and sizes do not fit
     */
    public static Architecture ofVit(VitConfig config, Map<String, long[]> shapes) {
        return ArchitectureSpec.builtIn("vit-moe").bind(shapes, VitFamily.conditions(config));
    }

    /**
     * The architecture of a single MoE layer under the prefix {@code moe}.
     *
     * @param config its sizes
     * @param layer its tensors; not changed
     * @return the bound specification {@code moe-layer}
     * @throws org.thalweg.failure.WorkFailure naming the tensor, when tensors and sizes do not fit
     */
    public static Architecture ofLayer(MoeConfig config, Parameters layer) {
        MoeLayer moe = layer(config, layer);
        return ArchitectureSpec.builtIn(LAYER).bind(layer, new Conditions(MoeConditions.flags(moe),
                MoeConditions.ranges(moe), Map.of("expert-groups", MoeConditions.groups(moe))));
    }

    /**
     * A single MoE layer.
     *
     * @param config its sizes
     * @param parameters its tensors under the prefix {@code moe}, which show whether its gate has a bias; not changed
     * @return the layer
     */
    public static MoeLayer layer(MoeConfig config, Parameters parameters) {
        return config.layer(parameters.contains("moe.gate.bias"));
    }

    /**
     * The tensors of one MoE layer.
     *
     * @param parameters of the model; not changed
     * @param prefix of the layer's tensors, for example {@code vit.encoder.layer.0.moe}
     * @return the tensors by role
     */
    public static LayerTensors layerTensors(Parameters parameters, String prefix) {
        Map<Role, String> templates = new EnumMap<>(Role.class);
        LAYER_NAMES.templates().forEach((role, name) ->
                templates.put(role, prefix + name.substring(ALONE.length())));
        return new LayerTensors(new TensorNames(templates, LAYER_NAMES.inputsFirst()), parameters, 0);
    }

    /** Names of all roles that a layer may have: stacks of maps have others than experts of published models. */
    private static TensorNames layerRoles() {
        ArchitectureSpec spec = ArchitectureSpec.builtIn(LAYER);
        TensorNames stacks = RoleNames.of(spec, Set.of("shared-experts", "gate-bias"), "");
        Map<Role, String> templates = new EnumMap<>(RoleNames.of(spec, Set.of("published-experts", "gated-units",
                "correction-bias", "shared-experts", "shared-expert"), "").templates());
        templates.putAll(stacks.templates());
        return new TensorNames(templates, stacks.inputsFirst());
    }

    /** Names of the tensors of a single MoE layer under the prefix {@code moe}. */
    public static TensorNames layerNames() {
        return LAYER_NAMES;
    }
}
