package org.thalweg.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.study.ArtifactStore;
import org.thalweg.study.ReinitialisationStudy;
import org.thalweg.study.StepData;
import org.thalweg.study.Study;
import org.thalweg.study.StudyData;
import org.thalweg.study.StudyFile;
import org.thalweg.study.StudyList;
import org.thalweg.study.StudyPlan;
import org.thalweg.study.StudyReader;
import org.thalweg.study.SystemStudy;
import org.thalweg.study.TransformerData;
import org.thalweg.study.TransformerStudy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg study plan}: what a run would do, before it does it. */
@Command(
        name = "plan",
        description = "Say what a run of a study would compute, about how long and how much disk it takes, and what is "
                + "already there.",
        mixinStandardHelpOptions = true)
public final class StudyPlanCommand implements Callable<Integer> {
    @Parameters(paramLabel = "STUDY", description = "A built-in study, such as table-9-10-11, or a study file (YAML).")
    private String study;

    @Option(names = "--profile", paramLabel = "NAME",
            description = "Of a study with profiles, the one to plan, such as paper; small when absent.")
    private Optional<String> profile = Optional.empty();

    @Option(names = "--data", paramLabel = "DIR", description = "Where the data set's files are.")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--out", paramLabel = "DIR", description = "The run's directory, as for study run.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--workers", paramLabel = "N", description = "Steps at once; the number of processors when absent.")
    private Optional<Integer> workers = Optional.empty();

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads of each tensor operation, ${DEFAULT-VALUE} when absent.")
    private int threads;

    @Option(names = "--json", description = "Print one JSON document and nothing else.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** What is planned for one study, or why nothing can be. */
    private record Part(String study, Path run, Optional<StudyPlan> plan, Optional<String> refused) {}

    @Override
    public Integer call() {
        WholeNumbers.requireAtLeast("--workers", 1, workers.orElse(1));
        WholeNumbers.requireAtLeast("--threads", 1, threads);
        Study read = StudyReader.read(study, profile);
        PrintWriter errors = spec.commandLine().getErr();
        ProfileNote.print(errors, study, profile);
        List<Part> parts = new ArrayList<>();
        if (read instanceof StudyList list) {
            Path directory = out.orElse(StudyPlaces.ofList(list, profile));
            for (String name : list.parts()) {
                Path run = StudyPlaces.ofPart(directory, name);
                try {
                    parts.add(part(StudyPlaces.part(name, profile), run));
                } catch (WorkFailure missing) {
                    parts.add(new Part(name, run, Optional.empty(), Optional.of(missing.getMessage())));
                }
            }
        } else {
            parts.add(part(read, out.orElse(Path.of("runs", read.study()))));
        }
        Answer.print(spec.commandLine().getOut(), json, () -> document(parts), () -> lines(parts));
        return 0;
    }

    private Part part(Study read, Path run) {
        ArtifactStore store = new ArtifactStore(run.resolve("artifacts"));
        List<StudyPlan.Line> lines = new ArrayList<>();
        for (StepData set : sets(read)) {
            lines.addAll(StudyPlan.of(read, set, store, threads).lines());
        }
        return new Part(read.study(), run, Optional.of(new StudyPlan(lines)), Optional.empty());
    }

    private List<? extends StepData> sets(Study read) {
        return switch (read) {
            case SystemStudy file -> List.of(file.data());
            case StudyFile file -> List.of(StudyData.load(file, data));
            case TransformerStudy file -> TransformerData.loadAll(file, data);
            case ReinitialisationStudy file -> TransformerData.loadAll(file.trained(), data);
            case StudyList list -> throw new WrongUse("the study " + list.study() + " is a list of studies and "
                    + "cannot be a part of another; name its parts there.");
        };
    }

    private int atOnce() {
        return workers.orElse(Runtime.getRuntime().availableProcessors());
    }

    private List<String> lines(List<Part> parts) {
        List<String> lines = new ArrayList<>();
        for (Part part : parts) {
            lines.add(part.study + " in " + part.run);
            part.refused.ifPresent(sentence -> lines.add("  cannot be planned: " + sentence));
            part.plan.ifPresent(plan -> {
                lines.add(String.format(Locale.ROOT, "  %-10s %7s %7s %7s %14s  %-10s %10s",
                        "step", "all", "there", "to do", "time", "by", "disk"));
                plan.lines().forEach(line -> lines.add(String.format(Locale.ROOT,
                        "  %-10s %7d %7d %7d %14s  %-10s %10s", line.kind(), line.steps(), line.there(),
                        line.steps() - line.there(),
                        line.basis() == StudyPlan.Basis.UNKNOWN ? "" : time(line.seconds()),
                        line.basis().name().toLowerCase(Locale.ROOT), size(line.bytes()))));
                boolean isWhole = plan.lines().stream().noneMatch(line -> line.basis() == StudyPlan.Basis.UNKNOWN);
                lines.add("  together about " + (isWhole ? "" : "(as far as it is known) ")
                        + time(plan.seconds() / atOnce()) + " with " + atOnce()
                        + (atOnce() == 1 ? " step" : " steps") + " at once, and " + size(plan.bytes()) + " of disk");
            });
        }
        lines.add("Measured: by the seconds of finished steps of the same kind here. Timed: by multiply-adds and a"
                + " short timing of the network on this machine. Unknown: until the first step of the kind is finished."
                + " Trainings that stop early take less.");
        return lines;
    }

    private Map<String, Object> document(List<Part> parts) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Part part : parts) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("study", part.study);
            one.put("run", part.run.toString());
            part.refused.ifPresent(sentence -> one.put("refused", sentence));
            part.plan.ifPresent(plan -> {
                one.put("steps", plan.lines().stream().map(StudyPlanCommand::document).toList());
                one.put("seconds", plan.seconds());
                one.put("seconds_with_workers", plan.seconds() / atOnce());
                one.put("bytes", plan.bytes());
            });
            all.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("workers", atOnce());
        document.put("threads", threads);
        document.put("studies", all);
        return document;
    }

    private static Map<String, Object> document(StudyPlan.Line line) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("kind", line.kind());
        document.put("steps", line.steps());
        document.put("there", line.there());
        document.put("seconds", line.seconds());
        document.put("basis", line.basis().name().toLowerCase(Locale.ROOT));
        document.put("bytes", line.bytes());
        return document;
    }

    private static String time(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.0f s", Math.ceil(seconds));
        }
        double minutes = seconds / 60;
        return minutes < 120 ? String.format(Locale.ROOT, "%.0f min", minutes)
                : String.format(Locale.ROOT, "%.1f h", minutes / 60);
    }

    private static String size(long bytes) {
        return bytes < 1 << 20 ? Math.ceilDiv(bytes, 1 << 10) + " KiB"
                : String.format(Locale.ROOT, "%,d MiB", Math.ceilDiv(bytes, 1 << 20));
    }
}
