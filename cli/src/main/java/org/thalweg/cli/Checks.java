package org.thalweg.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.thalweg.results.Method;
import org.thalweg.results.MethodPath;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.StudyResults;
import org.thalweg.results.SystemResults;
import org.thalweg.results.TransformerResults;

/** The checks behind a study's alignments, in a few words. */
final class Checks {
    private Checks() {}

    static String describe(StudyResults results) {
        return describe(results.pairs().stream()
                .filter(pair -> pair.method() != Method.BEST)
                .flatMap(pair -> pair.measured().stream())
                .map(PairOutcome.Measured::maxAbsLogitDifference));
    }

    static String describe(TransformerResults results) {
        return describe(results.paths().stream().map(MethodPath::maxAbsLogitDifference));
    }

    static String describe(SystemResults results) {
        return describe(results.pairs().stream().map(pair -> pair.matched().maxAbsLogitDifference()));
    }

    private static String describe(Stream<OptionalDouble> found) {
        double[] differences =
                found.filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).toArray();
        double largest = Arrays.stream(differences).max().orElse(0);
        return String.format(Locale.ROOT, "%d alignments, max |Δ logit| %.1e in float64", differences.length, largest);
    }
}
