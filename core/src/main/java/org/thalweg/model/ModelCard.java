package org.thalweg.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.thalweg.connectivity.EvaluationSet;

/**
 * The README.md of a merged model, as hubs show it: from which models it was merged, how, and what it scores.
 *
 * @param title of the page
 * @param done what the merge did
 * @param configuration the file that describes the merge, as it was given
 */
record ModelCard(String title, Merge.Done done, String configuration) {
    /** The page, in Markdown with a YAML head. */
    String text() {
        List<String> lines = new ArrayList<>(List.of("---", "library_name: transformers", "base_model:"));
        done.sources().forEach(source ->
                lines.add("- \"" + source.name().replaceAll("[\"\\\\\\p{Cntrl}]", "_") + "\""));
        lines.addAll(List.of("tags:", "- merge", "- thalweg", "---", "", "# " + title, "",
                "Merged by Thalweg from " + done.sources().size() + " models with the method `" + done.method() + "`.",
                "", "## Sources", "", "| model | file | SHA-256 |", "|---|---|---|"));
        done.sources().forEach(source -> source.digests().forEach((file, digest) ->
                lines.add("| " + source.name() + " | " + file + " | `" + digest + "` |")));
        alignment(lines);
        scores(lines);
        done.routers().ifPresent(routers -> routers(routers, lines));
        lines.addAll(List.of("", "## Configuration", "", "```yaml", configuration.stripTrailing(), "```", ""));
        return String.join("\n", lines);
    }

    private void alignment(List<String> lines) {
        lines.addAll(List.of("", "## Alignment", ""));
        if (done.stream().isEmpty()) {
            lines.add("The models were merged as they are.");
            return;
        }
        lines.add("Each model was carried into the basin of the first along the symmetries of its weights before it was"
                + " merged. The residual stream: " + done.stream().get().why() + ".");
        lines.addAll(List.of("", "| model | distance before | after | function unchanged |", "|---|---:|---:|---|"));
        done.sources().forEach(source -> source.carried().ifPresent(carried -> lines.add(String.format(Locale.ROOT,
                "| %s | %.6g | %.6g | %s |", source.name(), carried.distance().before(), carried.distance().after(),
                carried.checked().map(checked -> "checked, to "
                        + String.format(Locale.ROOT, "%.1e", checked.exact().maxRelDifference()))
                        .orElse("not checked")))));
    }

    private void scores(List<String> lines) {
        if (done.scores().isEmpty()) {
            return;
        }
        lines.addAll(List.of("", "## Measured", "", "| model | loss | accuracy |", "|---|---:|---:|"));
        done.scores().forEach((name, score) -> lines.add(row(name, score)));
    }

    private static String row(String name, EvaluationSet.Score score) {
        return String.format(Locale.ROOT, "| %s | %.6f | %.4f |", name, score.loss(), score.accuracy());
    }

    private static void routers(Merge.Routers routers, List<String> lines) {
        boolean isRecalibrated = !routers.recalibrated().isEmpty();
        lines.addAll(List.of("", "## Routers", "", "The share of a source's chosen experts that the merged model"
                + " chooses for the same token, mean over layers.", "",
                "| source | merged |" + (isRecalibrated ? " recalibrated |" : ""),
                "|---|---:|" + (isRecalibrated ? "---:|" : "")));
        for (int source = 0; source < routers.sources().size(); source++) {
            lines.add(String.format(Locale.ROOT, "| %s | %.4f |%s", routers.sources().get(source),
                    routers.merged().get(source).mean(), isRecalibrated
                            ? String.format(Locale.ROOT, " %.4f |", routers.recalibrated().get(source).mean()) : ""));
        }
    }
}
