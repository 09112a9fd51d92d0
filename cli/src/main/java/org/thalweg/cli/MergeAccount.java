package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.model.Merge;
import org.thalweg.model.RouterOverlap;
import org.thalweg.storage.ProcessMemory;

/**
 * What {@code merge} prints.
 *
 * @param out where the merged model stands
 * @param configuration by which it was merged
 * @param done what was done
 * @param started when the command began, of {@link System#nanoTime}
 */
record MergeAccount(Path out, MergeConfiguration configuration, Merge.Done done, long started) {
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("out", out.toString());
        document.put("method", done.method());
        document.put("verified", done.verified());
        document.put("aligned", done.stream().isPresent());
        document.put("not_aligned_because", done.unaligned());
        document.put("residual", done.stream().map(stream -> stream.matching().name().toLowerCase(Locale.ROOT)));
        document.put("residual_why", done.stream().map(stream -> stream.why()));
        document.put("sources", done.sources().stream().map(MergeAccount::source).toList());
        Map<String, Object> scores = new LinkedHashMap<>();
        done.scores().forEach((name, score) -> scores.put(name, score(score)));
        document.put("scores", scores);
        document.put("routers", done.routers().map(MergeAccount::routers));
        document.put("notes", done.notes());
        document.put("warnings", configuration.text().warnings());
        document.put("memory_bytes_at_most", done.memory());
        document.put("peak_resident_bytes", ProcessMemory.peakResident());
        document.put("seconds", seconds());
        return document;
    }

    private static Map<String, Object> source(Merge.Source source) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", source.name());
        entry.put("directory", source.directory().toString());
        entry.put("sha256", source.digests());
        source.carried().ifPresent(carried -> {
            entry.put("moved", carried.isMoved());
            entry.put("distance_before", carried.distance().before());
            entry.put("distance_after", carried.distance().after());
            entry.put("max_rel_difference",
                    carried.checked().map(checked -> checked.written().verification().maxRelDifference()));
        });
        return entry;
    }

    private static Map<String, Object> routers(Merge.Routers routers) {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (int source = 0; source < routers.sources().size(); source++) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("overlap", layers(routers.merged().get(source)));
            if (!routers.recalibrated().isEmpty()) {
                entry.put("overlap_recalibrated", layers(routers.recalibrated().get(source)));
            }
            entries.put(routers.sources().get(source), entry);
        }
        return entries;
    }

    private static Map<String, Double> layers(RouterOverlap overlap) {
        Map<String, Double> layers = new LinkedHashMap<>();
        overlap.layers().forEach(layer -> layers.put(layer.router(), layer.overlap()));
        return layers;
    }

    private static Map<String, Object> score(EvaluationSet.Score score) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("loss", score.loss());
        entry.put("accuracy", score.accuracy());
        return entry;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Wrote " + out + ": " + done.sources().size() + " models merged by " + done.method() + ".");
        done.stream().ifPresentOrElse(
                stream -> lines.add("  stream      " + stream.why()),
                () -> lines.add("  alignment   " + done.unaligned().map(why -> "none, since " + why)
                        .orElse("none was asked for")));
        done.sources().forEach(source -> source.carried().ifPresent(carried -> lines.add(carried.isMoved()
                ? String.format(Locale.ROOT, "  %-11s moved: distance to %s %.6g before, %.6g after; %s",
                        source.name(), done.sources().getFirst().name(), carried.distance().before(),
                        carried.distance().after(), carried.checked().map(checked -> String.format(Locale.ROOT,
                                "outputs differ by %.1e of the largest",
                                checked.written().verification().maxRelDifference()))
                                .orElse("its function was not checked"))
                : "  " + source.name() + " stands in the basin of " + done.sources().getFirst().name()
                        + " already, so nothing moved: models of one base need no alignment")));
        done.notes().forEach(note -> lines.add("  note        " + note));
        if (!done.scores().isEmpty()) {
            lines.add(String.format(Locale.ROOT, "  %-32s %12s %12s", "model", "loss", "accuracy"));
            done.scores().forEach((name, score) -> lines.add(String.format(
                    Locale.ROOT, "  %-32s %12.6f %12.4f", name, score.loss(), score.accuracy())));
        }
        done.routers().ifPresent(routers -> {
            for (int source = 0; source < routers.sources().size(); source++) {
                lines.add(String.format(Locale.ROOT, "  routers     %.4f of the experts that %s chooses are chosen%s",
                        routers.merged().get(source).mean(), routers.sources().get(source),
                        routers.recalibrated().isEmpty() ? "" : String.format(Locale.ROOT, ", %.4f recalibrated",
                                routers.recalibrated().get(source).mean())));
            }
        });
        lines.add(String.format(Locale.ROOT, "  took        %.1f s", seconds()));
        return lines;
    }

    private double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }
}
