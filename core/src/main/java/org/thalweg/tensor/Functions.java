package org.thalweg.tensor;

import java.util.Optional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The functions networks are made of. Each takes and returns tensors, differentiably, and changes none. */
public final class Functions {
    private Functions() {}

    /**
     * Moduli of complex numbers, {@code sqrt(real² + imaginary²)}.
     *
     * @param real of any shape
     * @param imaginary of the same shape
     * @return [the same shape]
     */
    public static Tensor modulus(Tensor real, Tensor imaginary) {
        return Tensor.wrap(torch.hypot(real.handle(), imaginary.handle()));
    }

    /**
     * Affine map {@code x Wᵀ + b}.
     *
     * @param x [… in]
     * @param weight [out in]
     * @param bias [out], or none
     * @return [… out]
     */
    public static Tensor linear(Tensor x, Tensor weight, Optional<Tensor> bias) {
        return Tensor.wrap(torch.linear(x.handle(), weight.handle(), optional(bias)));
    }

    /**
     * Layer normalisation over the last axis: subtract the mean, divide by {@code sqrt(variance + epsilon)}, scale,
     * shift.
     *
     * @param x [… residual]
     * @param gain [residual]
     * @param shift [residual]
     * @param epsilon added to the variance
     * @return [… residual]
     */
    public static Tensor layerNorm(Tensor x, Tensor gain, Tensor shift, double epsilon) {
        return Tensor.wrap(torch.layer_norm(
                x.handle(),
                gain.shape(),
                new TensorOptional(gain.handle()),
                new TensorOptional(shift.handle()),
                epsilon,
                false));
    }

    /**
     * Root-mean-square normalisation over the last axis, without gain: {@code x / sqrt(mean(x²) + epsilon)} (Zhang and
     * Sennrich 2019).
     *
     * @param x [… residual]
     * @param epsilon added to the mean square
     * @return [… residual]
     */
    public static Tensor rmsNorm(Tensor x, double epsilon) {
        return x.divide(Tensor.wrap(torch.sqrt(x.multiply(x).mean(-1, true).add(epsilon).handle())));
    }

    /**
     * Scaled dot-product attention {@code softmax(q kᵀ / sqrt(head_dim)) v}, without mask.
     *
     * @param query [batch heads tokens head_dim]
     * @param key [batch heads tokens head_dim]
     * @param value [batch heads tokens head_dim]
     * @return [batch heads tokens head_dim]
     */
    public static Tensor attention(Tensor query, Tensor key, Tensor value) {
        return Tensor.wrap(torch.scaled_dot_product_attention(
                query.handle(), key.handle(), value.handle(),
                new TensorOptional(), 0.0, false, new DoubleOptional(), false));
    }

    /** Gaussian error linear unit, exact (not the tanh approximation). */
    public static Tensor gelu(Tensor x) {
        return Tensor.wrap(torch.gelu(x.handle()));
    }

    /** Gaussian error linear unit in its tanh approximation, which GPT-2 uses ({@code gelu_new}). */
    public static Tensor geluTanh(Tensor x) {
        return Tensor.wrap(torch.gelu(x.handle(), "tanh"));
    }

    /** Sigmoid linear unit {@code x · sigmoid(x)}. */
    public static Tensor silu(Tensor x) {
        return Tensor.wrap(torch.silu(x.handle()));
    }

    /** Logistic function {@code 1 / (1 + exp(-x))}. */
    public static Tensor sigmoid(Tensor x) {
        return Tensor.wrap(torch.sigmoid(x.handle()));
    }

    /** Hyperbolic tangent. */
    public static Tensor tanh(Tensor x) {
        return Tensor.wrap(torch.tanh(x.handle()));
    }

    /** Every element moved to the nearer end when it lies outside {@code [low, high]}; the ends may be infinite. */
    public static Tensor clamp(Tensor x, double low, double high) {
        return Tensor.wrap(torch.clamp(
                x.handle(), new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high))));
    }

    /** Exponential of every element. */
    public static Tensor exp(Tensor x) {
        return Tensor.wrap(torch.exp(x.handle()));
    }

    /** Natural logarithm of every element. */
    public static Tensor log(Tensor x) {
        return Tensor.wrap(torch.log(x.handle()));
    }

    /** Logarithm of the sum of the exponentials along an axis, which stays with length 1. */
    public static Tensor logSumExp(Tensor x, int axis) {
        return Tensor.wrap(torch.logsumexp(x.handle(), new long[] {axis}, true));
    }

    /** Every element rounded to the nearest whole number, halves to the even one; without a gradient. */
    public static Tensor round(Tensor x) {
        return Tensor.wrap(torch.round(x.handle()));
    }

    /** -1, 0 or 1 by the sign of every element; without a gradient. */
    public static Tensor sign(Tensor x) {
        return Tensor.wrap(torch.sign(x.handle()));
    }

    /** Rectified linear unit. */
    public static Tensor relu(Tensor x) {
        return Tensor.wrap(torch.relu(x.handle()));
    }

    /** Softmax over an axis. */
    public static Tensor softmax(Tensor x, int axis) {
        return Tensor.wrap(torch.softmax(x.handle(), axis));
    }

    /**
     * Mean cross-entropy of logits against class numbers, in nats.
     *
     * @param logits [… classes]
     * @param labels […], int64; what is −100 does not count
     * @return a single number, not a number where nothing counts
     */
    public static Tensor crossEntropy(Tensor logits, Tensor labels) {
        return Tensor.wrap(torch.cross_entropy_loss(
                logits.reshape(-1, logits.length(-1)).handle(), labels.reshape(-1).handle()));
    }

    private static TensorOptional optional(Optional<Tensor> tensor) {
        return tensor.map(present -> new TensorOptional(present.handle())).orElseGet(TensorOptional::new);
    }
}
