package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.Permutation;
import org.thalweg.matching.Candidate;
import org.thalweg.matching.MatchedCandidates;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Network;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

class MatchedTextModelsProperties {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void aMatchedModelOfTextsIsTheSameFunctionAndAPlantedOneIsFound(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean classes = random.nextInt(4) == 0;
        StudyFile study = SmallTexts.file("window: 8",
                classes ? "window: 8, task: classes" : "window: " + random.nextInt(2, 9));
        StudyData data = SmallTexts.data(study, classes ? SmallTexts.opinions() : SmallTexts.verse());
        int layers = random.nextInt(1, 3);
        ObjectNode config = StudyNetwork.withExperts(Backbone.of(study, data).config(layers), experts(random, layers));
        try (Scope scope = Scope.open()) {
            Network network = StudyNetwork.of(config).network();
            Parameters a = draw(network, seed, 1);
            Parameters b = draw(network, seed, 2);
            // Replicas share all but their experts.
            ReplicaPair pair = new ReplicaPair(network, config, a, a.with(b.filter(name -> name.contains(".moe."))));
            MatchedCandidates found = pair.matcher().match();
            for (Candidate candidate : List.of(found.byGate(), found.byExpert())) {
                Parameters aligned = candidate.alignment().apply(pair.b());
                Verification verified = pair.checkUnchanged(aligned, data);
                assertThat(verified.maxAbsDifference()).isLessThan(1e-9);
            }
            refuseAChangedModel(pair, data);
            Alignment planted = pair.matcher().withExpertOrder(reversed(found)).alignment();
            ReplicaPair same = new ReplicaPair(network, config, a, planted.apply(a));
            MatchedCandidates back = same.matcher().match();
            for (Candidate candidate : List.of(back.byGate(), back.byExpert())) {
                Parameters returned = candidate.alignment().apply(same.b());
                for (String name : a.names()) {
                    assertThat(returned.get(name).toFloats()).as(name).isEqualTo(a.get(name).toFloats());
                }
            }
        }
    }

    /** A router of the other sign is another function. */
    private static void refuseAChangedModel(ReplicaPair pair, StudyData data) {
        String router = pair.network().routers().getFirst();
        Parameters turned = pair.b().mapNamed((name, tensor) -> name.equals(router)
                ? tensor.multiply(-1) : tensor);
        assertThatThrownBy(() -> pair.checkUnchanged(turned, data)).isInstanceOf(WorkFailure.class);
    }

    private static Permutation reversed(MatchedCandidates found) {
        int experts = found.byGate().layers().getFirst().experts().order().size();
        return new Permutation(IntStream.range(0, experts).map(i -> experts - 1 - i).toArray());
    }

    private static Parameters draw(Network network, long seed, int number) {
        return DeclaredTensor.draw(network.tensors().values(), Random.seeded(100 * seed + number));
    }

    private static VitConfig.MoeLayers experts(SplittableRandom random, int layers) {
        int count = random.nextInt(2, 5);
        int selected = random.nextInt(2, count + 1);
        Gating gating = switch (random.nextInt(3)) {
            case 0 -> new Gating.Dense();
            case 1 -> new Gating.Sparse(selected);
            default -> new Gating.DeepSeek(selected, random.nextInt(1, 3));
        };
        boolean all = random.nextBoolean();
        List<Integer> where = all ? IntStream.range(0, layers).boxed().toList() : List.of(random.nextInt(layers));
        return new VitConfig.MoeLayers(where, new MoeConfig(count, gating, List.of(random.nextInt(3, 9)),
                random.nextBoolean() ? UnitFunction.GELU : UnitFunction.RELU));
    }
}
