package org.thalweg.family;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.vit.Vit;

/**
 * The widths of a dense model, and how the configuration of a model of other widths is written so that the stock class
 * reads it.
 *
 * @param residual of the stream
 * @param hidden units of each feed-forward network
 * @param heads of each attention
 * @param headDim width of a head
 */
public record Widths(int residual, int hidden, int heads, int headDim) {
    /** Keys of a configuration, and whether its stock class takes the width of a head from it. */
    private record Keys(
            String residual, String hidden, String heads, boolean hasHeadDim, List<String> aliases) {}

    private static final Keys ROTARY = new Keys(
            "hidden_size", "intermediate_size", "num_attention_heads", true, List.of());

    private static final Map<String, Keys> KEYS = Map.of(
            "llama", ROTARY, "mistral", ROTARY, "qwen2", ROTARY, "qwen3", ROTARY,
            "gpt2", new Keys("n_embd", "n_inner", "n_head", false,
                    List.of("hidden_size", "num_attention_heads")),
            "vit", new Keys("hidden_size", "intermediate_size", "num_attention_heads", false,
                    List.of()));

    /**
     * The widths that a configuration states.
     *
     * @param config a {@code config.json}; not changed
     * @param tensors names of the model's tensors; not changed
     * @return the widths
     * @throws WrongUse when models of this family cannot be written in other widths here, or the model has experts
     */
    public static Widths of(ObjectNode config, Set<String> tensors) {
        Family family = Families.of(config);
        if (!KEYS.containsKey(family.modelType())) {
            throw new WrongUse("models of the family '" + Shown.field(family.modelType()) + "' are not widened here; "
                    + "those of " + KEYS.keySet().stream().sorted().collect(Collectors.joining(", ")) + " are.");
        }
        return switch (family.read(config, tensors).network().configuration()) {
            case DecoderConfig read when read.moe().isEmpty()
                    && read.attention() instanceof Attention.Grouped attention ->
                new Widths(read.residual(), read.dense().width(), attention.heads(), attention.headDim());
            case Vit vit when vit.config().moe().isEmpty() ->
                new Widths(vit.config().residual(), vit.config().feedForward(), vit.config().heads(),
                        vit.config().residual() / vit.config().heads());
            default -> throw new WrongUse("the model has Mixture-of-Experts layers, which are not widened here.");
        };
    }

    /**
     * The widths of a model of the same function.
     *
     * @param modelType the family
     * @param wider of the stream; nothing when it stays
     * @param units of each feed-forward network; nothing when they stay
     * @return these widths, with more heads where the stock class takes their width from the stream's (arXiv
     *     2506.22712, appendix E)
     * @throws WrongUse when a width is not larger, or no number of heads gives the stream's
     */
    public Widths widened(String modelType, Optional<Integer> wider, Optional<Integer> units) {
        requireLarger("residual", wider, residual);
        requireLarger("hidden", units, hidden);
        int stream = wider.orElse(residual);
        int count = heads;
        if (stream != residual && !KEYS.get(modelType).hasHeadDim()) {
            if (stream % headDim != 0) {
                throw new WrongUse("residual is " + stream + ", expected a multiple of " + headDim + ", the width of a "
                        + "head, since the stock class of '" + modelType + "' divides the stream among its heads.");
            }
            count = stream / headDim;
        }
        return new Widths(stream, units.orElse(hidden), count, headDim);
    }

    private static void requireLarger(String what, Optional<Integer> asked, int there) {
        asked.filter(width -> width <= there).ifPresent(width -> {
            throw new WrongUse(what + " is " + width + ", expected more than the model's " + there + ".");
        });
    }

    /**
     * A configuration of these widths. Only keys that this changes, or whose absence would mean another width, are
     * written.
     *
     * @param config of a model of other widths; not changed
     * @param before its widths
     * @return a new configuration
     */
    public ObjectNode written(ObjectNode config, Widths before) {
        Keys keys = KEYS.get(config.get("model_type").textValue());
        ObjectNode changed = config.deepCopy();
        keys.aliases().forEach(changed::remove);
        changed.put(keys.residual(), residual).put(keys.hidden(), hidden).put(keys.heads(), heads);
        if (residual != before.residual()) {
            Stream.of("head_dim").filter(_ -> keys.hasHeadDim()).forEach(key -> changed.put(key, headDim));
        }
        return changed;
    }
}
