package org.thalweg.zoo;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.network.Network;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * What a model answers when it writes the likeliest token after the other.
 *
 * @param right share of right results
 * @param thinking share of answers that begin with the tag of a thought
 * @param steps mean number of tokens up to the result, the most there can be where there is none
 */
record HomeAnswers(double right, double thinking, double steps) {
    /**
     * Lets a model answer.
     *
     * @param network reads texts
     * @param model its tensors; not changed
     * @param rules what tokens mean
     * @param queries at least one
     * @return means over the queries
     */
    static HomeAnswers of(Network network, Parameters model, HomeQueries rules, List<HomeQueries.Query> queries) {
        int most = rules.longestAnswer();
        long[][] answers = Gradients.without(() -> written(network, model, queries.stream()
                .map(rules::tokens).toArray(long[][]::new), most));
        double right = 0;
        double thinking = 0;
        double steps = 0;
        for (int i = 0; i < answers.length; i++) {
            long[] answer = answers[i];
            int sign = IntStream.range(0, most - 1).filter(at -> answer[at] == rules.equality()).findFirst().orElse(-1);
            right += sign >= 0 && answer[sign + 1] == rules.answer(queries.get(i)) ? 1 : 0;
            thinking += answer[0] == rules.thinking() ? 1 : 0;
            steps += sign >= 0 ? sign + 2 : most;
        }
        return new HomeAnswers(right / answers.length, thinking / answers.length, steps / answers.length);
    }

    private static long[][] written(Network network, Parameters model, long[][] queries, int most) {
        int start = queries[0].length;
        long[][] texts = queries;
        for (int step = 0; step < most; step++) {
            try (Scope scope = Scope.open()) {
                int length = start + step;
                Tensor input = Tensor.of(
                        Arrays.stream(texts).flatMapToLong(Arrays::stream).toArray(), texts.length, length);
                long[] next = network.forward(model, input).select(1, length - 1L).argmax(-1).toLongs();
                long[][] longer = new long[texts.length][];
                for (int i = 0; i < longer.length; i++) {
                    longer[i] = Arrays.copyOf(texts[i], length + 1);
                    longer[i][length] = next[i];
                }
                texts = longer;
            }
        }
        return Arrays.stream(texts).map(text -> Arrays.copyOfRange(text, start, text.length)).toArray(long[][]::new);
    }
}
