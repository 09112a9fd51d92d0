package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.thalweg.checkpoint.Companions;
import org.thalweg.checkpoint.TokenizerFile;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * In what the tokenizers of two models differ.
 *
 * @param vocabulary how the vocabularies are related
 * @param tokensA one more than A's last id, if it has a {@code tokenizer.json} that can be read
 * @param tokensB the same of B
 * @param otherTokens how many ids that both have stand for other tokens, or that only one has before the other's last
 * @param example the first such id with both tokens, or why the vocabularies cannot be compared; a clause
 * @param parts of {@code tokenizer.json} that differ beside the vocabulary, such as {@code normalizer}
 * @param files further files beside the models that differ
 */
public record TokenizerDifference(
        VocabularyRelation vocabulary,
        OptionalInt tokensA,
        OptionalInt tokensB,
        long otherTokens,
        Optional<String> example,
        List<String> parts,
        List<OtherFile> files) {
    /** What a tokenizer or a program that generates text reads; cards and licences are none of it. */
    private static final Pattern SETTINGS = Pattern.compile(".*\\.(json|jinja|txt|model|tiktoken|spm|bpe|codes)"
            + "(?<!(?i:licen[cs]e|notice)\\.txt)");
    /** What holds a vocabulary where there is no {@code tokenizer.json}. */
    private static final Pattern VOCABULARY =
            Pattern.compile("(.*[_-])?vocab.*|.*\\.(model|tiktoken|spm|bpe)|merges\\.txt|tekken\\.json");

    /** Copies the lists. */
    public TokenizerDifference {
        parts = List.copyOf(parts);
        files = List.copyOf(files);
    }

    /**
     * A file that only one model has, or that differs.
     *
     * @param file its path in the model's directory
     * @param inA whether A has it
     * @param inB whether B has it
     * @param fields of a JSON object that differ; empty for other files, and where only one model has it
     */
    public record OtherFile(String file, boolean inA, boolean inB, List<String> fields) {
        /** Copies the list. */
        public OtherFile {
            fields = List.copyOf(fields);
        }
    }

    /** Compares what stands beside two models; reads only files that differ in their bytes. */
    static TokenizerDifference between(Companions a, Companions b) {
        List<OtherFile> files = files(a, b);
        boolean inA = a.files().containsKey(TokenizerFile.NAME);
        boolean inB = b.files().containsKey(TokenizerFile.NAME);
        if (!inA && !inB) {
            return new TokenizerDifference(byFiles(files, a, b), OptionalInt.empty(), OptionalInt.empty(), 0,
                    Optional.empty(), List.of(), files);
        }
        try {
            Optional<TokenizerFile> first = read(a);
            boolean same = inA && inB && isSame(a.files().get(TokenizerFile.NAME), b.files().get(TokenizerFile.NAME));
            Optional<TokenizerFile> second = same ? first : read(b);
            return first.isPresent() && second.isPresent()
                    ? compared(first.get(), second.get(), files)
                    : new TokenizerDifference(VocabularyRelation.ONE_LACKS, count(first), count(second), 0,
                            Optional.empty(), List.of(), files);
        } catch (WorkFailure damaged) {
            return new TokenizerDifference(VocabularyRelation.UNKNOWN, OptionalInt.empty(), OptionalInt.empty(), 0,
                    Optional.of(damaged.getMessage().replaceAll("\\.$", "")), List.of(), files);
        }
    }

    private static Optional<TokenizerFile> read(Companions companions) {
        return Optional.ofNullable(companions.files().get(TokenizerFile.NAME)).map(TokenizerFile::read);
    }

    private static OptionalInt count(Optional<TokenizerFile> tokenizer) {
        return tokenizer.map(read -> OptionalInt.of(read.tokens().lastKey() + 1)).orElse(OptionalInt.empty());
    }

    private static TokenizerDifference compared(TokenizerFile a, TokenizerFile b, List<OtherFile> files) {
        SortedSet<String> parts = new TreeSet<>(a.parts().keySet());
        parts.addAll(b.parts().keySet());
        parts.removeIf(part -> a.parts().containsKey(part) && a.parts().get(part).equals(b.parts().get(part)));
        List<Integer> others = otherIds(a.tokens(), b.tokens());
        VocabularyRelation relation = !others.isEmpty() ? VocabularyRelation.DIFFERENT
                : a.tokens().size() < b.tokens().size() ? VocabularyRelation.B_EXTENDS_A
                : a.tokens().size() > b.tokens().size() ? VocabularyRelation.A_EXTENDS_B
                : parts.isEmpty() ? VocabularyRelation.EQUAL : VocabularyRelation.SAME_VOCABULARY;
        return new TokenizerDifference(relation, count(Optional.of(a)), count(Optional.of(b)), others.size(),
                others.stream().findFirst().map(id -> "id " + id + " is " + token(a, id) + " in A and " + token(b, id)
                        + " in B"), List.copyOf(parts), files);
    }

    /** Ids up to the last of the shorter vocabulary that do not stand for the same token in both. */
    private static List<Integer> otherIds(SortedMap<Integer, String> a, SortedMap<Integer, String> b) {
        int end = Math.min(a.lastKey(), b.lastKey()) + 1;
        Set<Integer> ids = new TreeSet<>(a.headMap(end).keySet());
        ids.addAll(b.headMap(end).keySet());
        return ids.stream().filter(id -> !Objects.equals(a.get(id), b.get(id))).toList();
    }

    private static String token(TokenizerFile tokenizer, int id) {
        return Optional.ofNullable(tokenizer.tokens().get(id)).map(Shown::name).orElse("nothing");
    }

    /** Without a {@code tokenizer.json} vocabularies are the same where the files are. */
    private static VocabularyRelation byFiles(List<OtherFile> files, Companions a, Companions b) {
        boolean hasA = a.files().keySet().stream().anyMatch(TokenizerDifference::holdsVocabulary);
        boolean hasB = b.files().keySet().stream().anyMatch(TokenizerDifference::holdsVocabulary);
        if (!hasA || !hasB) {
            return hasA || hasB ? VocabularyRelation.ONE_LACKS : VocabularyRelation.NONE;
        }
        return files.stream().anyMatch(other -> holdsVocabulary(other.file()))
                ? VocabularyRelation.UNKNOWN : VocabularyRelation.EQUAL;
    }

    private static boolean holdsVocabulary(String file) {
        return VOCABULARY.matcher(file).matches();
    }

    private static List<OtherFile> files(Companions a, Companions b) {
        SortedSet<String> names = new TreeSet<>(a.files().keySet());
        names.addAll(b.files().keySet());
        names.removeIf(name -> name.equals(TokenizerFile.NAME) || !SETTINGS.matcher(name).matches());
        List<OtherFile> others = new ArrayList<>();
        for (String name : names) {
            boolean inA = a.files().containsKey(name);
            boolean inB = b.files().containsKey(name);
            if (!inA || !inB) {
                others.add(new OtherFile(name, inA, inB, List.of()));
            } else if (!isSame(a.files().get(name), b.files().get(name))) {
                // Of JSON objects what counts is what they say, not spaces and line ends.
                Optional<List<String>> fields = name.endsWith(".json") ? fields(a, b, name) : Optional.empty();
                if (fields.isEmpty() || !fields.get().isEmpty()) {
                    others.add(new OtherFile(name, true, true, fields.orElse(List.of())));
                }
            }
        }
        return others;
    }

    /** Fields that differ; nothing when the files are no objects that can be read. */
    private static Optional<List<String>> fields(Companions a, Companions b, String name) {
        try {
            ObjectNode one = a.object(name);
            return Optional.of(ConfigDifferences.fields(one, b.object(name)));
        } catch (WorkFailure noObject) {
            return Optional.empty();
        }
    }

    private static boolean isSame(Path one, Path other) {
        InputFile.requireRegular(one);
        InputFile.requireRegular(other);
        try {
            return Files.mismatch(one, other) < 0;
        } catch (IOException refused) {
            throw InputFile.unreadable(one, refused);
        }
    }
}
