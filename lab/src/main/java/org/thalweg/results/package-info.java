/**
 * Everything a study reports, as records that do not know how it came about, and the files they are written to:
 * {@code results.json}, {@code table.csv}, {@code table.md}. A report can be rendered again from these records alone.
 */
package org.thalweg.results;
