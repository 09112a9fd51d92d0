package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.equivalence.Proof;
import org.thalweg.matching.SpaceMatch;
import org.thalweg.model.Proving;
import org.thalweg.model.Scramble;
import org.thalweg.model.SpaceSummary;

/**
 * What {@code align} and {@code apply} tell of the model they wrote.
 *
 * @param out where it stands
 * @param proving how it was proved
 * @param proof of it, if its network is built in
 * @param spaces what acted in each space
 */
record CarriedAccount(Path out, Proving proving, Optional<Proving.Proved> proof, List<SpaceMatch> spaces) {
    static final String DIRECTION = "element i of a permutation says which element of B stands at place i";

    /** Where it stands, what is proved, and every space. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        Optional<Proof> written = proof.map(Proving.Proved::written);
        Optional<Proof> exact = proof.map(Proving.Proved::exact);
        document.put("out", out.toString());
        document.put("alignment", out.resolve(Scramble.ALIGNMENT).toString());
        document.put("verified", written.map(Proof::verified));
        document.put("max_abs_difference", written.map(Proof::maxAbsDifference));
        document.put("max_rel_difference", written.map(Proof::maxRelDifference));
        document.put("tolerance", written.map(Proof::tolerance));
        document.put("outputs", written.map(Proof::outputs));
        document.put("max_abs_difference_before_rounding", exact.map(Proof::maxAbsDifference));
        document.put("max_rel_difference_before_rounding", exact.map(Proof::maxRelDifference));
        document.put("moved", SpaceSummary.of(spaces).stream().map(CarriedAccount::summary).toList());
        document.put("spaces", spaces.stream().map(CarriedAccount::space).toList());
        return document;
    }

    private static Map<String, Object> summary(SpaceSummary all) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("pattern", all.pattern());
        summary.put("group", all.group());
        summary.put("spaces", all.spaces());
        summary.put("positions", all.positions());
        summary.put("moved", all.moved());
        summary.put("moved_share", (double) all.moved() / Math.max(1, all.positions()));
        summary.put("mean_similarity", all.similarity());
        summary.put("max_duality_gap", all.dualityGap());
        return summary;
    }

    private static Map<String, Object> space(SpaceMatch match) {
        Map<String, Object> space = new LinkedHashMap<>();
        space.put("space", match.space());
        space.put("group", match.group().kind().family());
        space.put("size", match.group().size());
        space.put("moved", match.moved());
        space.put("moved_share", (double) match.moved() / Math.max(1, match.group().size()));
        space.put("similarity", match.similarity());
        space.put("duality_gap", match.dualityGap());
        space.put("by", match.by());
        return space;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(proof.map(this::proved).orElse("  proof       none: the network of this family is not built in, so "
                + "nothing shows that it is the same function"));
        for (SpaceSummary summary : SpaceSummary.of(spaces)) {
            lines.add(String.format(Locale.ROOT, "  %6d x %-18s %s: %,d of %,d positions moved (%.1f %%)%s%s",
                    summary.spaces(), summary.group(), summary.pattern(), summary.moved(), summary.positions(),
                    100.0 * summary.moved() / Math.max(1, summary.positions()),
                    told(", similarity %.4f", summary.similarity()),
                    told(", duality gap %.1e", summary.dualityGap())));
        }
        return lines;
    }

    private String proved(Proving.Proved proved) {
        Proof written = proved.written();
        return String.format(Locale.ROOT,
                "  proof       the same function: outputs differ by up to %.2e, %.2e of the largest (up to %.0e counts "
                        + "as equal), over %,d outputs of %,d random inputs; %s",
                written.maxAbsDifference(), written.maxRelDifference(), written.tolerance(), written.outputs(),
                proving.probes(), proved.exact().equals(written)
                        ? "no number was rounded"
                        : String.format(Locale.ROOT, "before rounding by %.2e", proved.exact().maxRelDifference()));
    }

    private static String told(String format, OptionalDouble number) {
        return number.isPresent() ? String.format(Locale.ROOT, format, number.getAsDouble()) : "";
    }
}
