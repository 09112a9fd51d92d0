/**
 * The registry of model families: what a {@code config.json} means, which network and which specification it has.
 * This is the only reader of configurations. Fields mean what the stock class of Hugging Face's transformers takes them
 * to mean, absent ones included; what is not computed here is refused in a sentence that names the field.
 *
 * <p>To add a decoder family, write its specification and one function that reads its configuration, and enter both in
 * {@link org.thalweg.family.Families}.
 */
package org.thalweg.family;
