package org.thalweg.network.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rotary frequencies from {@code config.json}: plain, linear, Llama 3's and YaRN's (Peng et al. 2023) scaling, in the
 * older form ({@code rope_theta} and {@code rope_scaling}) and the newer ({@code rope_parameters}).
 */
record RopeFields(ConfigFields model, double defaultTheta) {
    /** The frequencies of a head part of {@code width} coordinates. */
    Rope rope(int width, boolean neighbours) {
        double theta = scaling().flatMap(fields -> fields.optionalNumber("rope_theta"))
                .orElseGet(() -> model.number("rope_theta", defaultTheta));
        List<Double> plain = new ArrayList<>();
        for (int pair = 0; pair < width / 2; pair++) {
            plain.add(Math.pow(theta, -2.0 * pair / width));
        }
        return switch (type()) {
            case "default" -> new Rope(plain, 1, neighbours);
            case "linear" -> {
                double factor = fields().number("factor");
                yield new Rope(plain.stream().map(frequency -> frequency / factor).toList(), 1, neighbours);
            }
            case "llama3" -> new Rope(plain.stream().map(this::llama3).toList(), 1, neighbours);
            case "yarn" -> new Rope(yarn(plain, theta, width), yarnAmplitude(), neighbours);
            default -> throw fields().wrong(fields().field("rope_type").isPresent() ? "rope_type" : "type",
                    "default, linear, llama3 or yarn");
        };
    }

    /** The factor by which DeepSeek multiplies attention scores under YaRN. */
    double scoreFactor() {
        if (!type().equals("yarn")) {
            return 1;
        }
        double amplitude = fields().optionalNumber("mscale_all_dim").map(this::amplitude).orElse(1.0);
        return amplitude * amplitude;
    }

    private Optional<ConfigFields> scaling() {
        return model.object("rope_parameters").or(() -> model.object("rope_scaling"));
    }

    private ConfigFields fields() {
        return scaling().orElseThrow();
    }

    private String type() {
        return scaling().map(fields -> fields.word("rope_type", fields.word("type", "default"))).orElse("default");
    }

    private double llama3(double frequency) {
        double low = fields().number("low_freq_factor");
        double high = fields().number("high_freq_factor");
        double turns = originalPositions() * frequency / (2 * Math.PI);
        double kept = Math.clamp((turns - low) / (high - low), 0.0, 1.0);
        return kept * frequency + (1 - kept) * frequency / fields().number("factor");
    }

    private List<Double> yarn(List<Double> plain, double theta, int width) {
        double factor = fields().number("factor");
        double low = pairTurning(fields().number("beta_fast", 32), theta, width);
        double high = pairTurning(fields().number("beta_slow", 1), theta, width);
        if (fields().flag("truncate", true)) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, width - 1);
        double length = high == low ? 0.001 : high - low;
        List<Double> result = new ArrayList<>();
        for (int pair = 0; pair < plain.size(); pair++) {
            double slowed = Math.clamp((pair - low) / length, 0.0, 1.0);
            result.add(plain.get(pair) * (1 - slowed) + plain.get(pair) / factor * slowed);
        }
        return result;
    }

    /** The pair, as a real number, that makes so many turns over the positions of pretraining. */
    private double pairTurning(double turns, double theta, int width) {
        return width * Math.log(originalPositions() / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    private double originalPositions() {
        return fields().number("original_max_position_embeddings", model.number("max_position_embeddings", 2048));
    }

    private double yarnAmplitude() {
        return fields().optionalNumber("attention_factor").orElseGet(() -> {
            Optional<Double> each = fields().optionalNumber("mscale");
            Optional<Double> all = fields().optionalNumber("mscale_all_dim");
            return each.isPresent() && all.isPresent()
                    ? amplitude(each.get()) / amplitude(all.get()) : amplitude(1);
        });
    }

    private double amplitude(double weight) {
        double factor = fields().number("factor");
        return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }
}
