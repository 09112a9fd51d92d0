/**
 * Published Mixture-of-Experts systems, each at a size of minutes: networks, data made in the program, training, what
 * the authors claim, and how two replicas are matched. A system is a router, an expert or a placement of the one layer.
 */
package org.thalweg.zoo;
