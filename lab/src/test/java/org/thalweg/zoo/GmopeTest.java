package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Monitor;

class GmopeTest {
    private static final Gmope SYSTEM = new Gmope();

    @Test
    void theSameNumberGivesTheSameGraphAndFamiliesAreWhatTheySay() {
        for (GraphSource family : GraphSource.values()) {
            GraphSource.Drawn graph = family.draw(3, 24, 1);
            assertThat(family.draw(3, 24, 1).edges()).isDeepEqualTo(graph.edges());
            assertThat(family.draw(4, 24, 1).features()[0]).isNotEqualTo(graph.features()[0]);
            for (int i = 0; i < 24; i++) {
                assertThat(graph.edges()[i][i]).isFalse();
                for (int j = 0; j < 24; j++) {
                    assertThat(graph.edges()[i][j]).isEqualTo(graph.edges()[j][i]);
                }
            }
        }
        // 4 rows of 6: 4 · 5 edges along rows and 3 · 6 between them.
        assertThat(edges(GraphSource.GRID.draw(0, 24, 1))).isEqualTo(38);
        // 24 and at most 6 chords.
        assertThat(edges(GraphSource.RING.draw(0, 24, 1))).isBetween(24, 30);
        assertThat(edges(GraphSource.RING.draw(0, 24, 0))).isEqualTo(24);
        assertThat(shareWithin(GraphSource.HOMOPHILIC)).isGreaterThan(0.7);
        assertThat(shareWithin(GraphSource.HETEROPHILIC)).isLessThan(0.2);
    }

    private static int edges(GraphSource.Drawn graph) {
        return IntStream.range(0, graph.edges().length)
                .map(i -> (int) IntStream.range(0, i).filter(j -> graph.edges()[i][j]).count()).sum();
    }

    /** The share of edges inside blocks. */
    private static double shareWithin(GraphSource family) {
        double inside = 0;
        double all = 0;
        for (int number = 0; number < 20; number++) {
            GraphSource.Drawn graph = family.draw(number, 24, 1);
            for (int i = 0; i < 24; i++) {
                for (int j = 0; j < i; j++) {
                    all += graph.edges()[i][j] ? 1 : 0;
                    inside += graph.edges()[i][j] && graph.classes()[i] == graph.classes()[j] ? 1 : 0;
                }
            }
        }
        return inside / all;
    }

    @Test
    void linksThatAreAskedAboutAreNotSeenAndFeaturesAreAligned() {
        GraphData data = GraphData.of(settings(Map.of()));
        GraphData.Graphs graphs = data.links(false);
        assertThat(graphs.size()).isEqualTo(4 * 6);
        double squares = 0;
        for (int graph = 0; graph < graphs.size(); graph++) {
            float[] input = graphs.graphs().get(graph);
            long[] asked = graphs.answers().get(graph);
            int[] counts = new int[2];
            for (int pair = 0; pair < asked.length; pair++) {
                if (asked[pair] != Examples.IGNORED) {
                    counts[(int) asked[pair]]++;
                    assertThat(input[pair]).isZero();
                }
            }
            assertThat(counts[0]).isEqualTo(counts[1]).isPositive();
            if (graph < 6) {
                for (int i = 144; i < input.length; i++) {
                    squares += input[i] * input[i];
                }
            }
        }
        assertThat(squares / (6 * 12 * 8)).isCloseTo(1, within(1e-4));
    }

    @Test
    void oneNodeOfEachClassIsLabelledAndInTheTestAll() {
        GraphData data = GraphData.of(settings(Map.of()));
        for (long[] labels : data.classes(false).answers()) {
            assertThat(Arrays.stream(labels).filter(label -> label != Examples.IGNORED).sorted().toArray())
                    .containsExactly(0, 1, 2);
        }
        for (long[] labels : data.classes(true).answers()) {
            assertThat(labels).doesNotContain(Examples.IGNORED);
        }
    }

