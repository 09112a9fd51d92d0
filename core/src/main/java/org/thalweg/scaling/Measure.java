package org.thalweg.scaling;

import java.util.Locale;

/** What was measured of runs. */
public enum Measure {
    /** The loss, from which leverage follows by the loss of dense runs. */
    LOSS,
    /** The leverage itself. */
    LEVERAGE;

    /**
     * The name of its column.
     *
     * @return the name in small letters
     */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
