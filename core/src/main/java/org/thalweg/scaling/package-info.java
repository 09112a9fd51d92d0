/**
 * Scaling laws of language models with a Mixture of Experts (arXiv 2507.17702): how much compute such a model saves,
 * with which rate and batch it is trained, how compute is divided between model and data; and fits of the first to
 * measured runs. Pure arithmetic.
 *
 * <p>Letters: A is the activation ratio (active experts over all experts, shared ones counted in both), a fraction; G
 * is the granularity, twice the model's width over an expert's; M are the floating-point operations of one forward pass
 * for one token, without the embedding; D are tokens; C = M D is the compute, in FLOPs. Appendix C of the paper counts
 * three forward passes for training, its Equation 2 and Table 1 one; here it is one.
 */
package org.thalweg.scaling;
