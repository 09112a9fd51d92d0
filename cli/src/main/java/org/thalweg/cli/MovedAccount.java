package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.matching.SpaceMatch;
import org.thalweg.model.Checking;
import org.thalweg.model.Scramble;
import org.thalweg.model.SpaceSummary;

/**
 * What {@code align} and {@code apply} tell of the model they wrote.
 *
 * @param out where it stands
 * @param checking how it was checked
 * @param check what was found
 * @param spaces what acted in each space
 * @param leftOut what was not copied
 */
record MovedAccount(Path out, Checking checking, CheckAccount check, List<SpaceMatch> spaces, LeftOut leftOut) {
    static final String DIRECTION = "element i of a permutation says which element of B stands at place i";

    /** Where it stands, what the check found, and every space. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("out", out.toString());
        document.put("alignment", out.resolve(Scramble.ALIGNMENT).toString());
        check.into(document);
        document.put("companions_left_out", leftOut.document());
        document.put("moved", SpaceSummary.of(spaces).stream().map(MovedAccount::summary).toList());
        document.put("spaces", spaces.stream().map(MovedAccount::space).toList());
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
        List<String> lines = new ArrayList<>(check.lines());
        for (SpaceSummary summary : SpaceSummary.of(spaces)) {
            lines.add(String.format(Locale.ROOT, "  %6d x %-18s %s: %,d of %,d positions moved (%.1f %%)%s%s",
                    summary.spaces(), summary.group(), summary.pattern(), summary.moved(), summary.positions(),
                    100.0 * summary.moved() / Math.max(1, summary.positions()),
                    told(", similarity %.4f", summary.similarity()),
                    told(", duality gap %.1e", summary.dualityGap())));
        }
        return lines;
    }

    private static String told(String format, OptionalDouble number) {
        return number.isPresent() ? String.format(Locale.ROOT, format, number.getAsDouble()) : "";
    }
}
