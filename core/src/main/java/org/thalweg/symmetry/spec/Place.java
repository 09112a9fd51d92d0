package org.thalweg.symmetry.spec;

import java.util.Optional;
import org.thalweg.failure.WrongUse;

/**
 * Where something stands in a specification.
 *
 * @param file what the file is called in failures
 * @param line counted from 1
 * @param includedAt where the file is included, if it is a fragment
 */
record Place(String file, int line, Optional<Place> includedAt) {
    static Place of(String file, int line) {
        return new Place(file, line, Optional.empty());
    }

    /** The same place in a fragment that is included elsewhere. */
    Place includedAt(Place inclusion) {
        return new Place(file, line, Optional.of(inclusion));
    }

    WrongUse wrong(String what) {
        return new WrongUse(this + ": " + what + ".");
    }

    @Override
    public String toString() {
        String here = file + " line " + line;
        return includedAt.map(outer -> outer + " (" + here + ")").orElse(here);
    }
}
