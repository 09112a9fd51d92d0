/** Experts of unequal precision under one router with Monte Carlo dropout (arXiv 2511.11743). */
package org.thalweg.network.quantised;
