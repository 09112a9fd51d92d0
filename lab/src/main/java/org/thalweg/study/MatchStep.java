package org.thalweg.study;

/** wip. */
public record MatchStep(String label) implements Step {
    @Override
    public String kind() {
        return "match";
    }

    @Override
    public long work(StudyData data) {
        return 1;
    }

    @Override
    public void run(StepContext context) {
    }
}
