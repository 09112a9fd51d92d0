package org.thalweg.merging;

/**
 * A point between two vectors, as their factors.
 *
 * @param from factor of the first
 * @param to factor of the second
 */
record Arc(double from, double to) {
    /**
     * On the arc between them (Shoemake 1985).
     *
     * @param angle between them in radians, neither 0 nor π
     * @param t 0 is the first, 1 the second
     * @return the point
     */
    static Arc of(double angle, double t) {
        double sine = Math.sin(angle);
        return new Arc(Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine);
    }

    /** On the straight line between them. */
    static Arc straight(double t) {
        return new Arc(1 - t, t);
    }

    /** Says that two vectors are nearly opposite. */
    static String opposite(double cosine) {
        return "the two point in nearly opposite directions (cosine " + cosine + ")";
    }
}
