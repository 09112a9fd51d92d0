package org.thalweg.matching;

/** What follows a match: coordinate descent in the weights as they are stored, and by which maps. */
public enum Polishing {
    /** Nothing. */
    NONE,
    /** Orders and signs, and the rotation of a stream that was matched. */
    ORDERS,
    /** Also maps inside heads, by least squares. */
    MAPS
}
