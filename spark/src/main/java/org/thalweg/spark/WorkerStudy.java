package org.thalweg.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.study.StudyReader;
import org.thalweg.study.StudySteps;
import org.thalweg.tensor.Engine;

/**
 * A study's data and steps on a worker, read when the first step needs them. As a broadcast value there is one in each
 * executor; only the description travels.
 */
final class WorkerStudy implements Serializable {
    private final StudyWork work;
    private transient Optional<StudySteps> part;

    private WorkerStudy(StudyWork work, Optional<StudySteps> part) {
        this.work = work;
        this.part = part;
    }

    /** One whose data are there, for the driver, in which tasks run too when the master is local. */
    static WorkerStudy opened(StudyWork work, StudySteps part) {
        return new WorkerStudy(work, Optional.of(part));
    }

    private Object readResolve() {
        return new WorkerStudy(work, Optional.empty());
    }

    StudyWork work() {
        return work;
    }

    /**
     * The data and the steps on them.
     *
     * @throws WorkFailure when this machine has other data than the driver, or would compute otherwise
     */
    synchronized StudySteps part() {
        if (part.isEmpty()) {
            part = Optional.of(read());
        }
        return part.get();
    }

    private StudySteps read() {
        String arithmetic = Engine.arithmetic(work.options().threads(), work.options().device());
        if (!arithmetic.equals(work.expected().arithmetic())) {
            throw new WorkFailure("a worker computes with " + arithmetic + " (threads, BLAS, libtorch, system, "
                    + "device), but the driver with " + work.expected().arithmetic() + ", so results would differ; "
                    + "use machines of one kind with one installation.");
        }
        StudyWork.Source source = work.source();
        StudySteps found = StudySteps.load(StudyReader.parse(source.yaml(), "the study"), source.dataset(),
                Optional.of(source.place()).filter(place -> !place.equals(StudyWork.NO_PLACE)).map(Path::of));
        if (!found.data().digest().hex().equals(work.expected().data())) {
            throw new WorkFailure("a worker finds other data under the name " + source.dataset()
                    + " than the driver; give a directory that all machines see with --data.");
        }
        return found;
    }
}
