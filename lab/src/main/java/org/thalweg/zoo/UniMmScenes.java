package org.thalweg.zoo;

import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.network.birdseye.BirdsEyeScene;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Scenes at a crossing that two agents see half each. Objects come along one of two roads in either direction and go
 * straight, left or right, on exact lines and arcs that begin at the first frame. Each agent takes itself to be a
 * little beside where it is, in one way for a whole scene, so all that it sees and tracks is displaced by that; cells
 * are noisy. Labels: whether each cell is occupied at the next step, then where each object truly is at every step
 * ahead.
 *
 * @param scene sizes
 * @param size how many scenes
 * @param inputs [scenes inputs]
 * @param labels [scenes labels]
 * @param places [scenes objects 2] where objects are at present
 * @param manoeuvres [scenes objects] 0 straight, 1 left, 2 right
 */
record UniMmScenes(
        BirdsEyeScene scene, int size, float[] inputs, float[] labels, double[] places, int[] manoeuvres)
        implements Examples {
    /** Cells within this distance of an object are occupied. */
    private static final double RADIUS = 1;
    private static final double[] TURNS = {0, 0.3, -0.3};
    /** Radians within which objects come along a road. */
    private static final double ROAD = 0.3;
    private static final double POSE_ERROR = 0.25;
    private static final double CELL_NOISE = 0.1;
    private static final double BLUR = 0.7;
    /** How far from the edges objects are at present, as a share of the side. */
    private static final double EDGE = 0.2;

    /** Makes scenes; the same seed makes the same. */
    static UniMmScenes made(BirdsEyeScene scene, int size, long seed) {
        int objects = scene.objects();
        UniMmScenes made = new UniMmScenes(scene, size, new float[size * scene.inputs()],
                new float[size * (scene.cells() + objects * 2 * scene.horizon())],
                new double[size * objects * 2], new int[size * objects]);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            double[] drawn = random.uniform(DType.FLOAT64, 0, 1, size, objects, 6).toDoubles();
            double[] poses = random.normal(DType.FLOAT64, size, BirdsEyeScene.AGENTS, 2).multiply(POSE_ERROR)
                    .toDoubles();
            int cells = scene.frames() * scene.cells();
            float[] noise = random.normal(DType.FLOAT32, size, cells).multiply(CELL_NOISE).toFloats();
            for (int number = 0; number < size; number++) {
                System.arraycopy(noise, number * cells, made.inputs, number * scene.inputs(), cells);
            }
            double room = scene.side() * (1 - 2 * EDGE);
            for (int object = 0; object < size * objects; object++) {
                int at = 6 * object;
                made.manoeuvres[object] = (int) (TURNS.length * drawn[at + 4]);
                double turn = TURNS[made.manoeuvres[object]];
                double heading = Math.PI / 2 * Math.floor(4 * drawn[at + 2]) + ROAD * (drawn[at + 5] - 0.5);
                made.add(object, new Motion(scene.side() * EDGE + room * drawn[at],
                        scene.side() * EDGE + room * drawn[at + 1], heading + turn * (scene.frames() - 1),
                        0.8 + 0.6 * drawn[at + 3], turn), poses);
            }
        }
        return made;
    }

    /**
     * Motion at constant speed along a line or an arc.
     *
     * @param x at present
     * @param y at present
     * @param heading at present, radians from the axis of x to that of y
     * @param speed cells of a step
     * @param turn radians of a step
     */
    record Motion(double x, double y, double heading, double speed, double turn) {
        /** Where it is so many steps ahead, or back where negative: along the chord of the arc. */
        double[] at(int step) {
            double half = turn * step / 2;
            double chord = speed * step * (half == 0 ? 1 : Math.sin(half) / half);
            return new double[] {x + chord * Math.cos(heading + half), y + chord * Math.sin(heading + half)};
        }
    }

    private void add(int object, Motion motion, double[] poses) {
        int number = object / scene.objects();
        boolean[] isSeen = new boolean[BirdsEyeScene.AGENTS];
        for (int frame = 0; frame < scene.frames(); frame++) {
            double[] place = motion.at(frame + 1 - scene.frames());
            isSeen[scene.agentAt(place[0])] = true;
            for (int cell = 0; cell < scene.cells(); cell++) {
                int pose = 2 * (BirdsEyeScene.AGENTS * number + scene.agentAt(cell % scene.side()));
                double distance = distance(cell, place[0] + poses[pose], place[1] + poses[pose + 1]);
                inputs[number * scene.inputs() + frame * scene.cells() + cell] +=
                        distance > 5 * BLUR ? 0 : (float) Math.exp(-distance * distance / (2 * BLUR * BLUR));
            }
        }
        double[] now = motion.at(0);
        System.arraycopy(now, 0, places, 2 * object, 2);
        for (int agent = 0; agent < BirdsEyeScene.AGENTS; agent++) {
            int track = number * scene.inputs() + scene.frames() * scene.cells()
                    + (agent * scene.objects() + object % scene.objects()) * BirdsEyeScene.TRACK;
            int pose = 2 * (BirdsEyeScene.AGENTS * number + agent);
            inputs[track] = isSeen[agent] ? (float) (now[0] + poses[pose]) : 0;
            inputs[track + 1] = isSeen[agent] ? (float) (now[1] + poses[pose + 1]) : 0;
            inputs[track + 2] = isSeen[agent] ? 1 : 0;
        }
        int label = number * (labels.length / size);
        double[] next = motion.at(1);
        for (int cell = 0; cell < scene.cells(); cell++) {
            labels[label + cell] = distance(cell, next[0], next[1]) < RADIUS ? 1 : labels[label + cell];
        }
        for (int step = 0; step < scene.horizon(); step++) {
            int at = label + scene.cells() + (object % scene.objects() * scene.horizon() + step) * 2;
            labels[at] = (float) motion.at(step + 1)[0];
            labels[at + 1] = (float) motion.at(step + 1)[1];
        }
    }

    /** From the centre of a cell to a place. */
    private double distance(int cell, double x, double y) {
        return Math.hypot(cell % scene.side() + 0.5 - x, cell / scene.side() + 0.5 - y);
    }

    @Override
    public int classes() {
        return 2;
    }

    @Override
    public Tensor inputs(int[] indices) {
        return rows(inputs, indices);
    }

    @Override
    public Tensor labels(int[] indices) {
        return rows(labels, indices);
    }

    private Tensor rows(float[] all, int[] indices) {
        int width = all.length / size;
        float[] rows = new float[indices.length * width];
        IntStream.range(0, indices.length).forEach(row ->
                System.arraycopy(all, indices[row] * width, rows, row * width, width));
        return Tensor.of(rows, indices.length, width);
    }
}
