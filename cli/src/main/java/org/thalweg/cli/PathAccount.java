package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.equivalence.Comparison;
import org.thalweg.model.Align;
import org.thalweg.model.CanonicalForm;

/**
 * What {@code align} prints about the residual stream, and between which directories the straight path runs.
 *
 * @param reference A
 * @param out the moved B
 * @param referenceOut where A was written in the form in which it was matched
 * @param stream what was done
 */
record PathAccount(Path reference, Path out, Optional<Path> referenceOut, Align.Stream stream) {
    void into(Map<String, Object> document) {
        document.put("residual", stream.matching().name().toLowerCase(Locale.ROOT));
        document.put("residual_why", stream.why());
        document.put("forms", stream.forms().stream().map(CanonicalForm::label).toList());
        document.put("untied_head", !stream.untied().isEmpty());
        document.put("reference_out", referenceOut.map(Path::toString));
        document.put("reference_max_rel_difference",
                stream.reference().map(Comparison::verification).map(found -> found.maxRelDifference()));
        document.put("path_from", start().map(Path::toString));
        document.put("path_to", out.toString());
    }

    /** Where the path starts, if it is on disk. */
    private Optional<Path> start() {
        return referenceOut.or(() -> Optional.of(reference).filter(_ -> stream.forms().isEmpty()));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("  stream      " + switch (stream.matching()) {
            case NONE -> "left alone";
            case PERMUTATION -> "matched by order";
            case ORTHOGONAL -> "matched by a rotation";
            case AUTO -> "matched";
        } + ": " + stream.why() + (stream.forms().isEmpty() ? "" : "; for this the normalisations of both models were "
                + "folded (" + stream.forms().stream().map(CanonicalForm::label)
                        .collect(Collectors.joining(", ")) + ")"));
        stream.untied().forEach(head ->
                lines.add("  head        " + head + " is a tensor of its own now, no longer the embedding"));
        stream.reference().map(Comparison::verification).ifPresent(found -> lines.add(String.format(Locale.ROOT,
                "  A           as written its outputs differ from A's by %.1e of the largest",
                found.maxRelDifference())));
        lines.add("  path        " + start().map(from -> "runs straight from " + from + " to " + out).orElse(
                "does not start at " + reference + " but at its folded form, which --reference-out DIR writes"));
        return lines;
    }
}
