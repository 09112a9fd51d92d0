/**
 * Studies: a file says what to train, match and measure; it becomes a graph of steps whose results are kept by the
 * content they were made from, so that nothing finished is done twice, whatever was killed in between.
 *
 * <p>{@link org.thalweg.study.StudyFile} is what the user writes, {@link org.thalweg.study.StudyGraph} the steps that
 * follow from it, {@link org.thalweg.study.Step} one of them (serialisable, a pure function of its inputs' content),
 * {@link org.thalweg.study.ArtifactStore} where results are kept, {@link org.thalweg.study.StudyRun} one run on this
 * machine.
 */
package org.thalweg.study;
