package org.thalweg.family;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.thalweg.symmetry.spec.ArchitectureSpec;

/**
 * A family of models.
 *
 * @param modelType the value of {@code model_type} in its configurations
 * @param specification name of its built-in specification
 * @param reader reads a configuration
 */
public record Family(String modelType, String specification, Reader reader) {
    /** Reads the configurations of a family. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Reads a configuration.
         *
         * @param fields of the {@code config.json}; not changed
         * @param spec the family's specification, which has the names of its tensors
         * @param tensors names of the model's tensors; not changed. They show which of several heads a model has
         * @return the network, and what the specification needs to know of it
         * @throws org.thalweg.failure.WorkFailure naming the field, when one is wrong or asks for what is not
         *     computed here
         */
        FamilyModel read(ConfigFields fields, ArchitectureSpec spec, Set<String> tensors);
    }

    /** The built-in specification. */
    public ArchitectureSpec spec() {
        return ArchitectureSpec.builtIn(specification);
    }

    /**
     * Reads a configuration of this family.
     *
     * @param config a {@code config.json}; not changed
     * @param tensors names of the model's tensors, as the specification has them; not changed
     * @return the network, and what the specification needs to know of it
     * @throws org.thalweg.failure.WorkFailure naming the field, when one is wrong or asks for what is not
         *     computed here
     */
    public FamilyModel read(ObjectNode config, Set<String> tensors) {
        return reader.read(new ConfigFields(modelType, config), spec(), tensors);
    }
}
