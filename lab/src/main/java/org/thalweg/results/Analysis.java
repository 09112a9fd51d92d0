package org.thalweg.results;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What can be analysed in a study of Transformers beside the barriers of its methods. */
public enum Analysis {
    /** The barrier after each pass of weight matching. */
    ITERATIONS("matching", "iteration"),
    /** How far the rotations of the stream turn. */
    ANGLES("rotation", "angle"),
    /** The barrier by the number of inputs that activations are compared on. */
    INPUTS("method", "inputs"),
    /** The barrier by where learning starts and where on the line it takes the loss. */
    INITIALISATIONS("start", "sampler"),
    /** The barrier by the width of the stream. */
    VARY_RESIDUAL("method", "residual"),
    /** The barrier by the number of layers. */
    VARY_LAYERS("method", "layers"),
    /** The barrier by the decay of weights in training. */
    VARY_WEIGHT_DECAY("method", "weight_decay"),
    /** The barrier by the length of training. */
    VARY_EPOCHS("method", "epochs");

    private final String series;
    private final String setting;

    Analysis(String series, String setting) {
        this.series = series;
        this.setting = setting;
    }

    /**
     * The name in study files, of the analysis' file and in results.
     *
     * @return for example {@code iterations}
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What the lines of its plot are called.
     *
     * @return one word
     */
    public String series() {
        return series;
    }

    /**
     * What stands below its plot; of a varied key its name.
     *
     * @return one word
     */
    public String setting() {
        return setting;
    }

    /**
     * Those that a study names under {@code analyses}; the others belong to {@code vary}.
     *
     * @return in the order of reports
     */
    public static List<Analysis> named() {
        return Arrays.stream(values()).filter(analysis -> !analysis.isOfKey()).toList();
    }

    /**
     * Whether it is of a key that varies.
     *
     * @return whether its settings are values of a study's key
     */
    public boolean isOfKey() {
        return switch (this) {
            case ITERATIONS, ANGLES, INPUTS, INITIALISATIONS -> false;
            case VARY_RESIDUAL, VARY_LAYERS, VARY_WEIGHT_DECAY, VARY_EPOCHS -> true;
        };
    }

    /**
     * The analysis with a label.
     *
     * @param label for example {@code iterations}
     * @return the analysis
     * @throws IllegalArgumentException when there is none
     */
    public static Analysis of(String label) {
        return Arrays.stream(values()).filter(analysis -> analysis.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no analysis '" + label + "'"));
    }
}
