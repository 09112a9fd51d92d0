package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.ModelDirectory;
import picocli.CommandLine.Option;

/** On what models are measured. */
final class DataOptions {
    @Option(names = "--data", required = true, paramLabel = "TEXT|IMAGES",
            description = "A UTF-8 file or a directory of such (tokenised by the tokenizer.json beside the model; "
                    + "GPT-2 needs none), a .json file of token ids, or IDX, CIFAR or folder images, of which the test "
                    + "split is taken, or the name of a set, such as mnist.")
    private Path data;

    @Option(names = "--window", paramLabel = "N",
            description = "Tokens of a text that the model sees at once; when absent as many as the model is made for, "
                    + "at most 1024.")
    private Optional<Integer> window = Optional.empty();

    @Option(names = "--stride", paramLabel = "N",
            description = "Tokens from one window's start to the next, the window when absent. Every token but a "
                    + "text's first is predicted once, by the first window that reaches it.")
    private Optional<Integer> stride = Optional.empty();

    @Option(names = "--most", paramLabel = "N", description = "Take the first N windows or images only.")
    private Optional<Integer> most = Optional.empty();

    /**
     * Reads the data.
     *
     * @param model says what it takes, and has the tokenizer
     * @return at least one example
     * @throws WrongUse when a number makes no sense
     * @throws WorkFailure when there are no such data for this model
     */
    LabelledData read(ModelDirectory model) {
        most.ifPresent(number -> WholeNumbers.requireAtLeast("--most", 1, number));
        return LabelledData.of(new RealData(model, data),
                new LabelledData.Wishes(number(window), number(stride), number(most), RealData.Split.TEST));
    }

    private static OptionalInt number(Optional<Integer> given) {
        return given.map(OptionalInt::of).orElse(OptionalInt.empty());
    }
}
