package org.thalweg.results;

import java.io.Serializable;

/**
 * What pairs must have in common to be averaged: one row of a table.
 *
 * @param dataset the data set's name
 * @param variant the gate: {@code dense}, {@code sparse}, {@code deepseek}, with its numbers where a study has
 *     several
 * @param layers how many Transformer layers the network has
 * @param moeLayer which layers hold an MoE, counted from 1, joined by {@code +}, such as {@code 1} or {@code 1+3}
 * @param experts how many routed experts an MoE has
 */
public record Setting(String dataset, String variant, int layers, String moeLayer, int experts)
        implements Serializable {}
