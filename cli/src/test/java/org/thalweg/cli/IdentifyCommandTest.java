package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class IdentifyCommandTest {
    private static final VitConfig CONFIG = config(List.of(1));
    private static final String MOE = "vit.encoder.layer.1.moe.";
    private static final int[] TAU = {2, 0, 1};

    @TempDir
    private Path directory;

    private Scope scope;

    private static VitConfig config(List<Integer> layers) {
        MoeConfig moe = new MoeConfig(3, new Gating.Dense(), List.of(5), UnitFunction.RELU);
        return new VitConfig(new ImageSize(1, 4, 4), 2, 8, 2, 2, 6, 3,
                Optional.of(new VitConfig.MoeLayers(layers, moe)));
    }

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Parameters model(VitConfig config, long seed) {
        return VitFamily.network(config).initialise(Random.seeded(seed));
    }

    private String write(String name, ObjectNode config, Parameters model) {
        Path place = directory.resolve(name);
        Checkpoint.write(place, config, model, Map.of());
        return place.toString();
    }

    private String write(String name, Parameters model) {
        return write(name, CONFIG.toJson(), model);
    }

    /** Expert i of the result is expert τ(i); every gate row is shifted by a half in each coordinate, bias by −2. */
    private static Parameters moved(Parameters model) {
        return model.mapNamed((name, tensor) -> {
            if (name.equals(MOE + "gate.weight")) {
                return tensor.indexSelect(0, Tensor.indices(TAU)).add(0.5);
            }
            if (name.equals(MOE + "gate.bias")) {
                return tensor.indexSelect(0, Tensor.indices(TAU)).add(-2);
            }
            if (name.startsWith(MOE + "experts.")) {
                String rest = name.substring((MOE + "experts.").length());
                return model.get(MOE + "experts." + TAU[rest.charAt(0) - '0'] + rest.substring(1));
            }
            return tensor;
        });
    }

    @Test
    void findsThePlantedGroupElement() {
        Parameters model = model(CONFIG, 1);
        String a = write("a", model);
        String b = write("b", moved(model));
        Ran ran = Ran.command("identify", a, b, "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        JsonNode document = ran.document();
        assertThat(document.get("verdict").asText()).isEqualTo("related");
        assertThat(document.get("tau").toString()).isEqualTo("[2,0,1]");
        assertThat(document.get("c_w_norm").asDouble()).isCloseTo(Math.sqrt(8 * 0.25), within());
        assertThat(document.get("c_b").asDouble()).isCloseTo(-2, within());
        assertThat(document.get("hidden_units_related").asBoolean()).isTrue();
        assertThat(document.get("layer_a").asInt()).isEqualTo(2);
        assertThat(document.at("/residuals/experts").asDouble()).isLessThan(1e-5);
        assertThat(document.get("failed_assumptions")).isEmpty();
        assertThat(Ran.command("identify", a, b, "--layer", "2").out())
                .contains("Related").contains("tau = [2, 0, 1]").contains("|c_W| = 1.41421, c_b = -2");
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-4);
    }

    @Test
    void otherLayersAreUnrelatedAndTheExitCodeSaysSo() {
        String a = write("a", model(CONFIG, 1));
        String b = write("b", model(CONFIG, 2));
        Ran ran = Ran.command("identify", a, b, "--json");
        assertThat(ran.code()).isOne();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.document().get("verdict").asText()).isEqualTo("unrelated");
        assertThat(ran.document().get("why").asText()).startsWith("The outputs differ");
        assertThat(Ran.command("identify", a, b).out()).startsWith("Unrelated: The outputs differ");
    }

    @Test
    void coincidingExpertsLeaveEqualLayersUnrelated() {
        Parameters model = model(CONFIG, 1);
        Parameters same = model.mapNamed((name, tensor) -> name.startsWith(MOE + "experts.")
                ? model.get(name.replaceFirst("experts\\.\\d", "experts.0"))
                : tensor);
        Parameters otherGate = same.mapNamed(
                (name, tensor) -> name.equals(MOE + "gate.weight") ? tensor.multiply(tensor) : tensor);
        Ran ran = Ran.command("identify", write("a", same), write("b", otherGate), "--json");
        assertThat(ran.code()).isOne();
        assertThat(ran.document().get("verdict").asText()).isEqualTo("equal_but_unrelated");
        assertThat(ran.document().get("failed_assumptions").toString())
                .contains("In the first layer experts 0 and 1 are the same function (Theorem B.5, assumption 1).");
    }

    @Test
    void asksWhichLayerIsMeant() {
        VitConfig both = config(List.of(0, 1));
        String a = write("a", both.toJson(), model(both, 1));
        Ran.command("identify", a, a).failedWith(2, a, "layers 1, 2", "--layer");
        assertThat(Ran.command("identify", a, a, "--layer", "1").code()).isZero();
        String single = write("single", model(CONFIG, 1));
        Ran.command("identify", single, single, "--layer", "1").failedWith(2, "layer 1 of " + single, "experts: 2.");
        Ran.command("identify", single, single, "--layer", "0").failedWith(2, "--layer is 0");
        Ran.command("identify", single, single, "--tolerance", "2").failedWith(2, "--tolerance is 2");
        Ran.command("identify", single, single, "--probes", "2000000000")
                .failedWith(2, "--probes is 2000000000, expected at most ");
    }

    @Test
    void saysWhatIsWrongWithACheckpoint() {
        VitConfig dense = CONFIG.withoutExperts();
        String plain = write("plain", dense.toJson(), model(dense, 1));
        Ran.command("identify", plain, plain).failedWith(1, plain, "no 'moe'");
        ObjectNode many = CONFIG.toJson();
        ((ObjectNode) many.get("moe")).put("num_experts", 2_000_000_000);
        String madeUp = write("made up", many, model(CONFIG, 1));
        Ran.command("identify", madeUp, madeUp)
                .failedWith(1, madeUp, "'moe.num_experts' must be a whole number from 1 to ", "found 2000000000");
        ((ObjectNode) many.get("moe")).put("num_experts", 16_000_000);
        String other = write("many", many, model(CONFIG, 1));
        Ran.command("identify", other, other)
                .failedWith(1, other, "'" + MOE + "gate.weight' should be [16000000, 8]", "found [3, 8]");
        Parameters holed = model(CONFIG, 1).filter(name -> !name.equals(MOE + "experts.2.dense.1.bias"));
        String hole = write("hole", holed);
        Ran.command("identify", hole, hole).failedWith(1, MOE + "experts.2.dense.1.bias", "no such tensor");
        Parameters broken = model(CONFIG, 1).mapNamed((name, tensor) ->
                name.equals(MOE + "gate.bias") ? tensor.multiply(Double.NaN) : tensor);
        String nan = write("nan", broken);
        Ran.command("identify", nan, nan).failedWith(1, nan, MOE + "gate.bias", "NaN");
    }
}
