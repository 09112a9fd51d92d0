package org.thalweg.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.DurableFile;
import org.thalweg.study.Cluster;
import org.thalweg.study.Machines;

/** Joins Apache Spark as the driver of an application. */
public final class SparkCluster implements Cluster {
    /** Begins the name of a master that starts workers itself, on this machine. */
    static final String LOCAL_CLUSTER = "local-cluster";

    private static final String HOME = "SPARK_HOME";

    @Override
    public Machines join(Terms terms) {
        if (terms.master().startsWith(LOCAL_CLUSTER)) {
            makeHome();
        }
        try {
            JavaSparkContext context = new JavaSparkContext(SparkSettings.of(terms));
            if (context.sc().isStopped()) {
                throw new WorkFailure("the Spark master " + Shown.name(terms.master())
                        + " does not answer; check its address, and that it runs.");
            }
            return new SparkMachines(context, terms);
        } catch (WorkFailure told) {
            throw told;
        } catch (Exception refused) {
            // Scala declares no exceptions, so a narrower type would not compile.
            String why = String.valueOf(refused.getMessage());
            if (why.contains("aster URL")) {
                throw new WrongUse("--spark is " + Shown.name(terms.master()) + ", expected a Spark master such as "
                        + "spark://HOST:7077, local[2] or local-cluster[2,1,2048].");
            }
            throw new WorkFailure("cannot start Spark with the master " + Shown.name(terms.master()) + ": "
                    + Shown.sentence(why).replaceFirst("\\.$", "") + "; check the master and the properties spark.* in "
                    + "THALWEG_JAVA_OPTIONS.", refused);
        }
    }

    /**
     * The workers of a local cluster work in an installation of Spark and ask for its jars. Here these are on the class
     * path, so that an empty directory will do.
     */
    private static void makeHome() {
        Path jars = Path.of(Optional.ofNullable(System.getenv(HOME)).filter(home -> !home.isBlank())
                .orElseThrow(() -> new WrongUse("a local cluster needs a directory to work in; name it by the variable "
                        + HOME + ", as the script thalweg does."))).resolve("jars");
        try {
            Files.createDirectories(jars);
        } catch (IOException refused) {
            throw DurableFile.failure(jars, refused);
        }
    }
}
