package org.thalweg.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.equivalence.FixedRouting;
import org.thalweg.equivalence.Verification;
import org.thalweg.model.Checking;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.NotCompared;

/**
 * What commands that move a model print about the check before it was written.
 *
 * @param checked what was found, if the network is built in
 * @param notCompared what the check passed over
 */
record CheckAccount(Optional<Checking.Checked> checked, List<String> notCompared) {
    static CheckAccount of(ModelDirectory model, Optional<Checking.Checked> checked) {
        return new CheckAccount(checked, NotCompared.tensors(model));
    }

    void into(Map<String, Object> document) {
        Optional<Verification> written = checked.map(found -> found.written().verification());
        Optional<Verification> exact = checked.map(Checking.Checked::exact);
        Optional<FixedRouting> fixed = checked.flatMap(found -> found.written().fixedRouting());
        document.put("verified", checked.map(Checking.Checked::verified));
        document.put("max_abs_difference", written.map(Verification::maxAbsDifference));
        document.put("max_rel_difference", written.map(Verification::maxRelDifference));
        document.put("tolerance", written.map(Verification::tolerance));
        document.put("outputs", written.map(Verification::outputs));
        document.put("max_abs_difference_before_rounding", exact.map(Verification::maxAbsDifference));
        document.put("max_rel_difference_before_rounding", exact.map(Verification::maxRelDifference));
        document.put("fixed_routing_max_rel_difference",
                fixed.map(FixedRouting::verification).map(Verification::maxRelDifference));
        document.put("flipped_choices_share", fixed.map(FixedRouting::share));
        document.put("not_compared", notCompared);
    }

    /** A line on the check, and one on what it passed over. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("  check       " + checked.map(CheckAccount::told).orElse(
                "none: the network of this family is not built in, so nothing shows that it is the same function"));
        checked.flatMap(found -> found.written().fixedRouting()).ifPresent(fixed -> lines.add(String.format(Locale.ROOT,
                "  routing     rounding sends %.3g %% of the tokens to other experts; with every token at its old "
                        + "experts outputs differ by %.2e of the largest",
                100 * fixed.share(), fixed.verification().maxRelDifference())));
        if (!notCompared.isEmpty()) {
            lines.add("  unchecked   " + String.join("; ", notCompared));
        }
        return lines;
    }

    private static String told(Checking.Checked found) {
        Verification written = found.written().verification();
        return String.format(Locale.ROOT,
                "the same function: outputs differ by up to %.2e, %.2e of the largest (up to %.0e counts as equal), "
                        + "over %,d outputs of %,d random inputs; %s",
                written.maxAbsDifference(), written.maxRelDifference(), written.tolerance(), written.outputs(),
                found.written().inputs(),
                found.exact().equals(written)
                        ? "no number was rounded"
                        : String.format(Locale.ROOT, "before rounding by %.2e", found.exact().maxRelDifference()));
    }

    static OptionalDouble finite(double number) {
        return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }
}
