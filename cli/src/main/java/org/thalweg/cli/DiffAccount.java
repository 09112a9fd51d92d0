package org.thalweg.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.failure.Shown;
import org.thalweg.model.ConfigDifference;
import org.thalweg.model.Diff;
import org.thalweg.model.MergeOutlook;
import org.thalweg.model.TensorDifference;
import org.thalweg.model.TokenizerDifference;
import org.thalweg.model.WeightDistance;

/**
 * What {@code diff} prints of two models.
 *
 * @param diff the models
 * @param found what differs
 */
record DiffAccount(Diff diff, Diff.Found found) {
    /** Tensors of a kind that are named to people; scripts get all. */
    private static final int FIRST = 5;

    Map<String, Object> document() {
        MergeOutlook outlook = found.outlook();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("a", diff.first().directory().toString());
        document.put("b", diff.second().directory().toString());
        document.put("families", diff.families());
        document.put("alignable", outlook.alignable());
        document.put("mergeable", outlook.mergeable());
        document.put("reasons", outlook.reasons());
        document.put("warnings", outlook.warnings());
        document.put("relation", outlook.kinship().label());
        document.put("advice", outlook.advice());
        document.put("config_differences", found.config().stream().map(DiffAccount::field).toList());
        document.put("tokenizer", tokenizer());
        document.put("embedding_rows", sides(found.rows().a(), found.rows().b()));
        document.put("ties", sides(found.ties().a(), found.ties().b()));
        document.put("tensors", tensors());
        return document;
    }

    private static Map<String, Object> sides(Object a, Object b) {
        Map<String, Object> sides = new LinkedHashMap<>();
        sides.put("a", a);
        sides.put("b", b);
        return sides;
    }

    /** A field that a model has not is no key, since a field may be {@code null} too. */
    private static Map<String, Object> field(ConfigDifference difference) {
        Map<String, Object> field = new LinkedHashMap<>();
        field.put("field", difference.field());
        difference.a().ifPresent(value -> field.put("a", value));
        difference.b().ifPresent(value -> field.put("b", value));
        field.put("changes_function", switch (difference.effect()) {
            case CHANGES_FUNCTION -> Optional.of(true);
            case SAME_FUNCTION -> Optional.of(false);
            case UNKNOWN -> Optional.empty();
        });
        return field;
    }

    private Map<String, Object> tokenizer() {
        TokenizerDifference differs = found.tokenizer();
        Map<String, Object> tokenizer = new LinkedHashMap<>();
        tokenizer.put("vocabulary", differs.vocabulary().label());
        tokenizer.put("tokens", sides(differs.tokensA(), differs.tokensB()));
        tokenizer.put("other_tokens", differs.otherTokens());
        tokenizer.put("example", differs.example());
        tokenizer.put("parts", differs.parts());
        tokenizer.put("files", differs.files().stream().map(DiffAccount::file).toList());
        return tokenizer;
    }

