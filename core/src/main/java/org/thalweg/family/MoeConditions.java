package org.thalweg.family;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/** What specifications of Mixture-of-Experts layers need to know. */
final class MoeConditions {
    private MoeConditions() {}

    static Set<String> flags(MoeLayer moe) {
        Set<String> flags = new LinkedHashSet<>();
        Map<String, Boolean> holds = new LinkedHashMap<>();
        holds.put("published-experts", moe.experts() instanceof Experts.OneLayer);
        holds.put("gated-units",
                moe.experts() instanceof Experts.OneLayer(int _, HiddenUnits units, boolean _) && units.gated());
        holds.put("absolute-router", !moe.router().isShiftFree());
        holds.put("correction-bias", moe.router().isCorrected());
        holds.put("correction-row", moe.router().isCorrectedByRow());
        holds.put("gate-bias", moe.routerBias());
        holds.put("top-1-of-selected", moe.router().isScaleFree());
        holds.put("additive-adapter", decoupledBy(moe, Router.Decoupling.ADDITIVE));
        holds.put("concatenated-adapter", decoupledBy(moe, Router.Decoupling.CONCATENATED));
        holds.put("shared-experts", moe.shared().isPresent());
        holds.put("shared-expert", moe.shared().filter(MoeLayer.Shared::gated).isPresent());
        holds.put("shared-biases", moe.shared().filter(MoeLayer.Shared::bias).isPresent());
        holds.put("expert-biases",
                moe.experts() instanceof Experts.OneLayer(int _, HiddenUnits _, boolean bias) && bias);
        holds.put("clamped-units", moe.experts() instanceof Experts.OneLayer(int _, HiddenUnits units, boolean _)
                && units instanceof HiddenUnits.ClampedGated);
        holds.put("relu-experts", switch (moe.experts()) {
            case Experts.Stack(List<Integer> _, UnitFunction function) -> function == UnitFunction.RELU;
            case Experts.OneLayer(int _, HiddenUnits.Plain(UnitFunction function), boolean _) ->
                function == UnitFunction.RELU;
            case Experts.OneLayer _, Experts.Own _, Experts.OneMatrix _ -> false;
            case Experts.GraphConvolutions _ -> true;
        });
        holds.forEach((flag, held) -> {
            if (held) {
                flags.add(flag);
            }
        });
        return flags;
    }

    /** Groups that exchange as wholes; 1 where the limit on groups limits nothing. */
    static int groups(MoeLayer moe) {
        Router.Groups groups = moe.router().groups();
        // A group scored by its best expert limits nothing unless fewer groups are kept than experts are chosen.
        boolean isVacuous = groups.members() == 1 && groups.kept() >= moe.router().selected();
        return groups.isLimit() && !isVacuous ? groups.count() : 1;
    }

    private static boolean decoupledBy(MoeLayer moe, Router.Decoupling kind) {
        return moe.router() instanceof Router.Decoupled(int _, Router.Decoupling weights) && weights == kind;
    }

    static Map<String, Set<Integer>> ranges(MoeLayer moe) {
        int last = switch (moe.experts()) {
            case Experts.Stack(List<Integer> hidden, UnitFunction _) -> hidden.size();
            case Experts.OneLayer _, Experts.GraphConvolutions _, Experts.Own _, Experts.OneMatrix _ -> 1;
        };
        return Map.of(
                "inner-maps", new TreeSet<>(IntStream.range(1, last).boxed().toList()),
                "last-map", Set.of(last));
    }
}
