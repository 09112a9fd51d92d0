/** Searches for the smallest value of a function of one number. Depends on nothing. */
package org.thalweg.minimisation;
