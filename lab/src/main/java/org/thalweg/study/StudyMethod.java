package org.thalweg.study;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;

/** How replica B of a study of Transformers is brought to replica A. In the order of tables. */
enum StudyMethod {
    /** Not at all. */
    VANILLA,
    /** Orders of heads, units, experts and of the stream, by weights. */
    PERMUTATIONS,
    /** Orders of heads, units and experts and a rotation of the stream, by weights. */
    WEIGHT;

    /** Names of all of them. */
    static List<String> known() {
        return Arrays.stream(values()).map(StudyMethod::label).toList();
    }

    /** The name in study files and results. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static StudyMethod named(String label) {
        return Arrays.stream(values()).filter(method -> method.label().equals(label)).findFirst()
                .orElseThrow(() -> new WrongUse("methods names " + Shown.name(label) + ", expected "
                        + String.join(", ", known()) + "."));
    }

    /**
     * The matching behind it.
     *
     * @return nothing for the models as they were trained
     */
    Optional<MatchingMethod> matching() {
        return switch (this) {
            case VANILLA -> Optional.empty();
            case PERMUTATIONS -> Optional.of(weights(ResidualMatching.PERMUTATION));
            case WEIGHT -> Optional.of(weights(ResidualMatching.ROTATION));
        };
    }

    private static MatchingMethod weights(ResidualMatching residual) {
        return new WeightMatching(
                new WeightMatchSettings(ExpertOrdering.BEST, residual, MatchingGauge.BALANCED));
    }
}
