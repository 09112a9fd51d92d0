package org.thalweg.canonical;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Scaling;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;

/**
 * Gains of normalisations: vectors that multiply a stream in front of the maps that read it. A specification shows one
 * as a tensor with a single axis {@code |space|} and a scaling that multiplies it.
 */
public final class Gains {
    private Gains() {}

    /**
     * All gains of normalisations of a stream, whether or not anything may be divided by them.
     *
     * @param architecture of a model
     * @return names of their tensors, in the architecture's order
     */
    public static List<String> names(Architecture architecture) {
        return architecture.tensors().values().stream()
                .filter(Gains::isGain)
                .map(layout -> layout.indexedName().name())
                .toList();
    }

    /** The tensor of each gain, by the scaling space that acts on it. */
    static Map<String, String> tensors(Architecture architecture) {
        Map<String, String> tensors = new LinkedHashMap<>();
        architecture.tensors().forEach((name, layout) ->
                space(layout).ifPresent(space -> tensors.put(space, name)));
        return tensors;
    }

    private static boolean isGain(TensorLayout layout) {
        List<TensorLayout.Factor> factors = layout.parts().getFirst().factors();
        return layout.parts().size() == 1 && factors.size() == 1 && factors.getFirst().role() == AxisRole.DIAGONAL;
    }

    private static Optional<String> space(TensorLayout layout) {
        if (!isGain(layout)) {
            return Optional.empty();
        }
        return layout.parts().getFirst().scales().stream()
                .filter(scale -> !scale.reciprocal())
                .map(scale -> scale.reference().first())
                .findFirst();
    }

    /** Divides every gain by itself; the maps behind it are multiplied. A coordinate that is 0 stays. */
    static Gauge.Step fold(Architecture architecture, TensorReader source) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        List<String> left = new ArrayList<>();
        tensors(architecture).forEach((space, tensor) -> {
            double[] gain;
            try (Scope scope = Scope.open()) {
                gain = source.read(tensor).toDoubles();
            }
            boolean isSigned = architecture.space(space).group().kind() == GroupKind.SIGNED_SCALING;
            int stays = 0;
            for (int i = 0; i < gain.length; i++) {
                double factor = 1 / gain[i];
                boolean folds = Double.isFinite(factor) && factor != 0 && (factor > 0 || isSigned);
                stays += folds ? 0 : 1;
                gain[i] = folds ? factor : 1;
            }
            if (stays > 0) {
                left.add(stays + " of " + gain.length + " gains in '" + tensor
                        + "' are 0 or too small to divide by, and stay");
            }
            elements.put(space, new Scaling(gain));
        });
        return new Gauge.Step(elements, left);
    }
}
