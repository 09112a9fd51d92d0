/**
 * Models as practitioners have them: Hugging Face directories, bound to the specification of their family and, where
 * one is built in, to their network. Moving them along their symmetries, aligning them, comparing them as functions.
 */
package org.thalweg.model;
