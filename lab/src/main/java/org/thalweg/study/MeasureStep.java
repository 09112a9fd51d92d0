package org.thalweg.study;

/** wip. */
public record MeasureStep(String label, int points, int rankUpTo) implements Step {
    @Override
    public String kind() {
        return "measure";
    }

    @Override
    public long work(StudyData data) {
        return 1;
    }

    @Override
    public void run(StepContext context) {
    }
}
