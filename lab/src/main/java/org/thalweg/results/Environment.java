package org.thalweg.results;

/**
 * Where a study ran, in what does not change from run to run on one machine.
 *
 * @param machine operating system and architecture
 * @param cores how many processors the virtual machine sees
 * @param jdk the Java version
 * @param blas the linear algebra library and its version
 * @param threads how many threads the tensor library used
 */
public record Environment(String machine, int cores, String jdk, String blas, int threads) {}
