/**
 * Checkpoints: safetensors files and the Hugging Face directories around them.
 *
 * <p>Files come from strangers. Whatever they contain, reading them ends in tensors or in one sentence
 * ({@link org.thalweg.failure.WorkFailure}) that names the file, the tensor, what was expected and what was found;
 * memory beyond the mapped file grows with the header only, never with a number written in it. Nothing here loads
 * libtorch until a {@link org.thalweg.tensor.Tensor} is asked for, so looking at a checkpoint is immediate.
 *
 * <p>Contents: {@link org.thalweg.checkpoint.SafetensorsFile} (one mapped file), {@link
 * org.thalweg.checkpoint.SafetensorsWriter} (one file, streamed), {@link org.thalweg.checkpoint.Checkpoint} (a
 * directory with {@code config.json} and one file or shards), {@link org.thalweg.checkpoint.CheckpointWriter} (a
 * directory that appears whole or not at all).
 */
package org.thalweg.checkpoint;
