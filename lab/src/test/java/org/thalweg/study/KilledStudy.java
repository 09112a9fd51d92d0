package org.thalweg.study;

import java.io.IOException;
import java.nio.file.Path;

/** The process that {@link KillTest} kills: a study in the directory given, a line on standard output at its start. */
public final class KilledStudy {
    private KilledStudy() {}

    /** The small study, with enough training for kills to hit. */
    static StudyFile study() {
        return SmallStudy.file("finetune: {epochs: 2", "finetune: {epochs: 12");
    }

    /** Runs the study; exit code 0 when it is finished. */
    public static void main(String[] arguments) throws IOException {
        StudyFile study = study();
        StudyObserver started = new SmallStudy.Log() {
            @Override
            public void planned(long work) {
                System.out.println("started");
                System.out.flush();
            }
        };
        SmallStudy.run(study, Path.of(arguments[0]), 2, started);
        System.exit(0);
    }
}
