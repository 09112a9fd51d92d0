package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles, plans, lists of studies, and tables of a paper with a run beside them. */
class StudyTablesTest {
    private static final String TINY = """
            study: tiny
            dataset: fashion-mnist-subset
            train_per_class: 4
            test_per_class: 2
            seed: 1
            replicas: 3
            points: 3
            vit: {patch: 14, residual: 8, heads: 2, feed_forward: 8}
            pretrain: {epochs: 1, batch: 20, optimiser: adamw, learning_rate: 0.001}
            finetune: {epochs: 1, batch: 20, optimiser: sgd, learning_rate: 0.001}
            experiments:
              - {layers: 1, moe_layers: first, gating: sparse, selected: 1, experts: 2}
            profiles:
              paper: {replicas: 5}
              small: {}
            """;

    @TempDir
    private static Path directory;

    private static Path file;
    private static Path run;

    @BeforeAll
    static void runSmall() throws IOException {
        file = Files.writeString(directory.resolve("tiny.yaml"), TINY);
        run = directory.resolve("run");
        Ran ran = Ran.command("study", "run", file.toString(), "--out", run.toString(), "--json", "--workers", "1");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("in its profile 'small', since --profile names none; it has paper, small.");
        assertThat(ran.document().get("study").asText()).isEqualTo("tiny-small");
        assertThat(ran.document().get("orders")).hasSize(3);
    }

    @Test
    void aPlanSaysWhatIsLeftAndWhatIsThere() {
        JsonNode done = Ran.command("study", "plan", file.toString(), "--out", run.toString(), "--json").document();
        assertThat(done.get("studies").get(0).get("seconds").asDouble()).isZero();
        Ran more = Ran.command("study", "plan", file.toString(), "--profile", "paper", "--out", run.toString());
        assertThat(more.code()).as(more.err()).isZero();
        assertThat(more.err()).isEmpty();
        assertThat(more.out()).contains("tiny-paper in " + run)
                .containsPattern("finetune +5 +3 +2 +\\S+ \\S+ +measured")
                .containsPattern("measure +10 +3 +7 ").containsPattern("together about .* at once, and .* of disk");
    }

    @Test
    void aTableShowsThePapersFiguresAndOurs() {
        Ran table = Ran.command("study", "table", "table-9-10-11", "--out", run.toString());
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out()).contains("## Table 9:", "## Table 10:", "## Table 11:", "3.14 ± 0.55")
                .contains("| sparse(k=1) | 1 | 1 | 1 of 1 | 3 |").doesNotContain("There are no results");
        JsonNode document =
                Ran.command("study", "table", "table-9-10-11", "--out", run.toString(), "--json").document();
        JsonNode ours = document.get("tables").get(1).get("rows").get(36);
        assertThat(ours.get("numbers").get("naive_barrier").get("ours").get("mean").isNumber()).isTrue();
        Ran csv = Ran.command("study", "table", "table-9-10-11", "--out", run.toString(), "--csv");
        assertThat(csv.out().lines()).hasSize(2).first().asString()
                .endsWith("ratio_percent_mean,ratio_percent_sd,pairs");
    }

    @Test
    void withoutARunThePapersFiguresStandAlone() {
        Path nothing = directory.resolve("nothing");
        Ran table = Ran.command("study", "table", "table-7-8", "--out", nothing.toString());
        assertThat(table.code()).isZero();
        assertThat(table.out()).contains("## Table 7:").contains("There are no results in [" + nothing + "]");
        Ran.command("study", "table", "table-1").failedWith(2, "there is no published table for 'table-1'");
        Ran both = Ran.command("study", "table", "table-7-8", "--csv", "--json");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.document().get("error").asText()).contains("exclude each other");
    }

    @Test
    void aListRunsWhatItCanAndNamesWhatItCannot() throws IOException {
        Path lacking = Files.writeString(directory.resolve("lacking.yaml"),
                TINY.replace("fashion-mnist-subset", "cifar10"));
        Path list = Files.writeString(directory.resolve("list.yaml"),
                "study: both\nparts: [\"" + lacking + "\", \"" + file + "\"]\n");
        Path out = directory.resolve("both");
        Ran ran = Ran.command("study", "run", list.toString(), "--out", out.toString(), "--workers", "1", "--data",
                directory.resolve("no data").toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("cannot find the data set 'cifar10'")
                .contains("1 of 2 parts of both did not finish: " + lacking);
        assertThat(out.resolve("tiny").resolve("results.json")).exists();
        assertThat(Ran.command("study", "table", "table-9-10-11", "--out", out.toString()).out())
                .contains("| sparse(k=1) | 1 | 1 | 1 of 1 | 3 |");
        assertThat(Ran.command("study", "plan", list.toString(), "--out", out.toString()).out())
                .contains("cannot be planned: cannot find the data set 'cifar10'");
    }

    @Test
    void aNewStudyReadsBackAndIsNeverWrittenOverAnother() throws IOException {
        Path started = directory.resolve("started.yaml");
        Ran written = Ran.command("study", "new", "--moe", "deepseek-v3", "--out", started.toString());
        assertThat(written.code()).as(written.err()).isZero();
        assertThat(written.out()).startsWith("Study: " + started);
        assertThat(Files.readString(started)).startsWith("# A study of the gate deepseek-v3 ");
        assertThat(Ran.command("study", "plan", started.toString()).out()).contains("deepseek-v3-starter in ");
        assertThat(Ran.command("study", "new", "--moe", "mixtral").out()).contains("study: \"mixtral-starter\"");
        assertThat(Ran.command("study", "new", "--moe", "switch", "--json").document().get("study").asText())
                .isEqualTo("switch-starter");
        Ran.command("study", "new", "--moe", "switch", "--out", started.toString())
                .failedWith(1, started + " exists already; delete it or choose another place for the study.");
        Ran.command("study", "new", "--moe", "mixtrel")
                .failedWith(2, "there is no variant 'mixtrel', the nearest is 'mixtral'; expected one of dense,");
    }

    @Test
    void theTableOfTheZooTakesBarriersFromResultFiles() throws IOException {
        Path zoo = Files.createDirectory(directory.resolve("zoo"));
        Files.writeString(zoo.resolve("table.csv"), "system,claim,paper_value,our_value,our_sd,seeds,direction_holds,"
                + "naive_barrier,matched_barrier,ratio_percent\nmoe-pot,routes show the family,97.7 %,0.9,0.1,5,yes,"
                + "0.4,0.1,25\n");
        Ran table = Ran.command("study", "table", "zoo", "--out", zoo.toString(), "--out", run.toString());
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out()).contains("| 0.4000 | 0.1000 | 25.0 % |", "| Llama 4 | llama4 |")
                .doesNotContain("sparse(k=1)");
        assertThat(Ran.command("study", "table", "zoo", "--out", zoo.toString(), "--csv").out())
                .startsWith("kind,name,title,gate,group,cost,variant,naive_barrier,matched_barrier,ratio_percent");
        assertThat(Ran.command("study", "table", "zoo", "--out", zoo.toString(), "--json").document().get("claims"))
                .hasSize(1);
    }

    @Test
    void anUnknownProfileIsRefused() {
        Ran.command("study", "run", file.toString(), "--profile", "large").failedWith(2,
                "has no profile 'large', it has paper, small; choose one with --profile.");
    }
}
