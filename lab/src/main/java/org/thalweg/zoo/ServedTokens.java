package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.network.Network;
import org.thalweg.network.StageSpan;
import org.thalweg.network.moe.LittleModel;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * What the big and the little model make of the same tokens, text after text.
 *
 * @param big of every token
 * @param little of every token
 * @param doubted 1 for tokens of which the little model is not sure what follows, else 0
 */
record ServedTokens(Answers big, Answers little, double[] doubted) {
    /**
     * What one model makes of tokens.
     *
     * @param likeliest next tokens
     * @param right whether that is what follows, 1 or 0
     * @param losses of what follows, nats
     * @param experts of every layer, for every token those that it uses
     */
    record Answers(long[] likeliest, double[] right, double[] losses, List<long[][]> experts) {
        private static Answers of(Tensor logits, Tensor labels, List<long[][]> experts) {
            Tensor each = logits.reshape(-1, logits.length(2)); // [tokens vocabulary]
            Tensor follows = labels.reshape(-1); // [tokens]
            Tensor likelihood = each.gather(1, follows.unsqueeze(1)).reshape(-1); // [tokens]
            Tensor likeliest = each.argmax(1); // [tokens]
            return new Answers(likeliest.toLongs(), likeliest.equalTo(follows).to(DType.FLOAT64).toDoubles(),
                    Functions.logSumExp(each, 1).reshape(-1).subtract(likelihood).toDoubles(), experts);
        }
    }

    /**
     * Runs both models on all texts at once.
     *
     * @param network the big one
     * @param model its tensors; not changed
     * @param examples texts
     * @param threshold least probability of an answer of which the little model is sure
     * @return what was found
     */
    static ServedTokens of(Network network, Parameters model, Examples examples, double threshold) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                EvaluationSet.Batch texts = examples.batch(0, examples.size(), DType.FLOAT32);
                List<long[][]> ofBig = new ArrayList<>();
                List<long[][]> ofLittle = new ArrayList<>();
                StageSpan whole = new StageSpan(0, network.stages());
                Tensor big = network.run(model, texts.state(), whole, (_, chosen) -> {
                    ofBig.add(rows(chosen, chosen.length(1)));
                    return chosen;
                });
                // The little model shows all that a router chooses, and uses the better half.
                Tensor little = new LittleModel(network).run(model, texts.state(), whole, (_, chosen) -> {
                    ofLittle.add(rows(chosen, chosen.length(1) / 2));
                    return chosen;
                });
                return new ServedTokens(Answers.of(big, texts.labels(), ofBig),
                        Answers.of(little, texts.labels(), ofLittle),
                        LittleModel.doubts(little, threshold).toDoubles());
            }
        });
    }

    private static long[][] rows(Tensor chosen, long used) {
        long[] all = chosen.narrow(1, 0, used).reshape(-1).toLongs();
        long[][] rows = new long[(int) chosen.length(0)][];
        Arrays.setAll(rows, token -> Arrays.copyOfRange(all, (int) (token * used), (int) ((token + 1) * used)));
        return rows;
    }

    int size() {
        return doubted.length;
    }

    int layers() {
        return big.experts.size();
    }

    /** Experts that a token needs of a layer: the little model's, and where that is not sure the big one's too. */
    long needed(int layer, int token) {
        LongStream half = LongStream.of(little.experts.get(layer)[token]);
        return doubted[token] == 0 ? half.count()
                : LongStream.concat(half, LongStream.of(big.experts.get(layer)[token])).distinct().count();
    }
}
