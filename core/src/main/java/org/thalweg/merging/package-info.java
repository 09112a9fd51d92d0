/** Formulas by which tensors of several models become one, and the configuration files that name them. */
package org.thalweg.merging;
