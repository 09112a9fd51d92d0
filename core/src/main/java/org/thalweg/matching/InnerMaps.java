package org.thalweg.matching;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.RotaryPairs;
import org.thalweg.minimisation.GoldenSection;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Least squares over the maps inside a head: the G for which {@code |A - G B|² + |A' - G⁻ᵀ B'|²} is smallest, of what
 * writes a basis (A, B) and what reads it (A', B'), biases included as columns. The line between two models runs
 * through these factors as they are stored, not through the circuits. Works on Gram matrices, O(size³) a step.
 *
 * <p>Invertible maps: Gauss and Newton's steps G ← (I + X) G, where X solves {@code X P + Q X = R} with the Gram
 * matrices P, Q of what is written and read, in their eigenvectors; a step is halved until it helps. From the map that
 * there is and from the closest rotation (Procrustes); the better is kept. Under rotary positions a map is one complex
 * number z for each pair, whose phase is known for each modulus, so one number is searched.
 */
final class InnerMaps {
    private static final int MOST_STEPS = 500;
    private static final int MOST_HALVINGS = 12;
    private static final double ENOUGH = 1e-8;

    private InnerMaps() {}

    /**
     * The closest map.
     *
     * @param leaf the basis
     * @param pairs slices that run over it
     * @param acts whether a map acts already, so that another costs nothing more
     * @return nothing when it does not gain enough
     */
    static Map<String, GroupElement> closer(Leaf leaf, List<SlicePair> pairs, boolean acts) {
        try (Scope scope = Scope.open()) {
            Grams grams = Grams.of(leaf, pairs);
            double square = grams.square;
            double before = grams.distance();
            if (before <= Polish.VISIBLE * square) {
                return Map.of();
            }
            Found found = leaf.group().kind() == GroupKind.INVERTIBLE
                    ? invertible(grams) : rotary(grams, RotaryPairs.of(leaf.group()));
            boolean isEnough = before - found.distance > (acts ? 1e-6 : Polish.VISIBLE) * square;
            return isEnough ? Map.of(leaf.space(), found.element) : Map.of();
        }
    }

    /** A map and the squared distance that it leaves. */
    private record Found(GroupElement element, double distance) {}

    /**
     * Products of what runs over a basis.
     *
     * @param writtenBoth [size size] A Bᵀ
     * @param written [size size] B Bᵀ
     * @param readBoth [size size] A' B'ᵀ
     * @param read [size size] B' B'ᵀ
     * @param square |A|² + |A'|²
     */
    record Grams(Tensor writtenBoth, Tensor written, Tensor readBoth, Tensor read, double square) {
        static Grams of(Leaf leaf, List<SlicePair> pairs) {
            int size = leaf.group().size();
            Tensor[] sums = IntStream.range(0, 4)
                    .mapToObj(_ -> Tensor.zeros(DType.FLOAT64, size, size)).toArray(Tensor[]::new);
            double square = 0;
            for (SlicePair pair : pairs) {
                for (int factor : pair.reference().factorsOf(leaf.space())) {
                    Tensor a = pair.reference().matrix(factor).to(DType.FLOAT64);
                    Tensor b = pair.model().matrix(factor).to(DType.FLOAT64);
                    int first = pair.reference().role(factor) == AxisRole.READER ? 2 : 0;
                    sums[first] = sums[first].add(a.matmul(b.transpose(0, 1)));
                    sums[first + 1] = sums[first + 1].add(b.matmul(b.transpose(0, 1)));
                    square += InnerProducts.squareOf(a);
                }
            }
            return new Grams(sums[0], sums[1], sums[2], sums[3], square);
        }

        double distance() {
            Tensor eye = Tensor.of(LinearMap.identity((int) written.length(0)).entries(), written.shape());
            return square + eye.multiply(written.add(read)).sum().item()
                    - 2 * eye.multiply(writtenBoth.add(readBoth)).sum().item();
        }

        /** The same when a map acts on B. */
        Grams moved(LinearMap map) {
            Tensor g = Tensor.of(map.entries(), written.shape());
            Tensor h = Tensor.of(
                    map.dual() instanceof LinearMap dual ? dual.entries() : map.entries(), written.shape());
            return new Grams(
                    writtenBoth.matmul(g.transpose(0, 1)), g.matmul(written).matmul(g.transpose(0, 1)),
                    readBoth.matmul(h.transpose(0, 1)), h.matmul(read).matmul(h.transpose(0, 1)), square);
        }
    }

    private static Found invertible(Grams grams) {
        Found here = descended(grams, LinearMap.identity((int) grams.written.length(0)));
        LinearAlgebra.Svd svd = LinearAlgebra.svd(grams.writtenBoth.add(grams.readBoth));
        LinearMap rotation = LinearMap.orthogonal(svd.u().matmul(svd.v().transpose(0, 1)).contiguous().toDoubles());
        Found there = descended(grams, rotation);
        return there.distance < here.distance ? there : here;
    }

