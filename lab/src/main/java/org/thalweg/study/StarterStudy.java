package org.thalweg.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.failure.Nearest;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;

/** Study files to begin from: one for every gate, and the built-in studies of systems as they are. */
public final class StarterStudy {
    /** The built-in study that has every gate. */
    public static final String EVERY_GATE = "zoo-gates";

    private static final String SYSTEMS = "zoo-";

    private StarterStudy() {}

    /**
     * What there is a starter for.
     *
     * @return names of gates, then of built-in studies of systems
     */
    public static List<String> names() {
        List<String> names = new ArrayList<>(Gates.names());
        StudyReader.BUILT_IN.stream().filter(StarterStudy::isOfSystem).forEach(names::add);
        return names;
    }

    private static boolean isOfSystem(String name) {
        return name.startsWith(SYSTEMS) && !name.equals(EVERY_GATE);
    }

    /**
     * The text of a starter.
     *
     * @param name one of {@link #names}
     * @return YAML that reads back as a study
     * @throws WrongUse naming the nearest, when there is none of that name
     */
    public static String yaml(String name) {
        if (!names().contains(name)) {
            throw new WrongUse("there is no variant " + Shown.name(name) + ", the nearest is '"
                    + Nearest.to(name, names()) + "'; expected one of " + String.join(", ", names()) + ".");
        }
        if (isOfSystem(name)) {
            return StudyReader.builtIn(name);
        }
        StudyFile all = (StudyFile) StudyReader.read(EVERY_GATE);
        StudyFile own = new StudyFile(
                name + "-starter", Optional.of("Replicas with the gate " + name + " on one task, to begin from."),
                all.dataset(), all.trainPerClass(), all.testPerClass(), all.imageSize(), all.seed(), all.replicas(),
                all.points(), Optional.empty(), all.rankSample(), all.vit(), all.gpt2(), all.backbone(), all.texts(),
                all.pretrain(), all.finetune(),
                all.experiments().stream().filter(experiment -> experiment.gating().equals(name)).toList());
        return "# A study of the gate " + name + " with task and sizes of the built-in study " + EVERY_GATE
                + ", and with ranks.\n# Change what you like and run it by thalweg study run FILE; docs/studies.md has "
                + "all keys.\n" + StudyReader.toYaml(own);
    }
}
