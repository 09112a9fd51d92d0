package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/**
 * Two kinds of questions about numbered items, each of which has a value modulo a number. A query is a word that says
 * which kind is meant, a key, and the items. The answer to a lookup is the value of the item that the key names; the
 * answer to a chain is the sum of all values, which takes as many steps as there are items. An answer comes at once,
 * behind the tag {@link #direct}, or is thought out behind the tag {@link #thinking}: the values up to the item that is
 * asked for, or all partial sums.
 *
 * @param modulus values there are
 * @param items how many
 */
record HomeQueries(int modulus, int items) {
    /** Words that mean a lookup, and as many that mean a chain. */
    private static final int WORDS = 4;
    /** One list of values in so many is never trained on. */
    private static final int HELD_OUT = 8;

    /** Refuses numbers that make no questions. */
    HomeQueries {
        if (modulus < 2 || items < 2 || modulus > 64 || items > 32) {
            throw new WrongUse("settings.modulus is " + modulus + " and settings.items is " + items
                    + " but they must be from 2 to 64 and from 2 to 32.");
        }
    }

    /**
     * A question.
     *
     * @param isChain whether the sum of all values is asked for, not one value
     * @param word which of the words that mean that
     * @param key number of an item
     * @param values of the items
     */
    record Query(boolean isChain, int word, int key, int[] values) {}

    /** Tokens of a query. */
    int length() {
        return items + 2;
    }

    /** Tokens of the longest answer: tag, thoughts, the sign of equality, result. */
    int longestAnswer() {
        return items + 3;
    }

    private int result(int value) {
        return items * modulus + value % modulus;
    }

    private int key(int item) {
        return (items + 1) * modulus + item;
    }

    /** The tag of a thought. */
    int thinking() {
        return key(items) + 2 * WORDS;
    }

    /** The tag of an answer without a thought. */
    int direct() {
        return thinking() + 1;
    }

    /** What stands in front of a result. */
    int equality() {
        return thinking() + 2;
    }

    /** What stands behind a text. */
    int end() {
        return thinking() + 3;
    }

    /** Tokens there are. */
    int vocabulary() {
        return thinking() + 4;
    }

    /** The right answer as a token. */
    int answer(Query query) {
        return result(query.isChain ? Arrays.stream(query.values).sum() : query.values[query.key]);
    }

    /**
     * Random questions, of either kind in turn. Those that training sees and those that it does not have no list of
     * values in common.
     */
    List<Query> draw(int count, boolean isHeldOut, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Query> queries = new ArrayList<>();
        while (queries.size() < count) {
            int[] values = random.ints(items, 0, modulus).toArray();
            boolean isUnseen = new SplittableRandom(Arrays.hashCode(values)).nextInt(HELD_OUT) == 0;
            if (isUnseen == isHeldOut) {
                queries.add(new Query(
                        queries.size() % 2 == 1, random.nextInt(WORDS), random.nextInt(items), values));
            }
        }
        return queries;
    }

    /** The tokens of a query. */
    long[] tokens(Query query) {
        int word = key(items) + (query.isChain ? WORDS : 0) + query.word;
        return IntStream.concat(IntStream.of(word, key(query.key)),
                IntStream.range(0, items).map(item -> item * modulus + query.values[item])).asLongStream().toArray();
    }

    /** A query with its answer, filled up to the longest. */
    private long[] text(Query query, boolean thinks) {
        long[] text = Arrays.copyOf(tokens(query), length() + longestAnswer());
        int at = length();
        text[at++] = thinks ? thinking() : direct();
        int last = query.isChain ? items - 1 : query.key;
        int sum = 0;
        for (int item = 0; thinks && item <= last; item++) {
            sum += query.values[item];
            text[at++] = result(query.isChain ? sum : query.values[item]);
        }
        text[at++] = equality();
        text[at++] = answer(query);
        Arrays.fill(text, at, text.length, end());
        return text;
    }

    /** Which of some texts think: [batch 1], int64, 1 or 0. */
    Tensor thinks(Tensor texts) {
        return texts.narrow(1, length(), 1).equalTo(thinking()).to(DType.INT64);
    }

    /** Questions with their answers, some of them thought out, of which the answers alone are learned. */
    Examples examples(List<Query> queries, Predicate<Query> thinks) {
        return new Answered(this, queries.stream().map(query -> text(query, thinks.test(query))).toList());
    }

    private record Answered(HomeQueries rules, List<long[]> texts) implements Examples {
        @Override
        public int size() {
            return texts.size();
        }

        @Override
        public int classes() {
            return rules.vocabulary();
        }

        @Override
        public Tensor inputs(int[] indices) {
            return rows(IntStream.of(indices).mapToObj(texts::get).toList(), 0);
        }

        @Override
        public Tensor labels(int[] indices) {
            return rows(IntStream.of(indices).mapToObj(texts::get).map(text -> {
                long[] labels = Arrays.stream(text).map(token -> token == rules.end() ? IGNORED : token).toArray();
                Arrays.fill(labels, 0, rules.length(), IGNORED);
                return labels;
            }).toList(), 1);
        }

        /** All tokens of texts but for the last, or but for the first. */
        private static Tensor rows(List<long[]> texts, int from) {
            int window = texts.getFirst().length - 1;
            return Tensor.of(texts.stream().flatMapToLong(text ->
                    Arrays.stream(text, from, from + window)).toArray(), texts.size(), window);
        }
    }
}
