package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Solutions of all families of equations, as many of each, one family after the other.
 *
 * @param states for each run its states at equal distances of time, [times*points]
 * @param frames how many of them a network sees; it is asked for the next
 */
record PdeRuns(List<float[]> states, int frames) {
    /** Of parameters between a family's least and largest, this middle part is left out of training. */
    private static final double UNSEEN_FROM = 0.4;
    private static final double UNSEEN_TO = 0.6;

    /**
     * Which runs.
     *
     * @param purpose names the seed
     * @param each the setting that says how many of a family
     * @param unseen whether parameters are those that no training has
     */
    record Which(String purpose, String each, boolean unseen) {}

    /** Solves the equations, for as many states as the settings say that are seen and asked for. */
    static PdeRuns of(Which which, Settings settings) {
        int each = settings.whole(which.each);
        int frames = settings.whole("frames");
        int times = frames + settings.whole("rollout");
        List<float[]> runs = new ArrayList<>();
        for (PdeFamily family : PdeFamily.values()) {
            try (Scope scope = Scope.open()) {
                long seed = Random.childSeed(MoeSystem.DATA_SEED, which.purpose + " " + family.label());
                double[] parameters = Random.seeded(Random.childSeed(seed, "parameters"))
                        .uniform(DType.FLOAT64, 0, 1, each).toDoubles();
                Arrays.setAll(parameters, run -> family.parameter(place(parameters[run], which.unseen)));
                List<Tensor> states = new ArrayList<>(List.of(PdeFamily.initial(each, seed)));
                while (states.size() < times) {
                    states.add(family.advance(states.getLast(), parameters,
                            settings.number("frame_time"), settings.number("solver_step")));
                }
                Tensor all = Tensor.concatenate(states, 0).transpose(0, 1).contiguous(); // [runs times*points]
                runs.addAll(List.of(all.to(DType.FLOAT32).toFloatRows()));
            }
        }
        return new PdeRuns(runs, frames);
    }

    private static double place(double uniform, boolean unseen) {
        double kept = 1 - (UNSEEN_TO - UNSEEN_FROM);
        return unseen ? UNSEEN_FROM + uniform * (UNSEEN_TO - UNSEEN_FROM)
                : uniform * kept < UNSEEN_FROM ? uniform * kept : uniform * kept + UNSEEN_TO - UNSEEN_FROM;
    }

    /** States of a run behind those that a network sees first. */
    int next() {
        return states.getFirst().length / PdeFamily.POINTS - frames;
    }

    /**
     * Consecutive states of some runs.
     *
     * @param windows for each the run's number times {@link #next} plus the first state's
     * @param skipped states of the window that are left out
     * @param count states behind these
     * @return [windows count*points], float32
     */
    Tensor states(int[] windows, int skipped, int count) {
        int length = count * PdeFamily.POINTS;
        float[] values = new float[windows.length * length];
        for (int i = 0; i < windows.length; i++) {
            int start = (windows[i] % next() + skipped) * PdeFamily.POINTS;
            System.arraycopy(states.get(windows[i] / next()), start, values, i * length, length);
        }
        return Tensor.of(values, windows.length, length);
    }

    /**
     * Windows with the next state as label, each about equally often.
     *
     * @param size how many, repeated ones included
     */
    Examples examples(int size) {
        return new Windows(this, size);
    }

    /** Windows in turn. */
    private record Windows(PdeRuns runs, int size) implements Examples {
        @Override
        public int classes() {
            return PdeFamily.POINTS;
        }

        @Override
        public Tensor inputs(int[] indices) {
            return runs.states(wrapped(indices), 0, runs.frames);
        }

        @Override
        public Tensor labels(int[] indices) {
            return runs.states(wrapped(indices), runs.frames, 1);
        }

        private int[] wrapped(int[] indices) {
            return Arrays.stream(indices).map(window -> window % (runs.states.size() * runs.next())).toArray();
        }
    }
}
