package org.thalweg.network.birdseye;

import java.util.stream.IntStream;
import org.thalweg.failure.WrongUse;

/**
 * What two agents see: a square grid of cells of which each agent sees one half, x up to the middle or from there on,
 * cut into patches of 2 × 2 cells.
 *
 * @param side cells along an edge, a multiple of 4
 * @param frames how many moments up to the present are seen
 * @param margin cells around a patch that are read with it
 * @param objects how many move in a scene
 * @param horizon steps of a predicted trajectory
 * @param modes trajectories predicted for an object
 */
public record BirdsEyeScene(int side, int frames, int margin, int objects, int horizon, int modes) {
    /** How many agents look. */
    public static final int AGENTS = 2;
    /** Cells along an edge of a patch. */
    public static final int PATCH = 2;
    /** Numbers of a track: where an agent believes an object to be, x and y, and 1 if it has seen it. */
    public static final int TRACK = 3;

    /** Refuses sizes that make no scene. */
    public BirdsEyeScene {
        if (side < 4 || side % 4 != 0) {
            throw new WrongUse("the grid has " + side + " cells along an edge but each of two agents must see whole "
                    + "patches of 2 cells; use a multiple of 4.");
        }
        if (IntStream.of(frames, objects, horizon, modes).min().orElseThrow() < 1 || margin < 0) {
            throw new WrongUse("a scene has at least one frame, object, step and mode and a margin of 0 or more, not "
                    + frames + ", " + objects + ", " + horizon + ", " + modes + " and " + margin + ".");
        }
    }

    /** Cells of the grid, row after row. */
    public int cells() {
        return side * side;
    }

    /** Patches of the grid, row after row. */
    public int patches() {
        return cells() / (PATCH * PATCH);
    }

    /** Cells of a patch and its margin. */
    public int window() {
        return (PATCH + 2 * margin) * (PATCH + 2 * margin);
    }

    /** Numbers that say a trajectory: x and y at each step, and the score of its mode. */
    public int numbers() {
        return 2 * horizon + 1;
    }

    /** Numbers that a network reads: every frame's cells, then for each agent and object its track. */
    public int inputs() {
        return frames * cells() + AGENTS * objects * TRACK;
    }

    /** Numbers that a network answers: occupancy of every cell, then every object's trajectories. */
    public int outputs() {
        return cells() + objects * modes * numbers();
    }

    /** The agent that sees a place, counted from 0. */
    public int agentAt(double x) {
        return x < side / 2.0 ? 0 : 1;
    }

    /** The patch of a place, the nearest one for places outside the grid. */
    public int patchAt(double x, double y) {
        int across = side / PATCH;
        return Math.clamp((int) Math.floor(y / PATCH), 0, across - 1) * across
                + Math.clamp((int) Math.floor(x / PATCH), 0, across - 1);
    }

    /** For each agent, patch and place of its window the cell; {@link #cells()} for one that the agent does not see. */
    long[] windows() {
        int edge = PATCH + 2 * margin;
        int across = side / PATCH;
        return IntStream.range(0, AGENTS * patches() * window()).mapToLong(i -> {
            int patch = i / window() % patches();
            int y = patch / across * PATCH - margin + i % window() / edge;
            int x = patch % across * PATCH - margin + i % edge;
            boolean isSeen = x >= 0 && y >= 0 && x < side && y < side && agentAt(x) == i / window() / patches();
            return isSeen ? (long) y * side + x : cells();
        }).toArray();
    }
}
