package org.thalweg.merging.config;

import java.util.Optional;

/**
 * What a configuration says about how the result is written.
 *
 * @param dtype the type to which the models' numbers are rounded before they are merged: {@code float16},
 *     {@code bfloat16}, {@code float32} or {@code float64}; nothing where they stay as they are
 * @param outDtype the type in which the result is written; nothing for {@code dtype}, or else the models' own
 * @param tokenizer whose tokenizer; nothing where the configuration says none
 * @param chatTemplate {@code auto}, the name of a template or its text; nothing for the tokenizer's own
 */
public record ResultForm(
        Optional<String> dtype, Optional<String> outDtype, Optional<TokenizerSource> tokenizer,
        Optional<String> chatTemplate) {}
