/** The page a study is read on: one HTML file made from {@link org.thalweg.results} alone, which loads nothing. */
package org.thalweg.report;
