package org.thalweg.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.identifiability.FailedAssumption;
import org.thalweg.identifiability.Identification;
import org.thalweg.identifiability.IdentificationSettings;

/**
 * What {@code thalweg identify} says.
 *
 * @param a the first layer
 * @param b the second layer
 * @param settings how closely they were compared
 * @param found what was found
 */
record Verdict(ExpertLayer a, ExpertLayer b, IdentificationSettings settings, Identification found) {
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("a", a.checkpoint().directory().toString());
        document.put("b", b.checkpoint().directory().toString());
        document.put("layer_a", a.number());
        document.put("layer_b", b.number());
        document.put("gating", a.config().gating().label());
        switch (found) {
            case Identification.Related related -> {
                document.put("verdict", "related");
                document.put("tau", image(related));
                document.put("c_w_norm", norm(related.weightShift()));
                document.put("c_w", related.weightShift());
                document.put("c_b", related.biasShift());
                document.put("gate_scale", related.gateScale());
                document.put("hidden_units_related", related.weights().isPresent());
            }
            case Identification.Undecided undecided -> {
                document.put("verdict", "undecided");
                document.put("why", undecided.experts().stream()
                        .map(Identification.UncomparedExpert::sentence).toList());
            }
            case Identification.Unrelated unrelated -> {
                document.put("verdict", "unrelated");
                document.put("why", unrelated.why());
            }
            case Identification.EqualButUnrelated _ -> document.put("verdict", "equal_but_unrelated");
        }
        document.put("residuals", numbers());
        document.put("failed_assumptions", failed().stream().map(FailedAssumption::sentence).toList());
        document.put("tolerance", settings.tolerance());
        document.put("probes", settings.probes());
        document.put("seed", settings.seed());
        return document;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        switch (found) {
            case Identification.Related related -> {
                lines.add("Related: one g in G(n) moves A's layer to B's.");
                lines.add("  order of experts  tau = " + Arrays.toString(image(related))
                        + "  (expert i of B is expert tau(i) of A)");
                lines.add(String.format(Locale.ROOT, "  shift of the gate |c_W| = %.6g, c_b = %.6g",
                        norm(related.weightShift()), related.biasShift()));
                if (related.gateScale() != 1) {
                    lines.add(String.format(Locale.ROOT, "  scale of the gate %.6g", related.gateScale()));
                }
                lines.add(related.weights().isPresent()
                        ? "  hidden units      the experts' weights are equal up to symmetries too"
                        : "  hidden units      the experts agree on all probes that use them; no order of hidden "
                                + "units was found that makes their weights equal");
            }
            case Identification.Undecided undecided -> {
                lines.add("Undecided: the gates and all experts that were compared are related by G(n), but not every "
                        + "expert was compared.");
                for (Identification.UncomparedExpert expert : undecided.experts()) {
                    lines.add("  not compared      " + expert.sentence());
                }
            }
            case Identification.Unrelated unrelated -> lines.add("Unrelated: " + unrelated.why());
            case Identification.EqualButUnrelated _ ->
                lines.add("Equal but unrelated: the outputs agree, yet no g in G(n) moves A's layer to B's.");
        }
        StringBuilder residuals = new StringBuilder("  residuals        ");
        numbers().forEach((name, number) -> residuals.append(' ').append(name).append(' ')
                .append(number.isPresent() ? String.format(Locale.ROOT, "%.2e", number.getAsDouble()) : "none"));
        lines.add(residuals + String.format(Locale.ROOT, "  (relative; up to %.0e counts as equal)",
                settings.tolerance()));
        for (FailedAssumption failed : failed()) {
            lines.add("  assumption        " + failed.sentence());
        }
        return lines;
    }

    private Identification.Residuals residuals() {
        return switch (found) {
            case Identification.Related related -> related.residuals();
            case Identification.Undecided undecided -> undecided.residuals();
            case Identification.Unrelated unrelated -> unrelated.residuals();
            case Identification.EqualButUnrelated equal -> equal.residuals();
        };
    }

    /** Layers of different kinds have no relation to be measured, and infinity is no JSON. */
    private Map<String, OptionalDouble> numbers() {
        Map<String, OptionalDouble> numbers = new LinkedHashMap<>();
        numbers.put("outputs", finite(residuals().outputs()));
        numbers.put("gate", finite(residuals().gate()));
        numbers.put("experts", finite(residuals().experts()));
        numbers.put("shared", finite(residuals().shared()));
        return numbers;
    }

    private static OptionalDouble finite(double number) {
        return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    private List<FailedAssumption> failed() {
        return switch (found) {
            case Identification.Related related -> related.failedAssumptions();
            case Identification.Undecided undecided -> undecided.failedAssumptions();
            case Identification.Unrelated _ -> List.of();
            case Identification.EqualButUnrelated equal -> equal.failedAssumptions();
        };
    }

    private static int[] image(Identification.Related related) {
        int[] image = new int[related.order().size()];
        for (int expert = 0; expert < image.length; expert++) {
            image[expert] = related.order().image(expert);
        }
        return image;
    }

    private static double norm(double[] vector) {
        return Math.sqrt(Arrays.stream(vector).map(number -> number * number).sum());
    }
}
