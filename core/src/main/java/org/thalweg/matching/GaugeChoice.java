package org.thalweg.matching;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.thalweg.group.GroupElement;
import org.thalweg.group.LinearMap;
import org.thalweg.group.Permutation;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.Scaling;
import org.thalweg.group.SignedPermutation;
import org.thalweg.group.Translation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkingType;

/**
 * Which part of an alignment acts. Orders and signs always do: they store exactly. Scalings, translations and linear
 * maps inside heads cost a rounding of the stored type and are free in every model, so they act only where they bring B
 * closer to A by a visible part; models with a common base then keep their weights bit for bit.
 *
 * @param tree the spaces
 * @param reference A as it is
 * @param model B as it is
 */
record GaugeChoice(SpaceTree tree, TensorReader reference, TensorReader model) {
    /** Of A's squared length in the tensors concerned: a gain for which numbers are changed. */
    private static final double VISIBLE = 0.01;
    /** Of the squared distance there is: a gain for which they are changed too, since nothing else explains so much. */
    private static final double MOST = 0.95;
    /** Squared distances below this part of A's squared length are what rounding to float32 leaves. */
    private static final double ROUNDING = 1e-14;

    /**
     * Orders and signs of an alignment that matching decided. The sign of a gain it did not decide: that one is part of
     * the gauge, and near 0 noise puts it on either side.
     */
    static Alignment discrete(SpaceTree tree, Alignment whole) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        Set<String> signsOfUnits = tree.signsOfUnits();
        whole.elements().forEach((space, element) -> {
            switch (element) {
                case Permutation _, SignedPermutation _ -> elements.put(space, element);
                case Scaling(double[] factors) when signsOfUnits.contains(space) ->
                    elements.put(space, new Scaling(signs(factors)));
                // The stream is rotated only where that was asked for or no basis is shared.
                case LinearMap map when map.isOrthogonal() && space.equals(ResidualStream.SPACE) ->
                    elements.put(space, map);
                case LinearMap _, RotaryMap _, Scaling _, Translation _ -> { }
            }
        });
        return new Alignment(whole.architecture(), elements);
    }

    private static double[] signs(double[] factors) {
        double[] signs = new double[factors.length];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = factors[i] < 0 ? -1 : 1;
        }
        return signs;
    }

    /**
     * The discrete part, and of the rest what brings the models visibly closer. Reads every tensor that it concerns
     * three times at most, one at a time.
     */
    Alignment choose(Alignment whole) {
        Alignment chosen = discrete(tree, whole);
        for (Set<String> spaces : together(whole, chosen)) {
            Map<String, GroupElement> elements = new LinkedHashMap<>(chosen.elements());
            spaces.forEach(space -> elements.put(space, whole.element(space)));
            Alignment with = new Alignment(whole.architecture(), elements);
            double before = 0;
            double after = 0;
            double length = 0;
            for (String tensor : tree.tensors(spaces)) {
                try (Scope scope = Scope.open()) {
                    Tensor a = WorkingType.of(reference.read(tensor));
                    before += InnerProducts.squaredDistance(a, new AlignedModel(model, chosen).read(tensor));
                    after += InnerProducts.squaredDistance(a, new AlignedModel(model, with).read(tensor));
                    length += InnerProducts.squareOf(a);
                }
            }
            double gain = before - after;
            if (gain > VISIBLE * length || gain > MOST * before && before > ROUNDING * length) {
                chosen = with;
            }
        }
        return chosen;
    }

    /** Spaces whose elements are not discrete, those that act on one tensor together. */
    private List<Set<String>> together(Alignment whole, Alignment discrete) {
        Map<String, Set<String>> groupOfTensor = new LinkedHashMap<>();
        Set<Set<String>> groups = Collections.newSetFromMap(new IdentityHashMap<>());
        whole.elements().forEach((space, element) -> {
            if (element.equals(discrete.element(space))) {
                return;
            }
            Set<String> joined = new LinkedHashSet<>(Set.of(space));
            for (String tensor : tree.tensors(space)) {
                Set<String> other = groupOfTensor.get(tensor);
                if (other != null && other != joined) {
                    joined.addAll(other);
                    groups.remove(other);
                    tree.tensors(other).forEach(touched -> groupOfTensor.put(touched, joined));
                }
                groupOfTensor.put(tensor, joined);
            }
            groups.add(joined);
        });
        return List.copyOf(groups);
    }
}
