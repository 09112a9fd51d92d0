package org.thalweg.spark;

import java.time.Duration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.thalweg.study.ArtifactStore;
import org.thalweg.study.Cluster;
import org.thalweg.study.GraphRun;
import org.thalweg.study.Machines;
import org.thalweg.study.StepData;
import org.thalweg.study.StepEngine;
import org.thalweg.study.Study;
import org.thalweg.study.StudyData;
import org.thalweg.study.StudyFile;
import org.thalweg.study.StudyReader;
import org.thalweg.study.StudySteps;
import org.thalweg.study.SystemData;
import org.thalweg.study.SystemStudy;
import org.thalweg.study.TransformerData;
import org.thalweg.tensor.Engine;

/** The executors of one Spark application, of which this process is the driver. */
final class SparkMachines implements Machines {
    /** Shorter than the wait of a command that is interrupted. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final JavaSparkContext context;
    private final Cluster.Terms terms;
    private final TaskWatch watch = new TaskWatch();

    SparkMachines(JavaSparkContext context, Cluster.Terms terms) {
        this.context = context;
        this.terms = terms;
        context.sc().addSparkListener(watch);
    }

    @Override
    public StepEngine engine(Study study, StepData data, ArtifactStore store) {
        Share share = terms.artifacts().<Share>map(place ->
                        new SharedFileSystem(place, new SerializableConfiguration(context.hadoopConfiguration())))
                .orElseGet(() -> new SharedDirectory(store.root().toAbsolutePath().toString()));
        StudyWork.Source source = new StudyWork.Source(StudyReader.toPortableYaml(study), dataset(study, data),
                terms.data().map(place -> place.toAbsolutePath().toString()).orElse(StudyWork.NO_PLACE));
        GraphRun.Options options = terms.options();
        StudyWork work = new StudyWork(source, share, options, new StudyWork.Expected(
                data.digest().hex(), Engine.arithmetic(options.threads(), options.device())));
        Broadcast<WorkerStudy> broadcast = context.broadcast(WorkerStudy.opened(work, StudySteps.of(study, data)));
        return new SparkEngine(context, broadcast, store, watch);
    }

    private static String dataset(Study study, StepData data) {
        return switch (data) {
            case StudyData _ -> ((StudyFile) study).dataset();
            case TransformerData set -> set.name();
            case SystemData _ -> ((SystemStudy) study).system();
        };
    }

    /** Lets tasks that were told to stop save their state first. */
    @Override
    public void close() {
        if (!context.sc().isStopped()) {
            watch.awaitEnd(PATIENCE);
        }
        context.close();
    }
}
