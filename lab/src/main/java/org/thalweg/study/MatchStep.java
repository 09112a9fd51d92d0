package org.thalweg.study;

import java.io.IOException;
import org.thalweg.storage.DurableFile;

/** wip. */
public record MatchStep(String replicaA, String replicaB) implements Step {
    @Override
    public String kind() {
        return "match";
    }

    @Override
    public String label() {
        return label(replicaA, replicaB);
    }

    static String label(String a, String b) {
        return a + "-" + b.substring(b.lastIndexOf('r'));
    }

    @Override
    public long work(StudyData data) {
        return 1;
    }

    @Override
    public void run(StepContext context) throws IOException {
        DurableFile.writeText(context.output().resolve("x"), "x");
    }
}
