/** Residual networks on vectors, whose blocks may be Mixture-of-Experts layers with one router for all of them. */
package org.thalweg.network.residual;
