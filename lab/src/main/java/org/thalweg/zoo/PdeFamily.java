package org.thalweg.zoo;

import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.operator.Spectrum;
import org.thalweg.network.operator.Spectrum.Complex;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Families of partial differential equations for u(x, t) on a circle of length 2π, each with one parameter p. Fields
 * are columns [points samples] in float64.
 */
enum PdeFamily {
    /** {@code u_t + p u_x = 0}, solved exactly. */
    ADVECTION(0.5, 2),
    /** {@code u_t = p u_xx}, solved exactly. */
    HEAT(0.02, 0.1),
    /** {@code u_t + u u_x = p u_xx}: the second term exactly, the first by Runge-Kutta steps of fourth order. */
    BURGERS(0.1, 0.3),
    /** {@code u_t = p u_xx + u − u³}: both parts exactly in turn, half a step, a step, half a step (Strang). */
    ALLEN_CAHN(0.01, 0.05);

    /** Points of the grid. */
    static final int POINTS = 64;
    /** Products of modes up to this one alias with none of these. */
    private static final int LARGEST_MODE = (POINTS - 1) / 3;
    /** Runge-Kutta steps of fourth order are stable where step times frequency is below 2√2. */
    private static final double STABLE = 2 * Math.sqrt(2);
    private static final Spectrum SPECTRUM = new Spectrum(POINTS, POINTS / 2 + 1);

    private final double least;
    private final double most;

    PdeFamily(double least, double most) {
        this.least = least;
        this.most = most;
    }

    /** The name in measures: {@code allen-cahn}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Refuses steps in which Burgers' equation blows up, or that do not make up a frame.
     *
     * @param frame time between two frames
     * @param step of the solver
     * @throws WrongUse when they are no such times
     */
    static void requireStable(double frame, double step) {
        if (!(step > 0) || !(frame >= step) || Math.abs(frame / step - Math.rint(frame / step)) > 1e-9) {
            throw new WrongUse("settings.frame_time is " + frame + " and settings.solver_step " + step
                    + ", but a frame must be one or more whole steps of positive length.");
        }
        if (step * LARGEST_MODE >= STABLE) {
            throw new WrongUse("settings.solver_step is " + step + ", but Runge-Kutta steps of Burgers' equation with "
                    + "|u| up to 1 and modes up to " + LARGEST_MODE + " are stable below "
                    + Math.floor(1e4 * STABLE / LARGEST_MODE) / 1e4 + " only; take a smaller step.");
        }
    }

    /** The parameter at a place between the family's least, 0, and largest, 1. */
    double parameter(double place) {
        return least + place * (most - least);
    }

    /**
     * The state after some time.
     *
     * @param u [points samples]; not changed
     * @param parameters [samples]
     * @param time from here to there
     * @param step of solvers that are not exact, a whole part of the time
     * @return [points samples]
     */
    Tensor advance(Tensor u, double[] parameters, double time, double step) {
        int steps = (int) Math.rint(time / step);
        return switch (this) {
            case ADVECTION -> SPECTRUM.inverse(SPECTRUM.forward(u).multiply(new Complex(
                    factors(parameters, (k, c) -> Math.cos(k * c * time)),
                    factors(parameters, (k, c) -> -Math.sin(k * c * time)))));
            case HEAT -> spread(u, decay(parameters, time));
            case BURGERS -> {
                Tensor half = decay(parameters, step / 2);
                Complex modes = SPECTRUM.forward(u);
                for (int done = 0; done < steps; done++) {
                    modes = rungeKutta(modes, half, step);
                }
                yield SPECTRUM.inverse(modes);
            }
            case ALLEN_CAHN -> {
                Tensor half = decay(parameters, step / 2);
                Tensor state = u;
                for (int done = 0; done < steps; done++) {
                    state = spread(reacted(spread(state, half), step), half);
                }
                yield state;
            }
        };
    }

    private static Tensor spread(Tensor u, Tensor decay) {
        return SPECTRUM.inverse(SPECTRUM.forward(u).multiply(decay));
    }

    /** The exact solution of {@code u_t = u − u³}: {@code u / √(u² + (1 − u²) e^(−2t))}. */
    private static Tensor reacted(Tensor u, double time) {
        double left = Math.exp(-2 * time);
        return u.divide(u.multiply(u).multiply(1 - left).add(left).sqrt());
    }

    private static Tensor decay(double[] parameters, double time) {
        return factors(parameters, (k, p) -> Math.exp(-p * k * k * time));
    }

    /** A step in which diffusion is exact (integrating factor) and {@code −(u²/2)_x} of fourth order. */
    private static Complex rungeKutta(Complex u, Tensor half, double step) {
        Complex a = steepened(u);
        Complex b = steepened(u.add(times(a, step / 2)).multiply(half));
        Complex c = steepened(u.multiply(half).add(times(b, step / 2)));
        Complex d = steepened(u.multiply(half).add(times(c, step)).multiply(half));
        return u.add(times(a, step / 6)).multiply(half).add(times(b.add(c), step / 3)).multiply(half)
                .add(times(d, step / 6));
    }

    private static Complex steepened(Complex modes) {
        Tensor u = SPECTRUM.inverse(modes);
        Complex square = SPECTRUM.forward(u.multiply(u));
        Tensor wave = factors(new double[1], (k, _) -> k <= LARGEST_MODE ? k / 2.0 : 0);
        return new Complex(square.imaginary().multiply(wave), square.real().multiply(wave).multiply(-1));
    }

    private static Complex times(Complex modes, double number) {
        return new Complex(modes.real().multiply(number), modes.imaginary().multiply(number));
    }

    /** A number for each mode and parameter, [modes parameters]. */
    private static Tensor factors(double[] parameters, DoubleBinaryOperator factor) {
        double[] values = new double[SPECTRUM.modes() * parameters.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = factor.applyAsDouble(i / parameters.length, parameters[i % parameters.length]);
        }
        return Tensor.of(values, SPECTRUM.modes(), parameters.length);
    }

    /**
     * Smooth random states of modes 1 to 4 whose largest value is between 1/2 and 1.
     *
     * @param samples how many
     * @param seed of the choice
     * @return [points samples]
     */
    static Tensor initial(int samples, long seed) {
        Random random = Random.seeded(seed);
        Tensor wave = factors(new double[1], (k, _) -> k >= 1 && k <= 4 ? 1 : 0);
        Tensor u = SPECTRUM.inverse(new Complex(
                random.normal(DType.FLOAT64, SPECTRUM.modes(), samples).multiply(wave),
                random.normal(DType.FLOAT64, SPECTRUM.modes(), samples).multiply(wave)));
        double[] largest = random.uniform(DType.FLOAT64, 0.5, 1, samples).toDoubles();
        for (int sample = 0; sample < samples; sample++) {
            largest[sample] /= u.narrow(1, sample, 1).abs().max();
        }
        return u.multiply(Tensor.of(largest, 1, samples));
    }
}
