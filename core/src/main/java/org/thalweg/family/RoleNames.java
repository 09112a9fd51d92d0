package org.thalweg.family;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.symmetry.spec.ArchitectureSpec;

/** Names of a network's tensors, from the roles in its specification. */
final class RoleNames {
    private static final String UNTIED = "untied-head";

    private RoleNames() {}

    /**
     * The names.
     *
     * @param spec the specification
     * @param flags that hold for the model
     * @param scope what stands in front of the roles, with a dot, such as {@code encoder.}; empty for none
     * @return by role; a head that the model could have of its own is among them
     */
    static TensorNames of(ArchitectureSpec spec, Set<String> flags, String scope) {
        Map<Role, String> templates = new EnumMap<>(Role.class);
        Set<Role> inputsFirst = EnumSet.noneOf(Role.class);
        Set<String> untied = new HashSet<>(flags);
        untied.add(UNTIED);
        Map<String, ArchitectureSpec.RoleName> roles = spec.roles(flags);
        spec.roles(untied).forEach(roles::putIfAbsent);
        roles.forEach((label, name) -> {
            boolean isScoped = label.contains(".");
            if (scope.isEmpty() ? isScoped : !label.startsWith(scope)) {
                return;
            }
            Role role = Role.named(label.substring(scope.length())).orElseThrow(() -> new IllegalStateException(
                    "the specification '" + spec.name() + "' names the role '" + label + "', which no network knows"));
            templates.put(role, name.template());
            if (name.inputsFirst()) {
                inputsFirst.add(role);
            }
        });
        return new TensorNames(templates, inputsFirst);
    }
}
