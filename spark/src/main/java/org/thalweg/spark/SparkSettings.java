package org.thalweg.spark;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.thalweg.study.Cluster;

/**
 * How Spark is set up for steps. System properties {@code spark.*} of this virtual machine stand. Executors get the
 * options and variables that decide how libtorch computes, so that they compute as this process does.
 */
final class SparkSettings {
    private static final List<String> OPTIONS_PASSED_ON =
            List.of("--enable-native-access", "-Dorg.bytedeco.", "-Dai.djl.", "-DRUST_FLAVOR", "-XX:+UseSerialGC");
    private static final List<String> VARIABLES_PASSED_ON =
            List.of("MKL_", "OMP_", "OPENBLAS_", "THP_", "LC_ALL", "THALWEG_");
    private static final String DATA = "THALWEG_DATA";
    private static final String JAVA_OPTIONS = "spark.executor.extraJavaOptions";

    private SparkSettings() {}

    static SparkConf of(Cluster.Terms terms) {
        SparkConf conf = new SparkConf();
        conf.setMaster(terms.master());
        conf.setIfMissing("spark.app.name", "thalweg");
        conf.setIfMissing("spark.ui.enabled", "false");
        // Progress comes with heartbeats.
        conf.setIfMissing("spark.executor.heartbeatInterval", "2s");
        conf.setIfMissing("spark.executor.extraClassPath", System.getProperty("java.class.path"));
        conf.set("spark.task.cpus", Integer.toString(terms.options().threads()));
        conf.set(JAVA_OPTIONS, javaOptions(conf.get(JAVA_OPTIONS, "")));
        System.getenv().forEach((name, value) -> {
            if (VARIABLES_PASSED_ON.stream().anyMatch(name::startsWith)) {
                conf.setExecutorEnv(name, value);
            }
        });
        data().ifPresent(place -> conf.setExecutorEnv(DATA, place.toAbsolutePath().toString()));
        if (terms.master().startsWith(SparkCluster.LOCAL_CLUSTER)) {
            // Its executors start without an installation of Spark, which would say this.
            conf.setExecutorEnv("SPARK_SCALA_VERSION", "2.13");
            conf.setExecutorEnv("JAVA_HOME", System.getProperty("java.home"));
        }
        return conf;
    }

    /** Data sets beside the working directory, which executors do not have. */
    private static Optional<Path> data() {
        return Optional.ofNullable(System.getenv(DATA)).filter(value -> !value.isBlank()).map(Path::of)
                .or(() -> Optional.of(Path.of("data")).filter(Files::isDirectory));
    }

    private static String javaOptions(String given) {
        Stream<String> passedOn = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> OPTIONS_PASSED_ON.stream().anyMatch(argument::startsWith))
                .map(argument -> "\"" + argument + "\"");
        return Stream.of(Stream.of("-Dthalweg.spark.log=warn"), passedOn, Stream.of(given)).flatMap(options -> options)
                .filter(option -> !option.isBlank())
                .collect(Collectors.joining(" "));
    }
}
