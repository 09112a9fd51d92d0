package org.thalweg.family;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.thalweg.network.decoder.Rope;
import org.thalweg.network.decoder.RopeScaling;

/**
 * Rotary positions as stock configurations give them: {@code rope_scaling} where it is not empty, else
 * {@code rope_parameters}; the base and the share of coordinates that turn may stand beside them.
 *
 * @param model the whole configuration
 * @param parameters the object with the parameters, empty when there is none
 * @param theta base of the frequencies where none is given
 * @param positions what an absent {@code max_position_embeddings} means
 */
record RopeFields(ConfigFields model, ConfigFields parameters, double theta, int positions) {
    private static final String SHARE = "partial_rotary_factor";

    static RopeFields of(ConfigFields model, double theta, int positions) {
        ConfigFields none = new ConfigFields(model.modelType(), model.node().objectNode());
        ConfigFields parameters = model.object("rope_scaling").filter(fields -> !fields.node().isEmpty())
                .or(() -> model.object("rope_parameters"))
                .orElse(none);
        return new RopeFields(model, parameters, theta, positions);
    }

    /**
     * Rotary positions of one type of layers, where each type has its own (Gemma 3): an object of that name in
     * {@code rope_parameters}. An older file has {@code rope_scaling} and {@code rope_theta} for the layers that see
     * everything, and {@code rope_local_base_freq} for those that slide.
     */
    static RopeFields ofLayers(ConfigFields model, String type, int positions) {
        boolean slides = type.equals("sliding_attention");
        ObjectNode parameters = model.object("rope_parameters").flatMap(all -> all.object(type))
                .map(own -> own.node().deepCopy())
                .orElseGet(() -> model.node().objectNode().put("rope_type", "default"));
        if (!slides) {
            model.object("rope_scaling").ifPresent(scaling -> parameters.setAll(scaling.node()));
        }
        if (!parameters.has("rope_theta")) {
            parameters.put("rope_theta", slides
                    ? model.number("rope_local_base_freq", 10_000) : model.number("rope_theta", 1_000_000));
        }
        return new RopeFields(model, new ConfigFields(model.modelType(), parameters), 10_000, positions);
    }

    /** Rotary positions of a head part of {@code width} coordinates, all of which turn. */
    Rope rope(int width, boolean neighbours) {
        boolean isWhole = type().equals("default") || share(1) == 1;
        return new Rope(width, base(), isWhole ? scaling(width) : new RopeScaling.Unknown(
                (parameters.node().has(SHARE) ? parameters : model)
                        .wrong(SHARE, "1, since heads of this family turn as a whole").getMessage()), neighbours);
    }

    /** Rotary positions of the share of a head's coordinates that {@code partial_rotary_factor} gives. */
    Rope partial(int headDim, double otherwise, boolean neighbours) {
        int width = (int) (headDim * share(otherwise));
        return new Rope(width, base(), scaling(width), neighbours);
    }

    private double share(double otherwise) {
        return parameters.optionalNumber(SHARE).orElseGet(() -> model.number(SHARE, otherwise));
    }

    private double base() {
        return parameters.optionalNumber("rope_theta").orElseGet(() -> model.number("rope_theta", theta));
    }

    String type() {
        return parameters.word("rope_type", parameters.word("type", "default"));
    }

    private RopeScaling scaling(int width) {
        return switch (type()) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(parameters.number("factor"));
            case "dynamic" -> new RopeScaling.Dynamic(parameters.number("factor"), longest());
            case "llama3" -> new RopeScaling.Llama3(parameters.number("factor"), parameters.number("low_freq_factor"),
                    parameters.number("high_freq_factor"), originalPositions());
            case "yarn" -> yarn();
            case "longrope" -> longRope(width);
            default -> new RopeScaling.Unknown(parameters.wrong(
                    parameters.field("rope_type").isPresent() ? "rope_type" : "type",
                    "default, linear, dynamic, llama3, yarn or longrope").getMessage());
        };
    }

    private RopeScaling yarn() {
        if (!parameters.node().has("factor")) {
            return new RopeScaling.Unknown(parameters.wrong("factor", "a number or null").getMessage());
        }
        return new RopeScaling.Yarn(factor(), parameters.number("beta_fast", 32), parameters.number("beta_slow", 1),
                originalPositions(), parameters.flag("truncate", true), yarnAmplitude());
    }

    private double longest() {
        return model.size("max_position_embeddings", positions);
    }

    private double originalPositions() {
        return model.optionalNumber("original_max_position_embeddings")
                .or(() -> parameters.optionalNumber("original_max_position_embeddings"))
                .orElseGet(this::longest);
    }

    /** An absent or null factor is how many times longer texts may be than the original ones. */
    private double factor() {
        return parameters.optionalNumber("factor").orElseGet(() -> longest() / originalPositions());
    }

    private RopeScaling longRope(int width) {
        for (String factors : List.of("short_factor", "long_factor")) {
            if (parameters.decimals(factors).map(List::size).orElse(-1) != width / 2) {
                return new RopeScaling.Unknown(parameters.wrong(
                        factors, "an array of " + width / 2 + " positive numbers, one for each pair").getMessage());
            }
        }
        double factor = factor();
        double positions = originalPositions();
        double amplitude = parameters.optionalNumber("attention_factor").orElseGet(() ->
                factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(positions)));
        return new RopeScaling.Long(
                parameters.decimals("short_factor").orElseThrow(), parameters.decimals("long_factor").orElseThrow(),
                positions, amplitude);
    }

    /** The factor by which DeepSeek multiplies attention scores. */
    double scoreFactor() {
        if (type().equals("default")) {
            return 1;
        }
        Optional<Double> all = weight("mscale_all_dim");
        double amplitude = all.map(weight -> amplitude(weight, parameters.number("factor"))).orElse(1.0);
        return amplitude * amplitude;
    }

    private double yarnAmplitude() {
        return parameters.optionalNumber("attention_factor").orElseGet(() -> {
            Optional<Double> each = weight("mscale");
            Optional<Double> all = weight("mscale_all_dim");
            return each.isPresent() && all.isPresent()
                    ? amplitude(each.get(), factor()) / amplitude(all.get(), factor()) : amplitude(1, factor());
        });
    }

    /** A weight that counts as absent when it is 0. */
    private Optional<Double> weight(String key) {
        boolean isZero = parameters.field(key)
                .filter(value -> value.isNumber() && value.doubleValue() == 0).isPresent();
        return isZero ? Optional.empty() : parameters.optionalNumber(key);
    }

    private static double amplitude(double weight, double factor) {
        return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }
}
