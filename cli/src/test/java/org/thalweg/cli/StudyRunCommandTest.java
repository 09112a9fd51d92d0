package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyRunCommandTest {
    private static final String TINY = """
            study: tiny
            dataset: fashion-mnist-subset
            train_per_class: 4
            test_per_class: 2
            seed: 1
            replicas: 2
            points: 3
            rank_up_to: 0
            vit: {patch: 14, residual: 8, heads: 2, feed_forward: 8}
            pretrain: {epochs: 1, batch: 20, optimiser: adamw, learning_rate: 0.001}
            finetune: {epochs: 1, batch: 20, optimiser: sgd, learning_rate: 0.001}
            experiments:
              - {layers: 1, moe_layers: first, gating: sparse, selected: 1, experts: 2}
            """;

    @TempDir
    private Path directory;

    @Test
    void printsOneDocumentAndTellsProgressOnTheOtherStream() throws IOException {
        Path file = Files.writeString(directory.resolve("tiny.yaml"), TINY);
        Path run = directory.resolve("run");
        Ran first = Ran.command("study", "run", file.toString(), "--out", run.toString(), "--json", "--workers", "1");
        assertThat(first.code()).as(first.err()).isZero();
        JsonNode results = first.document();
        assertThat(results.get("pairs")).hasSize(4);
        assertThat(first.err()).contains("thalweg: study 100.0 %").contains("img/s").doesNotContain("\r");
        assertThat(run.resolve("report.html")).exists();
        Ran again = Ran.command("study", "run", file.toString(), "--out", run.toString());
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("Functions checked to be unchanged").contains("report.html");
        assertThat(again.out()).doesNotContain("img/s");
        Ran report = Ran.command("study", "report", run.toString(), "--json");
        assertThat(Path.of(report.document().get("report").asText())).exists();
    }

    @Test
    void feedForwardNetworksAreDrawnAnewAndReportedAgain() throws IOException {
        Path file = Files.writeString(directory.resolve("anew.yaml"), """
                study: anew
                reinitialisation: vit
                dataset: fashion-mnist-subset
                train_per_class: 4
                test_per_class: 2
                seed: 1
                points: 3
                model: {residual: 8, layers: 2, heads: 2, feed_forward: 8, patch: 14}
                training: {epochs: 1, batch: 20, learning_rate: 0.001}
                finetune: {epochs: 1, batch: 20, learning_rate: 0.001}
                """);
        Path run = directory.resolve("run");
        Ran first = Ran.command("study", "run", file.toString(), "--out", run.toString(), "--json",
                "--prefix-memory", "1KiB", "--workers", "1");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.document().get("rows")).hasSize(2);
        assertThat(first.err()).containsOnlyOnce("layer 0, feed-forward network run once and what they make of 40 "
                + "examples, 0.0 MiB, is kept in a file, since memory may take 0.0 MiB.");
        Ran again = Ran.command("study", "run", file.toString(), "--out", run.toString());
        assertThat(again.out()).contains("| fashion-mnist-subset | 1 | ", "| paper: IMDB |", "Report: ");
        Files.delete(run.resolve("report.html"));
        Ran.command("study", "report", run.toString(), "--json").document();
        assertThat(run.resolve("report.html")).exists();
        Ran.command("study", "run", file.toString(), "--out", run.toString(), "--prefix-memory", "much")
                .failedWith(2, "--prefix-memory is 'much', expected a size such as 6GB or 1500MiB.");
    }

    @Test
    void aClusterIsRefusedWhereTheModuleForItIsNot() {
        String run = directory.resolve("run").toString();
        Ran.command("study", "run", "quickstart", "--out", run, "--spark", "local[2]")
                .failedWith(2, "--spark needs the module thalweg-spark");
        Ran.command("study", "run", "quickstart", "--out", run, "--artifacts", "hdfs://host/runs")
                .failedWith(2, "--artifacts is for machines of a cluster");
    }

    @Test
    void aBrokenResultsFileIsNamed() throws IOException {
        Path results = directory.resolve("results.json");
        Files.writeString(results, "{\"schema\": ");
        Ran.command("study", "report", directory.toString()).failedWith(1, results.toString());
    }
}
