package org.thalweg.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;
import org.thalweg.results.Method;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.StudyResults;

/** The checks behind a study's alignments, in a few words. */
final class Checks {
    private Checks() {}

    static String describe(StudyResults results) {
        double[] differences = results.pairs().stream()
                .filter(pair -> pair.method() != Method.BEST)
                .flatMap(pair -> pair.measured().stream())
                .map(PairOutcome.Measured::maxAbsLogitDifference)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .toArray();
        double largest = Arrays.stream(differences).max().orElse(0);
        return String.format(Locale.ROOT, "%d alignments, max |Δ logit| %.1e in float64", differences.length, largest);
    }
}
