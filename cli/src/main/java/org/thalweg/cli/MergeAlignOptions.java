package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.matching.activation.ActivationMatchSettings;
import org.thalweg.matching.activation.ActivationMatching;
import org.thalweg.matching.learned.LearnedMatchSettings;
import org.thalweg.matching.learned.LearnedMatching;
import org.thalweg.merging.config.AlignChoice;
import org.thalweg.model.Checking;
import org.thalweg.model.ExactStorage;
import org.thalweg.model.Merge;
import org.thalweg.model.ModelDirectory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether and how models are aligned before they are merged. */
final class MergeAlignOptions {
    /** Windows or images by which routers are fitted at most. */
    private static final int FOR_ROUTERS = 512;

    @Option(names = "--align", paramLabel = "A",
            description = "Carry each model into the basin of the base, or of the first, before merging: auto (by "
                    + "weights, where the models can be aligned), none, weight, activation or learned (these two with "
                    + "--align-data). When absent what the configuration says: auto in the short form, none for a file "
                    + "without the key 'align'.")
    private Optional<String> align = Optional.empty();

    @Option(names = "--align-data", paramLabel = "TEXT|IMAGES",
            description = "Training data, for --align activation or learned and for --recalibrate-routers.")
    private Optional<Path> data = Optional.empty();

    @Mixin
    private ComparisonOptions comparison;

    @Option(names = "--unchecked",
            description = "Merge aligned models of a family without a built-in network, which cannot be checked.")
    private boolean unchecked;

    /** The choice, for a configuration that says something itself. */
    AlignChoice choice(AlignChoice configured) {
        return align.map(word -> Choice.of("--align", word, AlignChoice.values())).orElse(configured);
    }

    /**
     * The alignment.
     *
     * @param choice what was chosen
     * @param first the model to which the others are aligned
     */
    Optional<Merge.Alignment> alignment(AlignChoice choice, Path first) {
        boolean runs = choice == AlignChoice.ACTIVATION || choice == AlignChoice.LEARNED;
        if (runs && data.isEmpty()) {
            throw new WrongUse("--align " + choice.word() + " runs the models and needs --align-data: a text file, a "
                    + "directory of texts or images, or a JSON file of token ids.");
        }
        return switch (choice) {
            case NONE -> Optional.empty();
            case AUTO -> Optional.of(new Merge.Alignment(weights(first), checking(), false));
            case WEIGHT -> Optional.of(new Merge.Alignment(weights(first), checking(), true));
            case ACTIVATION -> {
                ModelDirectory model = ModelDirectory.open(first);
                yield Optional.of(new Merge.Alignment(new ActivationMatching(
                        new ActivationMatchSettings(ResidualMatching.AUTO, ActivationMatchSettings.Values.ROTATIONS,
                                ExpertOrdering.BEST, ActivationMatchSettings.SAMPLES, 0),
                        examples(model, OptionalInt.empty())), checking(), true));
            }
            case LEARNED -> {
                ModelDirectory model = ModelDirectory.open(first);
                yield Optional.of(new Merge.Alignment(new LearnedMatching(
                        LearnedMatchSettings.defaults(), byWeights(gauge(model)),
                        examples(model, OptionalInt.empty())),
                        checking(), true));
            }
        };
    }

    /** The seed of the check's inputs, and of methods that draw numbers. */
    long seed() {
        return comparison.seed();
    }

    private Checking checking() {
        return new Checking(
                comparison.tolerance(), comparison.probes(), comparison.seed(), unchecked);
    }

    /** A model of an unknown family is not aligned, so any gauge will do for it. */
    private static MatchingMethod weights(Path first) {
        try {
            return byWeights(gauge(ModelDirectory.open(first)));
        } catch (WorkFailure unknown) {
            return byWeights(MatchingGauge.BALANCED);
        }
    }

    private static MatchingGauge gauge(ModelDirectory model) {
        return ExactStorage.isUsualFor(model) ? MatchingGauge.BALANCED_DISCRETE : MatchingGauge.BALANCED;
    }

    private static WeightMatching byWeights(MatchingGauge gauge) {
        return new WeightMatching(new WeightMatchSettings(ExpertOrdering.BEST, ResidualMatching.AUTO, gauge));
    }

    /** Refuses data that nothing would look at. */
    void requireUse(AlignChoice choice, boolean isRecalibrating) {
        boolean runs = choice == AlignChoice.ACTIVATION || choice == AlignChoice.LEARNED;
        if (data.isPresent() && !runs && !isRecalibrating) {
            throw new WrongUse("--align " + choice.word() + " looks at weights alone and takes no --align-data.");
        }
    }

    /** The first of the training data, if any are given: routers have far fewer numbers than these answers. */
    Optional<Examples> forRouters(Path model) {
        return data.map(_ -> examples(ModelDirectory.open(model), OptionalInt.of(FOR_ROUTERS)));
    }

    private Examples examples(ModelDirectory model, OptionalInt most) {
        return LabelledData.of(new RealData(model, data.orElseThrow()), new LabelledData.Wishes(
                OptionalInt.empty(), OptionalInt.empty(), most, RealData.Split.TRAINING)).examples();
    }
}
