package org.thalweg.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/**
 * Texts of classes as token ids, each of them cut to its first tokens.
 *
 * @param name of the set
 * @param vocabulary how many tokens there are
 * @param classes how many classes
 * @param train what is trained on
 * @param test what results are measured on
 * @param tokenizer the text of a {@code tokenizer.json} that gives these ids, where there is one
 * @param digest of texts, classes and of what a token is
 */
public record LabelledCorpus(
        String name, int vocabulary, int classes, Part train, Part test, Optional<String> tokenizer, Digest digest) {
    /**
     * Some of the texts.
     *
     * @param texts ids, below the vocabulary; at least one each; not copied
     * @param labels [n] class of each
     */
    public record Part(List<int[]> texts, int[] labels) {
        /** Copies list and labels. */
        public Part {
            texts = List.copyOf(texts);
            labels = labels.clone();
        }

        @Override
        public int[] labels() {
            return labels.clone();
        }

        /** The class of one text. */
        public int label(int text) {
            return labels[text];
        }
    }

    /**
     * The tokens of a set.
     *
     * @param set any set of labelled texts
     * @param rule what a token is
     * @param longest tokens of a text that are used, its first
     * @return its tokens; texts without a token that is known are left out
     * @throws WorkFailure when a part is empty, or a given model does not know a token
     */
    public static LabelledCorpus read(TextSet.Labelled set, TokenRule rule, int longest) {
        TextSet.Labelled parts = set.cut();
        try (Tokenizer tokenizer = rule.open()) {
            List<int[]> train = coded(parts.train(), tokenizer, longest);
            List<int[]> test = coded(parts.test(), tokenizer, longest);
            Vocabulary vocabulary =
                    Vocabulary.of(rule, train.stream().flatMapToInt(IntStream::of).toArray(), tokenizer);
            Part first = part(train, parts.train(), vocabulary);
            Part second = part(test, parts.test(), vocabulary);
            if (first.texts.isEmpty() || second.texts.isEmpty()) {
                throw new WorkFailure("the set " + set.name() + " has " + first.texts.size() + " texts for training "
                        + "and " + second.texts.size() + " for tests, expected some of each; give more texts.");
            }
            return new LabelledCorpus(set.name(), vocabulary.size(), parts.train().classNames().size(), first, second,
                    vocabulary.tokenizer(), digest(parts, rule, longest));
        }
    }

    private static List<int[]> coded(LabelledTexts texts, Tokenizer tokenizer, int longest) {
        return texts.texts().stream().map(tokenizer::encode)
                .map(ids -> ids.length <= longest ? ids : Arrays.copyOf(ids, longest)).toList();
    }

    private static Part part(List<int[]> coded, LabelledTexts texts, Vocabulary vocabulary) {
        int[] labels = texts.labels();
        List<int[]> kept = new ArrayList<>();
        int[] own = new int[coded.size()];
        for (int i = 0; i < coded.size(); i++) {
            int[] ids = vocabulary.of(coded.get(i));
            if (ids.length > 0) {
                own[kept.size()] = labels[i];
                kept.add(ids);
            }
        }
        return new Part(kept, Arrays.copyOf(own, kept.size()));
    }

    private static Digest digest(TextSet.Labelled parts, TokenRule rule, int longest) {
        StringBuilder all = new StringBuilder(rule.identity()).append(' ').append(longest).append('\n');
        for (LabelledTexts texts : List.of(parts.train(), parts.test())) {
            int[] labels = texts.labels();
            for (int i = 0; i < labels.length; i++) {
                all.append(labels[i]).append(' ').append(Digest.ofText(texts.texts().get(i)).hex()).append('\n');
            }
            all.append('\n');
        }
        return Digest.ofText(all.toString());
    }
}
