package org.thalweg.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.results.MadeUpResults;
import org.thalweg.results.Method;
import org.thalweg.results.Setting;
import org.thalweg.results.StudyResults;
import org.thalweg.zoo.MoeSystem;
import org.thalweg.zoo.MoeSystems;

class ZooTableTest {
    private static final String HEADER = "system,claim,paper_value,our_value,our_sd,seeds,direction_holds,"
            + "naive_barrier,matched_barrier,ratio_percent\n";

    @TempDir
    private Path directory;

    @Test
    void everyGateAndEverySystemHasARow() {
        assertThat(ZooTable.names()).contains("dense", "sparse", "deepseek").containsAll(MoeModel.labels())
                .containsAll(MoeSystems.all().stream().map(MoeSystem::name).toList()).doesNotHaveDuplicates();
        assertThat(ZooTable.of(List.of(), List.of()).csv().lines()).hasSize(1 + ZooTable.names().size());
    }

    @Test
    void measuredBarriersStandBesideTheGroupsOfTheirGates() {
        StudyResults study = MadeUpResults.of(
                new Setting("fashion-mnist-subset", "deepseek-v3(k=2,s=1,g=1of2)", 2, "1", 8));
        double naive = study.rows().getFirst().barriers().get(Method.NAIVE).mean().orElseThrow();
        double ratio = study.rows().getFirst().bestRatioPercent().orElseThrow();
        List<String> lines = ZooTable.of(List.of(study), List.of()).lines();
        assertThat(lines).filteredOn(line -> line.contains("deepseek-v3(k=2,s=1,g=1of2), n = 8")).hasSize(1)
                .allMatch(line -> line.contains("R (the correction) × (S_m ≀ S_G)")
                        && line.contains(String.format(Locale.ROOT, "| %.4f", naive))
                        && line.contains(String.format(Locale.ROOT, "%.1f %%", ratio)));
        assertThat(lines).filteredOn(line -> line.startsWith("| Mixtral")).hasSize(1)
                .allMatch(line -> line.endsWith("|  |  |  |"));
    }

    @Test
    void systemsStandWithTheirBarriersAndClaims() throws IOException {
        Path file = directory.resolve("table.csv");
        Files.writeString(file, HEADER
                + "omni-router,\"loss, Omni minus Switch\",-8.2 %,0.008,0.02,5,not shown,0.5,0.1,20\n"
                + "omni-router,agreement between layers,not given,0.21,0.01,5,yes,,,\n");
        ZooTable table = ZooTable.of(List.of(), ZooTable.systems(file));
        assertThat(table.lines()).anyMatch(line -> line.startsWith("| Omni-Router (arXiv 2507.05724) | [omni-router]")
                && line.endsWith("| 0.5000 | 0.1000 | 20.0 % |"));
        assertThat(table.lines()).contains(
                "| omni-router | loss, Omni minus Switch | -8.2 % | 0.0080 ± 0.0200 | 5 | not shown |");
        assertThat(table.csv().lines().filter(line -> line.startsWith("system,omni-router,"))).hasSize(1)
                .allMatch(line -> line.endsWith(",0.5,0.1,20.0"));
    }

    @Test
    void anotherFileAndATextInPlaceOfANumberAreRefused() throws IOException {
        Path file = directory.resolve("table.csv");
        Files.writeString(file, "dataset,method\n");
        assertThatThrownBy(() -> ZooTable.systems(file)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("is no table of systems: its first line is not system,claim,");
        Files.writeString(file, HEADER + "omni-router,a,b,1,1,5,yes,much,0.1,20\n");
        assertThatThrownBy(() -> ZooTable.systems(file)).isInstanceOf(WorkFailure.class)
                .hasMessageEndingWith("line 2: the column naive_barrier is 'much', expected a number or nothing.");
        Files.writeString(file, HEADER + "omni-router,a\n");
        assertThatThrownBy(() -> ZooTable.systems(file)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("line 2: the column paper_value is missing");
    }
}
