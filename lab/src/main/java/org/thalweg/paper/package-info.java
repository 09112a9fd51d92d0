/** Tables of published papers, and a study's results laid beside them. */
package org.thalweg.paper;
