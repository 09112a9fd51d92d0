/**
 * The YAML language in which the symmetries of an architecture are written, and its binding to the tensors of one
 * checkpoint. Nothing here knows a family by name.
 */
package org.thalweg.symmetry.spec;
