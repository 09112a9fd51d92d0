package org.thalweg.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.TextFiles;
import org.thalweg.failure.WorkFailure;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.TextWindows;
import org.thalweg.network.Inputs;
import org.thalweg.results.MeasuredOn;
import org.thalweg.tensor.Scope;
import org.thalweg.training.TextExamples;

/**
 * Inputs from files with the answers that are right, on which models are measured.
 *
 * @param examples windows of texts, or images
 * @param windows how texts were cut
 * @param shortTexts how many texts were left out because no window fits into them
 * @param place where the data come from
 */
record LabelledData(Examples examples, Optional<TextWindows> windows, int shortTexts, String place) {
    /** Text that is tokenised at once. */
    private static final long LARGEST_TEXT = 1L << 28;

    /** Examples whose answers are counted at a time. */
    private static final int COUNTED = 1 << 10;

    /** What the user may say of how texts are cut and how many inputs there are, and of which images. */
    record Wishes(OptionalInt window, OptionalInt stride, OptionalInt most, RealData.Split split) {}

    /**
     * Reads them.
     *
     * @param data the model and the place
     * @param wishes what the user asked for
     * @return at least one example
     * @throws WorkFailure when there are none for this model
     */
    static LabelledData of(RealData data, Wishes wishes) {
        ModelDirectory model = data.model();
        int most = wishes.most().orElse(Integer.MAX_VALUE);
        return switch (model.inputs()) {
            case Inputs.Texts kind -> texts(data, kind, TextWindows.of(model, wishes.window(), wishes.stride()), most);
            case Inputs.Images kind -> new LabelledData(
                    data.images(kind, wishes.split()).first(most), Optional.empty(), 0, data.place().toString());
            case Inputs.Pairs _, Inputs.Vectors _ -> throw new WorkFailure(model.checkpoint().directory()
                    + " takes " + model.inputs() + ", for which no data with answers are read.");
        };
    }

    private static LabelledData texts(RealData data, Inputs.Texts kind, TextWindows windows, int most) {
        String place = data.place().toString();
        List<int[]> texts = data.texts(kind, bytes(data, windows, most));
        int longest = 0;
        int tooShort = 0;
        for (int text = 0; text < texts.size(); text++) {
            int[] tokens = texts.get(text);
            for (int token : tokens) {
                kind.require(token, text, place);
            }
            longest = Math.max(longest, tokens.length);
            tooShort += tokens.length <= windows.window() ? 1 : 0;
        }
        if (longest <= windows.window()) {
            throw new WorkFailure(place + " is too short for one window: its longest text has " + longest
                    + " tokens, and a window of " + windows.window() + " takes " + (windows.window() + 1)
                    + " with the token that it predicts last; give longer text or a smaller --window.");
        }
        TextExamples examples = new TextExamples(texts, kind.vocabulary(), windows.window(), windows.stride());
        return new LabelledData(examples.first(most), Optional.of(windows), tooShort, place);
    }

    /** Bytes of text to read: all there are, or what surely has as many tokens as are wanted. */
    private static long bytes(RealData data, TextWindows windows, int most) {
        if (data.isTokenIds()) {
            return 0;
        }
        long enough = ((long) most * windows.stride() + windows.window() + 1) * RealInputs.BYTES_PER_TOKEN;
        long all = TextFiles.size(data.place());
        if (Math.min(all, enough) > LARGEST_TEXT) {
            throw new WorkFailure(data.place() + " has " + all + " bytes of text, and at most " + LARGEST_TEXT
                    + " are read at once; ask for fewer windows with --most, or give less text.");
        }
        return Math.min(all, enough);
    }

    /** What is said of the data beside every number that was measured on them. */
    MeasuredOn account() {
        return new MeasuredOn(place, examples.size(), answers(), windows.isPresent() ? "tokens" : "images",
                windows.map(cut -> OptionalInt.of(cut.window())).orElse(OptionalInt.empty()),
                windows.map(cut -> OptionalInt.of(cut.stride())).orElse(OptionalInt.empty()),
                windows.isPresent() ? OptionalInt.of(shortTexts) : OptionalInt.empty());
    }

    private long answers() {
        long answers = 0;
        for (int start = 0; start < examples.size(); start += COUNTED) {
            int[] indices = IntStream.range(start, Math.min(examples.size(), start + COUNTED)).toArray();
            try (Scope scope = Scope.open()) {
                answers += Arrays.stream(examples.labels(indices).toLongs())
                        .filter(label -> label != Examples.IGNORED).count();
            }
        }
        return answers;
    }
}
