package org.thalweg.symmetry;

import org.thalweg.group.AxisMap;

/** How the map of a space acts along an axis. */
public enum AxisRole {
    /** By the map itself, as on what writes the axis: {@code name}. */
    WRITER,
    /** By the contragredient, as on what reads the axis: {@code ~name}. */
    READER,
    /** By the order alone, as on a diagonal operator such as a normalisation's gain: {@code |name|}. */
    DIAGONAL;

    /**
     * What acts on an axis of this role.
     *
     * @param map the space's map
     * @return the map, its contragredient, or its order
     */
    public AxisMap of(AxisMap map) {
        return switch (this) {
            case WRITER -> map;
            case READER -> map.dual();
            case DIAGONAL -> map.order();
        };
    }
}
