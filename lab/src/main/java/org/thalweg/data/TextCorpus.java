package org.thalweg.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/**
 * One text as token ids: its first 90 % for training, the next 5 % for validation and the rest for tests, cut between
 * characters (as arXiv 2506.22712's code does). Its vocabulary is what occurs in the training part; what occurs later
 * alone is left out there.
 *
 * @param name of the text
 * @param tokens what a token is
 * @param vocabulary how many tokens there are
 * @param train ids, below {@code vocabulary}
 * @param validation ids
 * @param test ids
 * @param leftOut tokens of validation and test that training has none of
 * @param tokenizer the text of a {@code tokenizer.json} that gives these ids, where there is one
 * @param digest of the text and of what a token is
 */
public record TextCorpus(
        String name, Tokens tokens, int vocabulary, int[] train, int[] validation, int[] test, long leftOut,
        Optional<String> tokenizer, Digest digest) {
    private static final double TRAIN = 0.9;
    private static final double TRAIN_AND_VALIDATION = 0.95;
    private static final int LONGEST = 1 << 29;

    /** What a token is. */
    public enum Tokens {
        /** A Unicode character. */
        CHARACTERS,
        /** One of GPT-2's byte pairs. */
        GPT2
    }

    /** Copies the arrays. */
    public TextCorpus {
        train = train.clone();
        validation = validation.clone();
        test = test.clone();
    }

    /**
     * Reads a text.
     *
     * @param name of the text
     * @param place a file or a directory of files in UTF-8, which are joined in the order of their names
     * @param tokens what a token is
     * @return its tokens
     * @throws WorkFailure when there is no text, it is longer than 512 MiB, or one of the three parts is empty
     */
    public static TextCorpus read(String name, Path place, Tokens tokens) {
        return of(name, String.join("\n", TextFiles.read(place, LONGEST)), tokens);
    }

    /**
     * The tokens of a text.
     *
     * @param name of the text
     * @param text any text
     * @param tokens what a token is
     * @return its tokens
     * @throws WorkFailure when one of the three parts is empty
     */
    public static TextCorpus of(String name, String text, Tokens tokens) {
        int[] characters = text.codePoints().toArray();
        int first = (int) (TRAIN * characters.length);
        int second = (int) (TRAIN_AND_VALIDATION * characters.length);
        List<int[]> parts = List.of(
                coded(characters, 0, first, tokens),
                coded(characters, first, second, tokens),
                coded(characters, second, characters.length, tokens));
        if (parts.stream().anyMatch(part -> part.length == 0)) {
            throw new WorkFailure("the text " + name + " has " + characters.length + " characters, too few for a part "
                    + "for training, one for validation and one for tests; give a longer text.");
        }
        int[] known = Arrays.stream(parts.getFirst()).distinct().sorted().toArray();
        List<int[]> ids = parts.stream().map(part -> renumbered(part, known)).toList();
        long all = parts.stream().mapToLong(part -> part.length).sum();
        long kept = ids.stream().mapToLong(part -> part.length).sum();
        return new TextCorpus(name, tokens, known.length, ids.get(0), ids.get(1), ids.get(2), all - kept,
                tokens == Tokens.CHARACTERS ? Optional.of(tokenizer(known)) : Optional.empty(),
                Digest.ofText(tokens + "\n" + text));
    }

    @Override
    public int[] train() {
        return train.clone();
    }

    @Override
    public int[] validation() {
        return validation.clone();
    }

    @Override
    public int[] test() {
        return test.clone();
    }

    private static int[] coded(int[] characters, int from, int to, Tokens tokens) {
        return switch (tokens) {
            case CHARACTERS -> Arrays.copyOfRange(characters, from, to);
            case GPT2 -> {
                try (Tokenizer tokenizer = Tokenizer.gpt2()) {
                    yield tokenizer.encode(new String(characters, from, to - from));
                }
            }
        };
    }

    private static int[] renumbered(int[] part, int[] known) {
        return IntStream.of(part).map(token -> Arrays.binarySearch(known, token)).filter(id -> id >= 0).toArray();
    }

    /** As Hugging Face stores a tokenizer of single characters. */
    private static String tokenizer(int[] characters) {
        StringBuilder vocabulary = new StringBuilder();
        for (int id = 0; id < characters.length; id++) {
            vocabulary.append(id == 0 ? "" : ", ").append(quoted(characters[id])).append(": ").append(id);
        }
        return """
                {
                  "version": "1.0",
                  "truncation": null,
                  "padding": null,
                  "added_tokens": [],
                  "normalizer": null,
                  "pre_tokenizer":
                    {"type": "Split", "pattern": {"Regex": "[\\\\s\\\\S]"}, "behavior": "Isolated", "invert": false},
                  "post_processor": null,
                  "decoder": {"type": "Fuse"},
                  "model": {"type": "WordLevel", "unk_token": "", "vocab": {%s}}
                }
                """.formatted(vocabulary);
    }

    private static String quoted(int character) {
        return new String(Character.toChars(character)).chars()
                .mapToObj(unit -> "\\u%04x".formatted(unit))
                .collect(Collectors.joining("", "\"", "\""));
    }
}
