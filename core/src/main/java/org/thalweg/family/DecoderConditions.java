package org.thalweg.family;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Head;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.decoder.Rope;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.symmetry.spec.Conditions;

/** What specifications need to know of a decoder, all of it from its configuration. */
final class DecoderConditions {
    private final DecoderConfig config;
    private final Set<String> flags = new LinkedHashSet<>();
    private final Map<String, Set<Integer>> ranges = new LinkedHashMap<>();
    private final Map<String, Integer> sizes = new LinkedHashMap<>();

    private DecoderConditions(DecoderConfig config) {
        this.config = config;
    }

    static Conditions of(DecoderConfig config) {
        DecoderConditions conditions = new DecoderConditions(config);
        conditions.head();
        switch (config.attention()) {
            case Attention.Grouped grouped -> conditions.grouped(grouped);
            case Attention.Latent latent -> conditions.latent(latent);
        }
        conditions.norms();
        conditions.dense();
        config.moe().ifPresent(conditions::moe);
        conditions.layers();
        return new Conditions(conditions.flags, conditions.ranges, conditions.sizes);
    }

    private void add(String flag, boolean holds) {
        if (holds) {
            flags.add(flag);
        }
    }

    private void head() {
        switch (config.head()) {
            case Head.Vocabulary head -> {
                add("untied-head", !head.tied());
                add("head-bias", head.bias());
            }
            case Head.Masked _ -> add("masked-language-head", true);
            case Head.Body() -> add("body", true);
            case Head.Pooler() -> {
                add("body", true);
                add("pooler", true);
            }
            case Head.Classes _ -> add("classifier", true);
            case Head.PooledClasses _ -> {
                add("classifier", true);
                add("pooler", true);
            }
        }
    }

    private void grouped(Attention.Grouped attention) {
        sizes.put("heads", attention.heads());
        sizes.put("kv-groups", attention.keyHeads());
        sizes.put("heads-per-group", attention.heads() / attention.keyHeads());
        sizes.put("head-dim", attention.headDim());
        add("attention-biases", attention.bias() != Attention.Bias.NONE);
        add("output-bias", attention.bias() == Attention.Bias.ALL);
        add("shared-query-key-norm", attention.norm() == Attention.QueryKeyNorm.EACH_HEAD);
        add("whole-query-key-norm", attention.norm() == Attention.QueryKeyNorm.ALL_HEADS);
        add("query-key-norm", attention.norm() == Attention.QueryKeyNorm.EACH_HEAD_WITHOUT_GAIN);
        add("clipped-values", attention.extras().clip().isPresent());
    }

    private void latent(Attention.Latent attention) {
        sizes.put("heads", attention.heads());
        sizes.put("plain", attention.head().plain());
        sizes.put("rotary", attention.head().rotary());
        add("low-rank-queries", attention.queryRank().isPresent());
        add("latent-biases", attention.bias());
    }

    private void norms() {
        DecoderConfig.NormPlace place = config.block().place();
        add("norms-behind", place == DecoderConfig.NormPlace.BEHIND);
        add("norms-around", place == DecoderConfig.NormPlace.AROUND);
        add("shifted-gains", config.block().norm().gainOffset() != 0);
    }

    private void dense() {
        add("mlp-biases", config.dense().bias());
        add("relu", config.dense().units() instanceof HiddenUnits.Plain(UnitFunction function)
                && function == UnitFunction.RELU);
    }

    private void moe(MoeLayer moe) {
        flags.addAll(MoeConditions.flags(moe));
        // In front of the experts stands a norm, whose gain may move.
        flags.add("free-gain");
        ranges.putAll(MoeConditions.ranges(moe));
        sizes.put("expert-groups", MoeConditions.groups(moe));
    }

    private void layers() {
        List<LayerPlan> layers = config.layers();
        ranges.put("layers", which(layers, _ -> true));
        ranges.put("dense-layers", which(layers, layer -> !layers.get(layer).sparse()));
        ranges.put("moe-layers", which(layers, layer -> layers.get(layer).sparse()));
        ranges.put("rotary-layers", which(layers, layer -> layers.get(layer).rope().isPresent()));
        ranges.put("plain-layers", which(layers, layer -> layers.get(layer).rope().isEmpty()));
        Set<Rope> ropes = layers.stream().flatMap(layer -> layer.rope().stream()).collect(Collectors.toSet());
        add("neighbour-pairs", ropes.stream().anyMatch(Rope::neighbours));
        ropes.stream().map(Rope::width).distinct().forEach(width -> {
            sizes.put("rotary-dim", width);
            if (config.attention() instanceof Attention.Grouped grouped) {
                add("partial-rotary", width < grouped.headDim());
                sizes.put("plain-dim", grouped.headDim() - width);
            }
        });
    }

    static Set<Integer> which(List<?> layers, IntPredicate holds) {
        return new TreeSet<>(IntStream.range(0, layers.size()).filter(holds).boxed().toList());
    }
}
