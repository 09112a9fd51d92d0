/**
 * Studies on Apache Spark. The driver keeps the run's directory and its lock, and goes through the graph of steps as a
 * run on one machine does ({@link org.thalweg.study.GraphRun}); each step that has to be done is a job of one task. A
 * task is told the study, the name of the step and the addresses of its inputs, and finds all else itself: data sets
 * where the study says, artifacts in a directory that every machine sees or in a Hadoop file system.
 *
 * <p>{@link org.thalweg.spark.SparkCluster} is the way in, found as a service by the command line.
 */
package org.thalweg.spark;
