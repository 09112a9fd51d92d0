/**
 * Canonical forms: among all models that are one function, one that is chosen by a rule. Every form is an element of
 * the architecture's group, found from the weights, or a rewriting whose outputs are compared with the model's.
 */
package org.thalweg.canonical;