    private static Map<String, Object> file(TokenizerDifference.OtherFile other) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("file", other.file());
        file.put("in_a", other.inA());
        file.put("in_b", other.inB());
        file.put("fields", other.fields());
        return file;
    }

    private Map<String, Object> tensors() {
        TensorDifference differs = found.tensors();
        Map<String, Object> tensors = new LinkedHashMap<>();
        tensors.put("in_both", differs.inBoth());
        tensors.put("names_only_in_a", differs.onlyInA());
        tensors.put("names_only_in_b", differs.onlyInB());
        tensors.put("shapes", differs.shapes().stream()
                .map(tensor -> named(tensor.name(), tensor.a().shape(), tensor.b().shape())).toList());
        tensors.put("types", differs.types().stream()
                .map(tensor -> named(tensor.name(), tensor.a().type().name(), tensor.b().type().name())).toList());
        tensors.put("measured", differs.measured().size());
        measures(differs.all(), tensors);
        tensors.put("worst", differs.worst().stream().map(tensor -> measured("name", tensor)).toList());
        tensors.put("layers", differs.layers().stream().map(layer -> measured("layer", layer)).toList());
        tensors.put("not_finite", differs.notFinite().stream()
                .map(tensor -> Map.of("name", tensor.name(), "in_a", tensor.inA(), "in_b", tensor.inB())).toList());
        tensors.put("not_measured", differs.notMeasured().stream()
                .map(tensor -> Map.of("name", tensor.name(), "why", tensor.why(), "equal", tensor.equal())).toList());
        return tensors;
    }

    private static Map<String, Object> named(String name, Object a, Object b) {
        Map<String, Object> tensor = new LinkedHashMap<>();
        tensor.put("name", name);
        tensor.putAll(sides(a, b));
        return tensor;
    }

    private static Map<String, Object> measured(String key, WeightDistance distance) {
        Map<String, Object> tensor = new LinkedHashMap<>();
        tensor.put(key, distance.name());
        measures(distance, tensor);
        return tensor;
    }

    private static void measures(WeightDistance distance, Map<String, Object> into) {
        into.put("distance", distance.distance());
        into.put("relative_distance", distance.relative());
        into.put("cosine", distance.cosine());
        into.put("norm_a", distance.normA());
        into.put("norm_b", distance.normB());
    }

    List<String> lines() {
        MergeOutlook outlook = found.outlook();
        List<String> lines = new ArrayList<>();
        lines.add("A: " + diff.first().directory() + ", " + diff.families().getFirst());
        lines.add("B: " + diff.second().directory() + ", " + diff.families().getLast());
        configLines(lines);
        tokenizerLines(lines);
        tensorLines(lines);
        distanceLines(lines);
        line(lines, "alignable", outlook.alignable() ? "yes" : "no");
        line(lines, "mergeable", outlook.mergeable() ? "yes" : "no");
        outlook.reasons().forEach(reason -> line(lines, "because", reason));
        outlook.warnings().forEach(warning -> line(lines, "note", warning));
        if (!outlook.advice().isEmpty()) {
            line(lines, "advice", outlook.advice());
        }
        return lines;
    }

    private static void line(List<String> lines, String what, String text) {
        lines.add(String.format(Locale.ROOT, "  %-11s %s", what, text));
    }

    private void configLines(List<String> lines) {
        if (found.config().isEmpty()) {
            line(lines, "config", "equal");
        }
        found.config().forEach(difference -> line(lines, "config", difference + switch (difference.effect()) {
            case CHANGES_FUNCTION -> "; changes the function";
            case SAME_FUNCTION -> "; does not change the function";
            case UNKNOWN -> "; may change the function";
        }));
    }

    private void tokenizerLines(List<String> lines) {
        TokenizerDifference differs = found.tokenizer();
        line(lines, "tokenizer", switch (differs.vocabulary()) {
            case EQUAL -> "equal";
            case SAME_VOCABULARY -> "the same tokens; differs in " + String.join(", ", differs.parts());
            case B_EXTENDS_A -> "B has A's tokens and more at the end" + counts(differs);
            case A_EXTENDS_B -> "A has B's tokens and more at the end" + counts(differs);
            case DIFFERENT -> "other tokens at " + differs.otherTokens() + " ids" + counts(differs)
                    + differs.example().map(example -> "; " + example).orElse("");
            case ONE_LACKS -> "only one of the two has one" + counts(differs);
            case NONE -> "none beside either";
            case UNKNOWN -> "cannot be compared" + differs.example().map(why -> ": " + why).orElse("");
        });
        differs.files().forEach(file -> line(lines, "file", Shown.text(file.file()) + (file.inA() && file.inB()
                ? " differs" + (file.fields().isEmpty() ? "" : " in " + Shown.names(file.fields()))
                : " only in " + (file.inA() ? "A" : "B"))));
    }

    private static String counts(TokenizerDifference differs) {
        return " (" + count(differs.tokensA()) + " in A, " + count(differs.tokensB()) + " in B)";
    }

    private static String count(OptionalInt tokens) {
        return tokens.isPresent() ? String.format(Locale.ROOT, "%,d", tokens.getAsInt()) : "none known";
    }

    private void tensorLines(List<String> lines) {
        TensorDifference differs = found.tensors();
        line(lines, "names", String.format(Locale.ROOT, "%,d in both, %,d only in A, %,d only in B", differs.inBoth(),
                differs.onlyInA().size(), differs.onlyInB().size()));
        names(lines, "only in A", differs.onlyInA());
        names(lines, "only in B", differs.onlyInB());
        differs.shapes().stream().limit(FIRST).forEach(tensor -> line(lines, "shape", Shown.name(tensor.name()) + " is "
                + Arrays.toString(tensor.a().shape()) + " in A, " + Arrays.toString(tensor.b().shape()) + " in B"));
        more(lines, "shape", differs.shapes().size());
        differs.types().stream().limit(FIRST).forEach(tensor -> line(lines, "type", Shown.name(tensor.name()) + " is "
                + tensor.a().type() + " in A, " + tensor.b().type() + " in B"));
        more(lines, "type", differs.types().size());
        names(lines, "tied in A", found.ties().a());
        names(lines, "tied in B", found.ties().b());
        differs.notFinite().stream().limit(FIRST).forEach(tensor -> line(lines, "not finite", Shown.name(tensor.name())
                + " in " + (tensor.inA() ? tensor.inB() ? "both" : "A" : "B")));
        more(lines, "not finite", differs.notFinite().size());
        differs.notMeasured().stream().limit(FIRST).forEach(tensor -> line(lines, "unmeasured",
                Shown.name(tensor.name()) + ", " + (tensor.equal() ? "equal" : "differs") + ": " + tensor.why()));
        more(lines, "unmeasured", differs.notMeasured().size());
    }

    private static void names(List<String> lines, String what, List<String> names) {
        if (!names.isEmpty()) {
            line(lines, what, Shown.names(names));
        }
    }

    private static void more(List<String> lines, String what, int all) {
        if (all > FIRST) {
            line(lines, what, "and " + (all - FIRST) + " more, which --json lists");
        }
    }

    private void distanceLines(List<String> lines) {
        TensorDifference differs = found.tensors();
        lines.add(String.format(Locale.ROOT, "  %-40s %12s %12s %10s", "layer", "distance", "of A", "cosine"));
        differs.layers().forEach(layer -> lines.add(row(layer)));
        lines.add(row(differs.all()));
        if (!differs.worst().isEmpty()) {
            lines.add("  the tensors that are farthest apart");
            differs.worst().forEach(tensor -> lines.add(row(tensor)));
        }
    }

    private static String row(WeightDistance distance) {
        return String.format(Locale.ROOT, "  %-40s %12.4e %12s %10s", Shown.text(distance.name()), distance.distance(),
                distance.relative().isPresent()
                        ? String.format(Locale.ROOT, "%.4e", distance.relative().getAsDouble()) : "-",
                distance.cosine().isPresent()
                        ? String.format(Locale.ROOT, "%.6f", distance.cosine().getAsDouble()) : "-");
    }
}
