package org.thalweg.data;

/** Every Unicode character is a token, numbered by its code point. */
final class CharacterTokenizer implements Tokenizer {
    @Override
    public int[] encode(String text) {
        return text.codePoints().toArray();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
