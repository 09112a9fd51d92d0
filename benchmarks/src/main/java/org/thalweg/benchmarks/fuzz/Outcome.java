package org.thalweg.benchmarks.fuzz;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/** What a reader made of a content. */
sealed interface Outcome {
    /** It was read. */
    record Read() implements Outcome {}

    /** It was refused in a sentence that users can read. */
    record Refused(String sentence) implements Outcome {}

    /**
     * Neither of the two.
     *
     * @param kind the same for findings that are likely to have one cause
     * @param detail what was seen
     */
    record Finding(String kind, String detail) implements Outcome {}

    /** Longer sentences fill a screen. */
    int LONGEST_SENTENCE = 2000;

    /** Names of classes and of what is inside the libraries. */
    Pattern JARGON = Pattern.compile(
            "\\b(?:java|javax|jdk|org\\.thalweg|com\\.fasterxml|org\\.yaml|org\\.apache)\\.[a-z]"
            + "|[a-z](?:Exception|Error)\\b|LinkedHashMap|ArrayList|ObjectNode|JsonToken|LoaderOptions"
            + "|StreamReadConstraints|StreamReadFeature|JsonReadFeature"
            + "|\\[\\.?Source:|\\bnull\\b(?=[:.;]? *$)|: null\\b");

    /** What a sentence quotes of the content is not its own. */
    Pattern QUOTED = Pattern.compile("'[^']*'");

    /** What a reader threw. */
    static Outcome of(Throwable thrown) {
        return switch (thrown) {
            case WorkFailure failure -> ofSentence(failure);
            case WrongUse wrong -> ofSentence(wrong);
            case Throwable other -> new Finding(
                    other.getClass().getSimpleName() + " at " + place(other), trace(other));
        };
    }

    private static Outcome ofSentence(RuntimeException refusal) {
        String sentence = refusal.getMessage();
        Optional<String> wrong = sentence.isBlank() ? Optional.of("no sentence")
                : sentence.length() > LONGEST_SENTENCE ? Optional.of("a sentence too long")
                : !sentence.codePoints().allMatch(Shown::isPrintable) ? Optional.of("a control character")
                : JARGON.matcher(QUOTED.matcher(sentence).replaceAll("''")).find() ? Optional.of("jargon")
                : Optional.empty();
        return wrong.<Outcome>map(what ->
                        new Finding(what + " from " + place(refusal), sentence + "\n" + trace(refusal)))
                .orElseGet(() -> new Refused(sentence));
    }

    /** The innermost place in the program, which is not that of a library. */
    private static String place(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("org.thalweg.")
                        && !frame.getClassName().startsWith("org.thalweg.benchmarks."))
                .findFirst()
                .map(frame -> frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
                .orElse("an unknown place");
    }

    private static String trace(Throwable thrown) {
        String frames = Arrays.stream(thrown.getStackTrace()).limit(40).map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
        return thrown + frames + (thrown.getCause() == null ? "" : "\ncaused by " + trace(thrown.getCause()));
    }
}
