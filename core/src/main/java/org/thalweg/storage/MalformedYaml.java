package org.thalweg.storage;

import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.failure.Shown;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Why a text is not the YAML it should be, without a word of the library that noticed.
 *
 * @param line where, counted from 1, when that is known
 * @param reason a clause without a full stop
 */
public record MalformedYaml(OptionalInt line, String reason) {
    private static final String TOO_DEEP = "Nesting Depth exceeded";

    /**
     * What is wrong with a text.
     *
     * @param refused what the library said
     * @param yaml the text
     * @return where and why
     */
    public static MalformedYaml of(YAMLException refused, String yaml) {
        return switch (refused) {
            case MarkedYAMLException malformed -> {
                Mark mark = Optional.ofNullable(malformed.getProblemMark()).orElse(malformed.getContextMark());
                yield new MalformedYaml(OptionalInt.of(mark.getLine() + 1), reason(malformed, mark));
            }
            case ReaderException unprintable -> {
                String before = yaml.substring(0, Math.min(yaml.length(), Math.max(0, unprintable.getPosition())));
                int line = 1 + (int) before.lines().count() - (before.isEmpty() || before.endsWith("\n") ? 0 : 1);
                yield new MalformedYaml(OptionalInt.of(line), "the text holds the character "
                        + Shown.line(Character.toString(unprintable.getCodePoint()))
                        + ", which YAML does not allow; remove it");
            }
            case YAMLException deep when Optional.ofNullable(deep.getMessage()).orElse("").startsWith(TOO_DEEP) ->
                new MalformedYaml(OptionalInt.empty(), "lists and sections are nested deeper than such a text needs");
            case YAMLException _ -> new MalformedYaml(OptionalInt.empty(), "the text is no YAML");
        };
    }

    private static String reason(MarkedYAMLException malformed, Mark mark) {
        if (Optional.ofNullable(malformed.getProblem()).orElse("").contains("\\t")) {
            return "a tab stands where YAML allows only spaces";
        }
        Optional<Mark> begin = Optional.ofNullable(malformed.getContextMark())
                .filter(context -> context.getLine() != mark.getLine());
        return "the text is no YAML here" + begin.map(context -> ", in what begins in line " + (context.getLine() + 1))
                .orElse("") + "; check brackets, quotes, colons and indentation";
    }
}
