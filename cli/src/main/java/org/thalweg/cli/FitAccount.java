package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.thalweg.scaling.Coefficient;
import org.thalweg.scaling.Estimate;
import org.thalweg.scaling.LeverageFit;
import org.thalweg.scaling.LossCurve;
import org.thalweg.scaling.Measure;
import org.thalweg.scaling.Setting;

/**
 * What {@code scaling fit} says.
 *
 * @param file where the runs stand
 * @param fit the law
 */
record FitAccount(Path file, LeverageFit fit) {
    /** The curves of losses, and the budget at which their leverages are compared: the largest that all have. */
    private record Curves(List<LossCurve> all, Optional<LossCurve> dense, double compute) {
        static Curves of(LeverageFit fit) {
            List<LossCurve> all = fit.runs().measure() == Measure.LOSS ? LossCurve.of(fit.runs()) : List.of();
            return new Curves(all, all.stream().filter(curve -> curve.activation() == 1).findFirst(),
                    all.stream().mapToDouble(LossCurve::most).min().orElse(0));
        }

        double leverage(LossCurve curve) {
            return dense.map(base -> curve.leverageOver(base, compute)).orElse(Double.NaN);
        }
    }

    Map<String, Object> document() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("file", file.toString());
        keys.put("measured", fit.runs().measure().column());
        keys.put("runs", fit.runs().runs().size());
        keys.put("confidence", Estimate.CONFIDENCE);
        Map<String, Object> coefficients = new LinkedHashMap<>();
        fit.estimates().forEach((each, found) -> coefficients.put(each.label(), document(found)));
        keys.put("coefficients", coefficients);
        keys.put("not_fitted", notFitted());
        keys.put("deviation", fit.deviation());
        keys.put("best_granularity", fit.law().bestGranularity());
        Map<String, Object> ranges = new LinkedHashMap<>();
        fit.ranges().forEach(range -> ranges.put(range.quantity(), List.of(range.low(), range.high())));
        keys.put("ranges", ranges);
        Curves curves = Curves.of(fit);
        if (!curves.all().isEmpty()) {
            keys.put("leverage_at", curves.compute());
            keys.put("loss_curves", curves.all().stream().map(curve -> document(curve, curves)).toList());
        }
        return keys;
    }

    private static Map<String, Object> document(Estimate found) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("value", finite(found.value()));
        keys.put("low", finite(found.low()));
        keys.put("high", finite(found.high()));
        return keys;
    }

    private Map<String, Object> document(LossCurve curve, Curves curves) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("activation", curve.activation());
        keys.put("granularity", curve.granularity());
        keys.put("runs", curve.runs());
        keys.put("coefficient", finite(curve.loss().coefficient()));
        keys.put("exponent", curve.loss().exponent());
        keys.put("leverage", finite(curves.leverage(curve)));
        keys.put("leverage_by_law", byLaw(curve, curves));
        return keys;
    }

    private double byLaw(LossCurve curve, Curves curves) {
        return curve.activation() == 1 ? 1
                : fit.law().leverage(new Setting(curve.activation(), curve.granularity(), curves.compute()));
    }

    /** JSON has no other numbers. */
    private static Optional<Double> finite(double value) {
        return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
    }

    private List<String> notFitted() {
        return Arrays.stream(Coefficient.values())
                .filter(each -> !fit.estimates().containsKey(each))
                .filter(each -> fit.runs().measure() == Measure.LOSS
                        || each != Coefficient.LOSS_COEFFICIENT && each != Coefficient.LOSS_EXPONENT)
                .map(Coefficient::label).toList();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%d runs, %s; deviation of its logarithm %.4g",
                fit.runs().runs().size(), fit.runs().measure().column(), fit.deviation()));
        lines.add("");
        lines.add(String.format(Locale.ROOT, "%-16s %12s  %s", "coefficient", "value", "95 % interval"));
        fit.estimates().forEach((each, found) -> lines.add(String.format(Locale.ROOT, "%-16s %12.5g  %.5g to %.5g",
                each.label(), found.value(), found.low(), found.high())));
        notFitted().forEach(name -> lines.add(String.format(Locale.ROOT, "%-16s %12s  not fitted", name, "0")));
        fit.law().bestGranularity().ifPresent(best ->
                lines.add(String.format(Locale.ROOT, "largest leverage at granularity %.4g", best)));
        Curves curves = Curves.of(fit);
        if (!curves.all().isEmpty()) {
            lines.add("");
            lines.add(String.format(Locale.ROOT, "leverage at %.4g FLOPs", curves.compute()));
            lines.add(String.format(Locale.ROOT, "%10s %12s %6s %10s %10s",
                    "activation", "granularity", "runs", "by curves", "by the law"));
            curves.all().forEach(curve -> lines.add(String.format(Locale.ROOT, "%10.4g %12.4g %6d %10.3f %10.3f",
                    curve.activation(), curve.granularity(), curve.runs(), curves.leverage(curve),
                    byLaw(curve, curves))));
        }
        lines.add("");
        lines.add("fitted to " + String.join(", ",
                fit.ranges().stream().map(range -> range.quantity() + " " + range).toList()));
        return lines;
    }
}
