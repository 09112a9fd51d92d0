package org.thalweg.canonical;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Translation;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.TensorReader;

/** What a softmax ignores: the mean of a router's rows over the experts, and of its biases. */
final class Shifts {
    private Shifts() {}

    private record Sum(double[] total, long count) {
        Sum plus(double[] more, long added) {
            double[] sum = total.clone();
            Arrays.setAll(sum, i -> sum[i] + more[i]);
            return new Sum(sum, count + added);
        }
    }

    /** Subtracts from everything that shares a translation its mean. */
    static Gauge.Step centre(Architecture architecture, TensorReader source) {
        Map<String, Sum> sums = new LinkedHashMap<>();
        Gauge.forEachSlice(architecture, source, Shifts::isShifted, (name, slice) ->
                slice.shift().ifPresent(shift -> {
                    double[] sum = InnerProducts.sumExcept(
                            slice.values(), shift.factor().map(List::of).orElse(List.of())).toDoubles();
                    long count = slice.values().size() / sum.length;
                    sums.merge(shift.space(), new Sum(sum, count), (old, more) -> old.plus(sum, count));
                }));
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        architecture.spaces().values().forEach(space -> {
            if (space.group().kind() == GroupKind.TRANSLATION && sums.containsKey(space.name())) {
                Sum sum = sums.get(space.name());
                elements.put(space.name(), new Translation(
                        Arrays.stream(sum.total()).map(total -> 0 - total / sum.count()).toArray()));
            }
        });
        return new Gauge.Step(elements, List.of());
    }

    static boolean isShifted(TensorLayout layout) {
        return layout.parts().stream().anyMatch(part -> part.shift().isPresent());
    }
}
