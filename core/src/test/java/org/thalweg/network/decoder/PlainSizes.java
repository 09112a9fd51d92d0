package org.thalweg.network.decoder;

/** Sizes of the small configurations, and their rotary frequencies by the published formulas. */
record PlainSizes(String family) {
    int heads() {
        return 4;
    }

    int keyHeads() {
        return 2;
    }

    int headDim() {
        return switch (family) {
            case "mistral", "qwen3_moe", "gpt_oss", "llama4_text", "llama4" -> 6;
            default -> 4;
        };
    }

    double[] frequencies() {
        int width = family.startsWith("deepseek_v") ? 4 : headDim();
        double[] result = new double[width / 2];
        for (int i = 0; i < result.length; i++) {
            double plain = 1 / Math.pow(100, 2.0 * i / width);
            result[i] = switch (family) {
                case "llama" -> llama3(plain);
                case "deepseek_v2" -> yarn(plain, i, width, true);
                case "gpt_oss" -> yarn(plain, i, width, false);
                default -> plain;
            };
        }
        return result;
    }

    double amplitude() {
        return switch (family) {
            case "deepseek_v2" -> (0.1 * 0.7 * Math.log(4) + 1) / (0.1 * 0.9 * Math.log(4) + 1);
            case "gpt_oss" -> 0.1 * Math.log(4) + 1;
            default -> 1;
        };
    }

    double scoreFactor() {
        return family.equals("deepseek_v2") ? Math.pow(0.1 * 0.9 * Math.log(4) + 1, 2) : 1;
    }

    private static double llama3(double frequency) {
        double length = 2 * Math.PI / frequency;
        if (length > 16 / 1.0) {
            return frequency / 8;
        }
        if (length < 16 / 4.0) {
            return frequency;
        }
        double smooth = (16 / length - 1) / (4 - 1);
        return (1 - smooth) * frequency / 8 + smooth * frequency;
    }

    private static double yarn(double frequency, int pair, int width, boolean whole) {
        double fast = whole ? 4 : 1;
        double slow = whole ? 1 : 0.1;
        double first = width * Math.log(8 / (fast * 2 * Math.PI)) / (2 * Math.log(100));
        double last = width * Math.log(8 / (slow * 2 * Math.PI)) / (2 * Math.log(100));
        double low = Math.max(whole ? Math.floor(first) : first, 0);
        double high = Math.min(whole ? Math.ceil(last) : last, width - 1);
        double ramp = Math.min(1, Math.max(0, (pair - low) / (high - low)));
        return frequency / 4 * ramp + frequency * (1 - ramp);
    }
}
