package org.thalweg.equivalence;

/** Where the experts of one model stand in another one that an alignment made of it. */
@FunctionalInterface
public interface ExpertPlaces {
    /**
     * The places behind one router.
     *
     * @param router name of the router's weight, [experts residual]
     * @return for each expert of the first model its place in the second
     */
    long[] of(String router);
}
