/**
 * Alignments learned from data: the elements of a model's group are moved by gradients of the loss halfway between the
 * two models (arXiv 2506.22712, Algorithm 1, and its appendix D for matrices between orders).
 *
 * <p>{@code Latent} is what is learned in one space, {@code LatentSpaces} all of them, {@code LearnedMatcher} the loop.
 */
package org.thalweg.matching.learned;
