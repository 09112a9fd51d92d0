/** The check that two models are one function, by running both in float64 on the same inputs. */
package org.thalweg.equivalence;
