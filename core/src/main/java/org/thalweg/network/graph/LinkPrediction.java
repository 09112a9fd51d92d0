package org.thalweg.network.graph;

import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/**
 * How well each expert predicts the links of each graph, from which experts are chosen (GMoPE, arXiv 2511.03251, Eq 9
 * to 11): the {@code selected} experts of the smallest losses, weighed by {@code softmax(-loss/temperature)} over
 * these, or alike at an infinite temperature. Weights carry no gradient. Nothing is changed.
 *
 * @param selected experts for each graph, K
 * @param temperature above 0, infinite for equal weights
 */
public record LinkPrediction(int selected, double temperature) {
    /** The label of a pair of nodes that is not asked about. */
    public static final long NOT_ASKED = -100;

    /**
     * Mean cross-entropies of links {@code σ(z_i · z_j)}, in nats.
     *
     * @param embeddings [graphs experts nodes embedding]
     * @param labels [graphs nodes·nodes], 1 for a link, 0 for none, {@link #NOT_ASKED} where the pair does not count;
     *     one pair of every graph counts at least
     * @return [graphs experts]
     */
    public static Tensor losses(Tensor embeddings, Tensor labels) {
        Tensor scores = embeddings.matmul(embeddings.transpose(2, 3)); // [graphs experts nodes nodes]
        Tensor flat = scores.reshape(scores.length(0), scores.length(1), -1); // [graphs experts pairs]
        Tensor known = labels.unsqueeze(1); // [graphs 1 pairs]
        Tensor links = known.equalTo(1).to(scores.dtype());
        Tensor asked = links.add(known.equalTo(0).to(scores.dtype()));
        Tensor softplus = Functions.relu(flat)
                .add(Functions.log(Functions.exp(flat.abs().multiply(-1)).add(1)));
        Tensor wrong = softplus.subtract(flat.multiply(links)).multiply(asked);
        return wrong.sum(2, false).divide(asked.sum(2, false));
    }

    /**
     * How much each expert counts for each graph.
     *
     * @param losses [graphs experts]
     * @return [graphs experts], rows of sum 1, 0 for experts that are not selected; without gradient
     */
    public Tensor weights(Tensor losses) {
        Tensor scores = losses.detach().multiply(-1);
        Tensor chosen = scores.argsortDescending(1).narrow(1, 0, selected); // [graphs selected]
        Tensor excluded = Tensor.zeros(losses.dtype(), losses.shape())
                .add(Double.NEGATIVE_INFINITY)
                .scatter(1, chosen, 0);
        return Functions.softmax(scores.multiply(1 / temperature).add(excluded), 1);
    }

    /**
     * Cosines of all pairs of prompts.
     *
     * @param prompts [experts prompt], none of them 0
     * @return [experts experts]
     */
    public static Tensor cosines(Tensor prompts) {
        Tensor units = prompts.divide(prompts.multiply(prompts).sum(1, true).sqrt());
        return units.matmul(units.transpose(0, 1));
    }

    /**
     * The soft orthogonality of prompts (Eq 15), the mean of {@code exp(cos(p_m, p_n))} over all pairs of different
     * experts. Where prompts are as long as there are experts less one it is least for a regular simplex, all cosines
     * {@code -1/(M-1)}, and not for right angles.
     *
     * @param prompts [experts prompt], 2 experts or more
     * @return a single number
     */
    public static Tensor orthogonality(Tensor prompts) {
        double experts = prompts.length(0);
        return Functions.exp(cosines(prompts)).sum().add(-experts * Math.E).multiply(1 / (experts * (experts - 1)));
    }
}
