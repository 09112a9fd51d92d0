package org.thalweg.merging.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.MergeMethod;
import org.thalweg.merging.MergeMethods;
import org.thalweg.storage.InputFile;
import org.thalweg.storage.YamlNode;
import org.thalweg.storage.YamlPlace;
import org.thalweg.storage.YamlText;

/**
 * Reads files of merge configurations: YAML of one document or of several between lines of {@code ---}. Of several, all
 * but one have a {@code name}, by which others use their results as models. The one without a name is what the file is
 * for; where all have names it is the last.
 */
public final class MergeFile {
    private static final int LARGEST = 1 << 20;
    private static final int MOST_MERGES = 1000;
    private static final String MARK = "---";

    private static final YamlText.Rules RULES = new YamlText.Rules(
            "a merge", YamlText.Repeats.FOLLOWED, 20, 100_000, Integer.MAX_VALUE);

    private MergeFile() {}

    /**
     * Reads a file, with warnings about what changes nothing.
     *
     * @param file the file
     * @return every merge after those whose results it uses; the one that the file is for is the last
     * @throws WrongUse when the file says something that makes no merge
     * @throws WorkFailure when it cannot be read, is no regular file, larger than 1 MiB or not UTF-8
     */
    public static List<MergeConfiguration> read(Path file) {
        return read(file, false);
    }

    /**
     * Reads a file.
     *
     * @param file the file
     * @param strict whether what would be warned of is refused
     * @return every merge after those whose results it uses; the one that the file is for is the last
     * @throws WrongUse when the file says something that makes no merge
     * @throws WorkFailure when it cannot be read, is no regular file, larger than 1 MiB or not UTF-8
     */
    public static List<MergeConfiguration> read(Path file, boolean strict) {
        List<MergeConfiguration> merges = parse(InputFile.text(file, LARGEST), file.toString(), MergeMethods.all());
        if (strict) {
            merges.stream().flatMap(merge -> merge.text().warnings().stream()).findFirst().ifPresent(doubtful -> {
                throw new WrongUse(doubtful.replaceFirst("\\.$", "") + "; change it, or leave out --strict.");
            });
        }
        return merges;
    }

    /** The documents of a text that hold anything. */
    static List<YamlNode> documents(String yaml, IntFunction<YamlPlace> places, List<String> doubts) {
        return YamlText.read(yaml, places, RULES, doubts::add).stream()
                .filter(document -> !document.isNothing()).toList();
    }

    /** The merges of a text, in the order in which they can be made. */
    static List<MergeConfiguration> parse(String yaml, String source, List<MergeMethod> methods) {
        List<String> ofText = new ArrayList<>();
        List<YamlNode> documents = documents(yaml, line -> YamlPlace.of(source, line), ofText);
        if (documents.isEmpty()) {
            throw new WrongUse(source + ": the file holds no merge, expected at least 'merge_method' and 'models'.");
        }
        if (documents.size() > MOST_MERGES) {
            throw documents.get(MOST_MERGES).place().wrong("the file holds more than " + MOST_MERGES + " merges");
        }
        List<MergeConfiguration> merges = new ArrayList<>();
        for (YamlNode document : documents) {
            List<String> warnings = new ArrayList<>(merges.isEmpty() ? ofText : List.of());
            merges.add(new ConfigurationReader(methods).configuration(
                    document, documentAround(yaml, document.place().line()), warnings));
        }
        return MergeOrder.of(merges, documents.stream().map(YamlNode::place).toList());
    }

    /** The lines of the document in which a line stands, without the marks between documents. */
    private static String documentAround(String yaml, int line) {
        List<String> lines = List.of(yaml.split("\\R", -1));
        int begin = Math.min(line, lines.size()) - 1;
        while (begin >= 0 && !isMark(lines.get(begin))) {
            begin--;
        }
        int end = begin + 1;
        while (end < lines.size() && !isMark(lines.get(end))) {
            end++;
        }
        String first = begin < 0 ? "" : lines.get(begin).substring(MARK.length()).strip();
        return (first.isEmpty() ? "" : first + "\n")
                + String.join("\n", lines.subList(begin + 1, end)).strip() + "\n";
    }

    private static boolean isMark(String line) {
        return line.equals(MARK) || line.startsWith(MARK + " ") || line.startsWith(MARK + "\t");
    }
}