    @Test
    void trainingLowersTheLossesAndMeasuresAreFiniteAndBounded() {
        Settings settings = settings(Map.of());
        try (Scope scope = Scope.open()) {
            Map<String, Parameters> models = new LinkedHashMap<>();
            for (Variant variant : SYSTEM.variants(settings)) {
                List<Double> losses = new ArrayList<>();
                Parameters model = SYSTEM.train(variant, variant.from().map(models::get),
                        new SystemTraining(settings, 1, watching(losses)));
                models.put(variant.name(), model);
                assertThat(losses).hasSize((int) variant.steps());
                assertThat(losses.getLast()).as(variant.name()).isLessThan(losses.getFirst());
                Map<String, Double> measured = SYSTEM.measure(variant, model, settings);
                assertThat(measured.values()).allSatisfy(value -> assertThat(value).isFinite());
                for (String share : List.of("accuracy", "trained_share", "usage_entropy", "family_information",
                        "prompt_cosine")) {
                    Optional.ofNullable(measured.get(share))
                            .ifPresent(value -> assertThat(value).as(share).isBetween(0.0, 1.0 + 1e-6));
                }
                assertThat(SYSTEM.measure(variant, model, settings)).isEqualTo(measured);
            }
            onlyWhatIsSaidChanges(models.get("pretrained"), models.get("prompt-only"), ".*prompt");
            onlyWhatIsSaidChanges(models.get("pretrained"), models.get("head-only"), "none of the experts");
            Connection connection = SYSTEM.connection(settings);
            Parameters canonical = connection.canonical().apply(models.get("full"));
            assertThat(connection.loss().applyAsDouble(canonical))
                    .isCloseTo(connection.loss().applyAsDouble(models.get("full")), within(1e-5));
            assertThat(connection.architecture().space("experts").group().size()).isEqualTo(4);
        }
    }

    private static void onlyWhatIsSaidChanges(Parameters before, Parameters after, String pattern) {
        before.asMap().forEach((name, tensor) ->
                assertThat(after.get(name).sameAs(tensor)).as(name).isEqualTo(!name.matches(pattern)));
    }

    private static Monitor watching(List<Double> losses) {
        return new Monitor() {
            @Override
            public void stepDone(double loss) {
                losses.add(loss);
            }

            @Override
            public void resumedAfter(long steps) {
                assertThat(steps).isZero();
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
    }

    @Test
    void mutualInformationIsOneOfEqualPartsAndZeroOfIndependentOnes() {
        assertThat(Gmope.mutualInformation(new int[] {0, 0, 1, 1}, new int[] {1, 1, 0, 0})).isCloseTo(1, within(1e-12));
        assertThat(Gmope.mutualInformation(new int[] {0, 1, 0, 1}, new int[] {0, 0, 1, 1})).isCloseTo(0, within(1e-12));
        assertThat(Gmope.mutualInformation(new int[] {0, 0, 0, 0}, new int[] {0, 0, 1, 1})).isZero();
        // Entropies ln 2 and (3/2) ln 2, shared ln 2.
        assertThat(Gmope.mutualInformation(new int[] {0, 0, 1, 1}, new int[] {0, 0, 1, 2}))
                .isCloseTo(0.8, within(1e-12));
    }

    @Test
    void settingsThatMakeNoSystemAreRefusedInOneSentence() {
        String needs = "; of its edges one is predicted and another seen, and one pair has none; change "
                + "settings.density.";
        refused(Map.of("density", 0.0), "graph 0 of the family 'homophilic' has no edges" + needs);
        refused(Map.of("density", 1e6), "graph 0 of the family 'homophilic' has all edges there can be" + needs);
        refused(Map.of("nodes", 13.0), "settings.nodes is 13 but the grid has 4 rows of 2 nodes or more; choose a "
                + "multiple of 4 such as 24.");
        refused(Map.of("selected", 5.0), "settings.selected is 5 of settings.experts 4 but there are 2 experts or "
                + "more, and no more of them are selected than there are.");
        refused(Map.of("temperature", 0.0), "settings.temperature is 0.0 but must be a number above 0, infinite (.inf) "
                + "for equal weights.");
        refused(Map.of("embedding", 2.0), "a classifier of nodes has 2 classes or more and no more than the 2 numbers "
                + "of an embedding, not 3; make the embedding longer.");
        refused(Map.of("rate", -1.0), "settings.rate is -1.0 but must be a number from 0 on.");
    }

    private static void refused(Map<String, Double> changed, String sentence) {
        Settings settings = settings(changed);
        assertThatThrownBy(() -> SYSTEM.variants(settings)).isInstanceOf(WrongUse.class).hasMessage(sentence);
    }

    /** Small ones. */
    private static Settings settings(Map<String, Double> changed) {
        Map<String, Double> values = new LinkedHashMap<>(SYSTEM.defaults());
        values.putAll(Map.of("nodes", 12.0, "graphs", 6.0, "test_graphs", 5.0, "shots", 3.0, "epochs", 15.0,
                "tuning_steps", 20.0, "density", 1.5));
        values.putAll(changed);
        return new Settings(values);
    }
}
