package org.thalweg.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;

/** Numbers of tokens from 0 on, without gaps, in place of those that a tokenizer gives. */
final class Vocabulary {
    private static final String CHARACTERS = """
              "normalizer": null,
              "pre_tokenizer":
                {"type": "Split", "pattern": {"Regex": "[\\\\s\\\\S]"}, "behavior": "Isolated", "invert": false},
              "post_processor": null,
              "decoder": {"type": "Fuse"},
            """;
    private static final String WORDS = """
              "normalizer": {"type": "Replace", "pattern": {"String": "\\n"}, "content": " %s "},
              "pre_tokenizer": {"type": "WhitespaceSplit"},
              "post_processor": null,
              "decoder": null,
            """;

    private final int size;
    /** The new number of each old one, -1 where there is none; nothing when all stay as they are. */
    private final Optional<int[]> renumbered;
    private final OptionalInt unknown;
    private final Optional<String> tokenizer;
    private final String origin;

    private Vocabulary(
            int size, Optional<int[]> renumbered, OptionalInt unknown, Optional<String> tokenizer, String origin) {
        this.size = size;
        this.renumbered = renumbered;
        this.unknown = unknown;
        this.tokenizer = tokenizer;
        this.origin = origin;
    }

    /**
     * Which tokens there are.
     *
     * @param rule says which
     * @param train the training part as the tokenizer numbers it; not changed
     * @param tokenizer of the rule, by which it was numbered
     * @return the vocabulary
     */
    static Vocabulary of(TokenRule rule, int[] train, Tokenizer tokenizer) {
        return switch (rule) {
            case TokenRule.Occurring(TextCorpus.Tokens _, int minCount) -> occurring(train, tokenizer, minCount);
            case TokenRule.Given(Optional<Path> file, int size) -> new Vocabulary(size, Optional.empty(),
                    OptionalInt.empty(), Optional.empty(), file.map(Path::toString).orElse("GPT-2's tokenizer"));
        };
    }

    /** Tokens that occur so often, in the order of their numbers, and the one for unknown words where there is one. */
    private static Vocabulary occurring(int[] train, Tokenizer tokenizer, int minCount) {
        int[] counts = new int[IntStream.of(train).max().orElse(-1) + 1];
        for (int token : train) {
            counts[token]++;
        }
        OptionalInt unknown = OptionalInt.empty();
        if (tokenizer instanceof WordTokenizer words) {
            boolean rare = IntStream.of(counts).anyMatch(count -> count > 0 && count < minCount);
            unknown = rare ? OptionalInt.of(words.number(WordTokenizer.UNKNOWN))
                    : words.unknown().stream().filter(number -> number < counts.length && counts[number] > 0).findAny();
        }
        int kept = unknown.orElse(-1);
        int[] known = IntStream.concat(
                IntStream.range(0, counts.length)
                        .filter(token -> counts[token] > 0 && counts[token] >= minCount || token == kept),
                IntStream.of(kept).filter(token -> token >= counts.length)).toArray();
        int[] renumbered = new int[known.length == 0 ? 0 : known[known.length - 1] + 1];
        Arrays.fill(renumbered, -1);
        for (int id = 0; id < known.length; id++) {
            renumbered[known[id]] = id;
        }
        return new Vocabulary(known.length, Optional.of(renumbered),
                kept < 0 ? OptionalInt.empty() : OptionalInt.of(renumbered[kept]), json(known, tokenizer, kept >= 0),
                "the training part");
    }

    /** How many tokens there are. */
    int size() {
        return size;
    }

    /** The text of a {@code tokenizer.json} that gives these numbers, where there is one. */
    Optional<String> tokenizer() {
        return tokenizer;
    }

    /**
     * A text in these numbers.
     *
     * @param old as the tokenizer numbers it; not changed
     * @return the same, without tokens that have no number here
     * @throws WorkFailure when a model is given that does not know a token
     */
    int[] of(int[] old) {
        if (renumbered.isEmpty()) {
            int highest = IntStream.of(old).max().orElse(0);
            if (highest >= size) {
                throw new WorkFailure(origin + " gives token " + highest + " but the model knows " + size
                        + " tokens; use the tokenizer that belongs to the model.");
            }
            return old;
        }
        int[] numbers = renumbered.get();
        int otherwise = unknown.orElse(-1);
        int[] result = new int[old.length];
        int count = 0;
        for (int token : old) {
            int id = token < numbers.length && numbers[token] >= 0 ? numbers[token] : otherwise;
            if (id >= 0) {
                result[count++] = id;
            }
        }
        return Arrays.copyOf(result, count);
    }

    private static Optional<String> json(int[] known, Tokenizer tokenizer, boolean withUnknown) {
        return switch (tokenizer) {
            case CharacterTokenizer _ -> Optional.of(json(known, CHARACTERS, "",
                    character -> new String(Character.toChars(character))));
            case WordTokenizer words -> Optional.of(json(known, WORDS.formatted(WordTokenizer.LINE_END),
                    withUnknown ? WordTokenizer.UNKNOWN : "", words::word));
            case Gpt2Tokenizer _, FileTokenizer _ -> Optional.empty();
        };
    }

    /** As Hugging Face stores a tokenizer of whole words. */
    private static String json(int[] known, String between, String unknown, IntFunction<String> text) {
        StringBuilder vocabulary = new StringBuilder();
        for (int id = 0; id < known.length; id++) {
            vocabulary.append(id == 0 ? "" : ", ").append(quoted(text.apply(known[id]))).append(": ").append(id);
        }
        return """
                {
                  "version": "1.0",
                  "truncation": null,
                  "padding": null,
                  "added_tokens": [],
                %s  "model": {"type": "WordLevel", "unk_token": "%s", "vocab": {%s}}
                }
                """.formatted(between, unknown, vocabulary);
    }

    private static String quoted(String text) {
        return text.chars().mapToObj(unit -> "\\u%04x".formatted(unit)).collect(Collectors.joining("", "\"", "\""));
    }
}
