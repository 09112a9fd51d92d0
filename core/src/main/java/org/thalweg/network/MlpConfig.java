package org.thalweg.network;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.thalweg.failure.WrongUse;

/**
 * Sizes of a plain feed-forward network, a checkpoint of {@code model_type} {@code mlp}.
 *
 * @param sizes widths of the inputs, of each hidden layer and of the outputs; at least one hidden layer
 * @param activation between the linear maps
 */
public record MlpConfig(List<Integer> sizes, UnitFunction activation) {
    /** Its {@code model_type}. */
    public static final String MODEL_TYPE = "mlp";

    /** Refuses widths that make no network. */
    public MlpConfig {
        sizes = List.copyOf(sizes);
        if (sizes.size() < 3 || sizes.stream().anyMatch(width -> width < 1)) {
            throw new WrongUse("an mlp has inputs, one or more hidden layers and outputs, each at least 1 wide, not "
                    + sizes + ".");
        }
    }

    /** How many linear maps there are. */
    public int maps() {
        return sizes.size() - 1;
    }

    /**
     * As the {@code config.json} of a checkpoint: {@code sizes}, and {@code activation} {@code gelu} or {@code relu}.
     *
     * @return a new JSON object
     */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("model_type", MODEL_TYPE);
        sizes.forEach(json.putArray("sizes")::add);
        return json.put("activation", activation.name().toLowerCase(Locale.ROOT));
    }
}
