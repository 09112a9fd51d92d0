package org.thalweg.study;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** A way to many machines, which a module of its own brings: the command line finds it as a service. */
public interface Cluster {
    /**
     * What a run asks of a cluster.
     *
     * @param master where the cluster is
     * @param options threads of each operation, and how often trainings are saved
     * @param data where the data set's files are, when the user says so
     * @param artifacts a directory of a file system that all machines see, when they do not see the run's own
     */
    record Terms(String master, GraphRun.Options options, Optional<Path> data, Optional<URI> artifacts) {}

    /**
     * Joins the cluster.
     *
     * @param terms where it is and what is asked of it
     * @return its machines, to be closed
     * @throws org.thalweg.failure.WrongUse when there can be no such cluster
     * @throws org.thalweg.failure.WorkFailure when it does not answer
     */
    Machines join(Terms terms);
}
