package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
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
            description = "Merge aligned models of a family without a built-in network, which cannot be checked; all "
                    + "others are.")
    private boolean unchecked;

    /** The choice, for a configuration that says something itself. */
    AlignChoice choice(AlignChoice configured) {
        return align.map(word -> Choice.of("--align", word, AlignChoice.values())).orElse(configured);
    }

    /**
     * The alignment.
     *
     * @param choice what was chosen
     */
    Optional<Merge.Alignment> alignment(AlignChoice choice) {
        if (runs(choice) && data.isEmpty()) {
            throw new WrongUse("--align " + choice.word() + " runs the models and needs --align-data: a text file, a "
                    + "directory of texts or images, or a JSON file of token ids.");
        }
        return switch (choice) {
            case NONE -> Optional.empty();
            case AUTO -> Optional.of(new Merge.Alignment(MergeAlignOptions::byWeights, this::checking, false));
            case WEIGHT -> Optional.of(new Merge.Alignment(MergeAlignOptions::byWeights, this::checking, true));
            case ACTIVATION -> Optional.of(new Merge.Alignment(model -> new ActivationMatching(
                    new ActivationMatchSettings(ResidualMatching.AUTO, ActivationMatchSettings.Values.ROTATIONS,
                            ExpertOrdering.BEST, ActivationMatchSettings.SAMPLES, 0),
                    examples(model, OptionalInt.empty())), this::checking, true));
            case LEARNED -> Optional.of(new Merge.Alignment(model -> new LearnedMatching(
                    LearnedMatchSettings.defaults(), byWeights(model),
                    examples(model, OptionalInt.empty())), this::checking, true));
        };
    }

    private static boolean runs(AlignChoice choice) {
        return choice == AlignChoice.ACTIVATION || choice == AlignChoice.LEARNED;
    }

    /** The seed of the check's inputs, and of methods that draw numbers. */
    long seed() {
        return comparison.seed();
    }

    private Checking checking(ModelDirectory model) {
        return new Checking(
                comparison.tolerance(), comparison.probes(Checking.usualProbes(model)), comparison.seed(), unchecked);
    }

    private static WeightMatching byWeights(ModelDirectory model) {
        return new WeightMatching(new WeightMatchSettings(ExpertOrdering.BEST, ResidualMatching.AUTO,
                ExactStorage.isUsualFor(model) ? MatchingGauge.BALANCED_DISCRETE : MatchingGauge.BALANCED));
    }

    /** Refuses data that nothing would look at. */
    void requireUse(AlignChoice choice, boolean isRecalibrating) {
        if (data.isPresent() && !runs(choice) && !isRecalibrating) {
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