    private static Found descended(Grams grams, LinearMap start) {
        LinearMap map = start;
        double distance = grams.moved(map).distance();
        for (int step = 0; step < MOST_STEPS; step++) {
            try (Scope scope = Scope.open()) {
                double[] direction = direction(grams.moved(map));
                double length = 1;
                boolean isLower = false;
                for (int half = 0; half < MOST_HALVINGS && !isLower; half++, length /= 2) {
                    LinearMap next = stepped(direction, length, map);
                    double after = grams.moved(next).distance();
                    if (after < distance) {
                        isLower = distance - after > ENOUGH * grams.square;
                        map = next;
                        distance = after;
                        if (!isLower) {
                            return new Found(map, distance);
                        }
                    }
                }
                if (!isLower) {
                    break;
                }
            }
        }
        return new Found(LinearMap.invertible(map.entries()), distance);
    }

    private static LinearMap stepped(double[] direction, double length, LinearMap map) {
        int size = map.size();
        double[] entries = new double[direction.length];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = length * direction[i] + (i % (size + 1) == 0 ? 1 : 0);
        }
        return LinearMap.invertible(entries).after(map);
    }

    /** The X of {@code X P + Q X = R}: where the distance to first order in X is smallest. */
    private static double[] direction(Grams grams) {
        LinearAlgebra.Eigen p = LinearAlgebra.symmetricEigen(grams.written);
        LinearAlgebra.Eigen q = LinearAlgebra.symmetricEigen(grams.read);
        Tensor right = grams.writtenBoth.subtract(grams.written)
                .subtract(grams.readBoth.subtract(grams.read).transpose(0, 1));
        Tensor turned = q.vectors().transpose(0, 1).matmul(right).matmul(p.vectors());
        Tensor sums = q.values().unsqueeze(1).add(p.values().unsqueeze(0));
        double smallest = 1e-9 * (sums.max() + 1e-300);
        return q.vectors().matmul(turned.divide(sums.add(smallest))).matmul(p.vectors().transpose(0, 1))
                .contiguous().toDoubles();
    }

    private static Found rotary(Grams grams, RotaryPairs pairs) {
        double[] numbers = new double[pairs.size()];
        double[] written = grams.written.toDoubles();
        double[] read = grams.read.toDoubles();
        double[] writtenBoth = grams.writtenBoth.contiguous().toDoubles();
        double[] readBoth = grams.readBoth.contiguous().toDoubles();
        double distance = grams.square;
        for (int pair = 0; pair < pairs.count(); pair++) {
            int a = pairs.first(pair) * (pairs.size() + 1);
            int b = pairs.second(pair) * (pairs.size() + 1);
            int ab = pairs.first(pair) * pairs.size() + pairs.second(pair);
            int ba = pairs.second(pair) * pairs.size() + pairs.first(pair);
            Pair one = new Pair(
                    written[a] + written[b], writtenBoth[a] + writtenBoth[b], writtenBoth[ba] - writtenBoth[ab],
                    read[a] + read[b], readBoth[a] + readBoth[b], readBoth[ba] - readBoth[ab]);
            double modulus = one.modulus();
            double real = modulus * one.real + one.readReal / modulus;
            double imaginary = modulus * one.imaginary + one.readImaginary / modulus;
            double length = Math.hypot(real, imaginary);
            numbers[2 * pair] = length > 0 ? modulus * real / length : modulus;
            numbers[2 * pair + 1] = length > 0 ? modulus * imaginary / length : 0;
            distance += one.at(modulus);
        }
        return new Found(new RotaryMap(numbers, pairs.interleaved()), distance);
    }

    /**
     * A pair of coordinates as complex numbers: squares of B and products Σ a b̄, of what is written and what is read.
     */
    private record Pair(
            double square, double real, double imaginary,
            double readSquare, double readReal, double readImaginary) {
        private static final GoldenSection SEARCH = new GoldenSection(60);

        /** The distance at the best phase, but for A's squared norm. */
        double at(double modulus) {
            return modulus * modulus * square + readSquare / (modulus * modulus) - 2 * Math.hypot(
                    modulus * real + readReal / modulus, modulus * imaginary + readImaginary / modulus);
        }

        double modulus() {
            if (square == 0 || readSquare == 0) {
                return 1;
            }
            double step = 0.2;
            double grid = IntStream.rangeClosed(-20, 20).mapToDouble(i -> i * step).boxed()
                    .min((one, other) -> Double.compare(at(Math.exp(one)), at(Math.exp(other)))).orElse(0.0);
            return Math.exp(SEARCH.smallest(log -> at(Math.exp(log)), grid - step, grid + step));
        }
    }
}
