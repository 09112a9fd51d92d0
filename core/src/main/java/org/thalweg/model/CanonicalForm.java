package org.thalweg.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.canonical.Gains;
import org.thalweg.canonical.Gauge;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.symmetry.Architecture;

/** What can be chosen by a rule about a model without changing its function. */
public enum CanonicalForm {
    /** Gains of RMSNorm are 1; the maps behind them have their factors. */
    NORMS,
    /** Gains of LayerNorm are 1 and the stream has mean 0, so that it is RMSNorm at the same time. */
    LAYER_NORMS,
    /** Units have incoming and outgoing weights of equal norm, gated ones a sign; routers have mean 0. */
    UNITS,
    /** Bases inside heads are balanced, diagonal and signed. */
    CIRCUITS;

    /**
     * The name on the command line.
     *
     * @return for example {@code layer-norms}
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The form of a name.
     *
     * @param label as {@link #label} gives it
     * @return the form
     * @throws WrongUse when there is none
     */
    public static CanonicalForm named(String label) {
        return Arrays.stream(values())
                .filter(form -> form.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new WrongUse("there is no canonical form '" + label + "'; known are "
                        + Arrays.stream(values()).map(CanonicalForm::label).collect(Collectors.joining(", ")) + "."));
    }

    /** Why a model has not this form; nothing when it can have it. */
    Optional<String> obstacle(Network network, Architecture architecture) {
        boolean after = network.normalisation() == Normalisation.LAYER_AFTER_SUM;
        boolean centred = after || network.normalisation() == Normalisation.LAYER;
        boolean gains = !Gains.names(architecture).isEmpty();
        return switch (this) {
            case NORMS -> centred ? Optional.of("its normalisations are LayerNorm, whose form is 'layer-norms'")
                    : unless(gains, "its specification names no gains of normalisations");
            case LAYER_NORMS -> after
                    ? Optional.of("its normalisations stand behind the sum and feed the stream itself, so nothing can "
                            + "take their gains")
                    : centred ? unless(gains, "its specification names no gains of normalisations")
                    : Optional.of("its normalisations are RMSNorm, whose form is 'norms'");
            case UNITS -> unless(Gauge.hasUnits(architecture),
                    "no factor of its units is free, since their activation is neither ReLU nor gated");
            case CIRCUITS -> unless(Gauge.hasBases(architecture), "no basis inside its heads is free");
        };
    }

    private static Optional<String> unless(boolean holds, String why) {
        return holds ? Optional.empty() : Optional.of(why);
    }
}
