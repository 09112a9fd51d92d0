package org.thalweg.zoo;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.network.Role;
import org.thalweg.network.birdseye.BirdsEye;
import org.thalweg.network.birdseye.BirdsEyeScene;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Measures a network of two agents on scenes, without noise.
 *
 * @param network the network
 * @param scenes that no training saw
 */
record UniMmMeasures(BirdsEye network, UniMmScenes scenes) {
    /** Straight ways of an ego vehicle that enters in the middle of one side: drift and advance of a step. */
    private static final double[][] WAYS = Arrays.stream(new double[] {3, 2, 1, 0}).boxed()
            .flatMap(advance -> Arrays.stream(new double[] {0, -0.75, 0.75})
                    .mapToObj(drift -> new double[] {drift, advance}))
            .toArray(double[][]::new);
    /** What drift and delay cost beside an encounter. */
    private static final double DISCOMFORT = 0.125;
    private static final double ENCOUNTER = 1.2;
    /** Objects on by whose manoeuvre takes the place of the right one, for what chance would share. */
    private static final int SHIFTS = 10;

    /** The numbers by name. */
    Map<String, Double> of(Parameters model) {
        try (Scope scope = Scope.open()) {
            BirdsEyeScene scene = scenes.scene();
            SeenRouting seen = SeenRouting.of(network, model, scenes);
            Map<String, Double> numbers = new LinkedHashMap<>();
            Tensor occupied = seen.labels().narrow(1, 0, scene.cells());
            Tensor claimed = Functions.clamp(seen.outputs().narrow(1, 0, scene.cells()).multiply(1e30), 0, 1);
            numbers.put("occupancy_f1", 2 * claimed.multiply(occupied).to(DType.FLOAT64).sum().item()
                    / claimed.add(occupied).to(DType.FLOAT64).sum().item());
            UniMmLoss.Trajectories modes = UniMmLoss.Trajectories.predicted(scene, seen.outputs());
            UniMmLoss.Trajectories truth = UniMmLoss.Trajectories.right(scene, seen.labels());
            Tensor errors = modes.distances(truth); // [objects modes horizon]
            numbers.put("min_ade", UniMmLoss.best(errors.mean(2, false)).item());
            numbers.put("min_fde", UniMmLoss.best(errors.select(2, scene.horizon() - 1)).item());
            long[] planned = plans(modes);
            long[] right = plans(truth);
            numbers.put("planning_error", IntStream.range(0, planned.length).mapToDouble(i -> {
                double[] one = WAYS[(int) planned[i]];
                double[] other = WAYS[(int) right[i]];
                return Math.hypot(one[0] - other[0], one[1] - other[1]) * (scene.horizon() + 1) / 2.0;
            }).average().orElseThrow());
            for (String block : List.of("encoder", "decoder")) {
                int[] routes = routes(seen, block);
                numbers.put(block + "_nmi", information(routes, 0));
                numbers.put(block + "_nmi_by_chance", IntStream.rangeClosed(1, SHIFTS)
                        .mapToDouble(shift -> information(routes, shift)).average().orElseThrow());
            }
            return numbers;
        }
    }

    /**
     * For each scene the way that costs least: delay, drift, and where objects are expected, over all steps and modes
     * by probability.
     */
    private long[] plans(UniMmLoss.Trajectories expected) {
        BirdsEyeScene scene = scenes.scene();
        Tensor probabilities = Functions.softmax(expected.scores(), 1); // [objects modes]
        return Tensor.stack(Arrays.stream(WAYS).map(way -> {
            double[] places = IntStream.range(0, 2 * scene.horizon()).mapToDouble(i -> i % 2 == 0
                    ? scene.side() / 2.0 + way[0] * (i / 2 + 1) : scene.side() - 1 - way[1] * (i / 2 + 1)).toArray();
            Tensor apart = expected.places()
                    .subtract(Tensor.of(places, 1, 1, scene.horizon(), 2).to(expected.places().dtype()));
            Tensor met = Functions.exp(apart.multiply(apart).sum(3, false)
                    .multiply(-1 / (2 * ENCOUNTER * ENCOUNTER))).sum(2, false).multiply(probabilities).sum(1, false);
            return met.reshape(-1, scene.objects()).sum(1, false).multiply(-1)
                    .add(DISCOMFORT * (way[1] - Math.abs(way[0]))); // [scenes]
        }).toList(), 0).argmax(0).toLongs();
    }

    /** The encoder's route of the patch where each object is, or the decoder's of each object; none without experts. */
    private int[] routes(SeenRouting seen, String block) {
        int number = block.equals("encoder") ? 0 : 1;
        int place = network.routers().indexOf(network.names().of(Role.ROUTER, number));
        BirdsEyeScene scene = scenes.scene();
        return place < 0 ? new int[0] : IntStream.range(0, scenes.manoeuvres().length).map(object -> {
            double x = scenes.places()[2 * object];
            int patch = scene.patchAt(x, scenes.places()[2 * object + 1]);
            int row = (scene.agentAt(x) * scenes.size() + object / scene.objects()) * scene.patches() + patch;
            return seen.first().get(place)[number == 0 ? row : object];
        }).toArray();
    }

    /** Of routes and manoeuvres of objects so many places on; 0 without experts, since one route tells nothing. */
    private double information(int[] routes, int shift) {
        int[] manoeuvres = scenes.manoeuvres();
        return routes.length == 0 ? 0 : SeenRouting.mutualInformation(routes, IntStream.range(0, routes.length)
                .map(i -> manoeuvres[(i + shift) % manoeuvres.length]).toArray());
    }
}
