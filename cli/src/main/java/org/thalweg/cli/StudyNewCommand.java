package org.thalweg.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;
import org.thalweg.study.StarterStudy;
import org.thalweg.study.StudyReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thalweg study new}: a study file to begin from. */
@Command(
        name = "new",
        description = "Write a study file to begin from.",
        mixinStandardHelpOptions = true)
public final class StudyNewCommand implements Callable<Integer> {
    @Option(names = "--moe", paramLabel = "VARIANT", required = true,
            description = "The Mixture of Experts: a gate, such as mixtral, or a built-in study of a system.")
    private String variant;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write it; printed when absent.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--json", description = "Print one JSON document: the study, or where it was written.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String yaml = StarterStudy.yaml(variant);
        out.ifPresent(file -> {
            if (Files.exists(file)) {
                throw new WorkFailure(file + " exists already; delete it or choose another place for the study.");
            }
            DurableFile.writeText(file, yaml);
        });
        Answer.print(spec.commandLine().getOut(), json,
                () -> out.<Map<String, Object>>map(file -> Map.of("study", file.toAbsolutePath().toString()))
                        .orElseGet(() -> StudyReader.parse(yaml, variant).toMap()),
                () -> out.map(file -> List.of("Study: " + file.toAbsolutePath()))
                        .orElseGet(() -> yaml.strip().lines().toList()));
        return 0;
    }
}
