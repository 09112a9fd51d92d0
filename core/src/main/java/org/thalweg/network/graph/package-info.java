/**
 * Mixtures of graph convolutions with prompts (GMoPE, arXiv 2511.03251): classes of nodes, and the prediction of links
 * by which experts are trained first and chosen.
 */
package org.thalweg.network.graph;
