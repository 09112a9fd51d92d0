/**
 * Images with labels: where they come from, how they are read and checked, and what they are called by content. Text
 * and its tokens.
 *
 * <p>A file is never trusted: sizes in headers are compared with the bytes that are there before memory is taken,
 * packed files may grow only to a stated bound, and what does not fit is refused in one sentence. Array shapes in
 * this package use the letters {@code n} images, {@code channels}, {@code height} and {@code width}; pixels are
 * stored as unsigned bytes and read as {@code v / 255} in {@code [0, 1]}.
 */
package org.thalweg.data;
