package org.thalweg.merging;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.tensor.Tensor;

/**
 * Select, calculate, erase (arXiv 2408.07990): of the differences from the base the places of largest variance over
 * the models are kept, {@code select_topk} of those where it is not 0; each model's weight is its share of their mean
 * squares; at each place a sign is elected and the differences that have it are averaged with these weights.
 */
final class Sce implements MergeMethod {
    private static final double SMALLEST_SQUARES = 1e-6;
    private static final double SMALLEST_DIVISOR = 1e-6;

    @Override
    public String name() {
        return "sce";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(
                MergeParameter.shared("select_topk", 1, "share of places that is kept, from 0 to 1"),
                MergeParameter.flag("int8_mask", false, "changes no number; here since files have it"));
    }

    @Override
    public Base base() {
        return Base.REQUIRED;
    }

    @Override
    public Count models() {
        return Count.atLeast(1);
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        double share = Range.SHARE.real("select_topk", values);
        Tensor base = tensors.requireBase();
        List<Delta> deltas = tensors.models().stream().map(model -> Delta.of(model, base)).toList();
        if (share < 1) {
            Places places = varied(deltas, share);
            deltas = deltas.stream().map(delta -> delta.at(places)).toList();
        }
        return Merged.of(averaged(base, deltas, weights(deltas)));
    }

    private static Places varied(List<Delta> deltas, double share) {
        Numbers variances = variances(deltas);
        long size = deltas.getFirst().size();
        long varied = (long) Passes.sum((start, into, length) -> {
            variances.read(start, into, length);
            for (int i = 0; i < length; i++) {
                into[i] = into[i] == 0 ? 0 : 1;
            }
        }, size);
        return new Ranking(variances, size).largest((long) (share * varied));
    }

    /** Over the models, with the number of models as divisor; exactly 0 where all are equal (Welford 1962). */
    private static Numbers variances(List<Delta> deltas) {
        return (start, into, length) -> {
            double[] means = new double[length];
            double[] numbers = new double[length];
            Arrays.fill(into, 0, length, 0);
            for (int model = 0; model < deltas.size(); model++) {
                deltas.get(model).read(start, numbers, length);
                for (int i = 0; i < length; i++) {
                    double off = numbers[i] - means[i];
                    means[i] += off / (model + 1);
                    into[i] += off * (numbers[i] - means[i]);
                }
            }
            for (int i = 0; i < length; i++) {
                into[i] /= deltas.size();
            }
        };
    }

    private static double[] weights(List<Delta> deltas) {
        double[] squares = deltas.stream().mapToDouble(delta -> Passes.sum((start, into, length) -> {
            delta.read(start, into, length);
            for (int i = 0; i < length; i++) {
                into[i] *= into[i];
            }
        }, delta.size()) / delta.size()).toArray();
        double sum = Arrays.stream(squares).sum();
        return Arrays.stream(squares)
                .map(square -> sum < SMALLEST_SQUARES ? 1.0 / squares.length : square / sum)
                .toArray();
    }

    private static Tensor averaged(Tensor base, List<Delta> deltas, double[] weights) {
        Numbers origin = Numbers.of(base);
        return Passes.tensor((start, into, length) -> {
            double[][] votes = new double[deltas.size()][length];
            IntStream.range(0, votes.length).forEach(model -> deltas.get(model).read(start, votes[model], length));
            origin.read(start, into, length);
            for (int i = 0; i < length; i++) {
                double sign = Election.sign(votes, i);
                double sum = 0;
                double divisor = 0;
                for (int model = 0; model < votes.length; model++) {
                    if (Election.agrees(votes[model][i], sign)) {
                        sum += weights[model] * votes[model][i];
                        divisor += weights[model];
                    }
                }
                into[i] += sum / Math.max(divisor, SMALLEST_DIVISOR);
            }
        }, base.shape());
    }
}
