package org.thalweg.data;

import java.nio.file.Path;
import org.thalweg.failure.WorkFailure;

/** Turns text into the numbers of a model's vocabulary. Close it; for one thread. */
public sealed interface Tokenizer extends AutoCloseable
        permits FileTokenizer, Gpt2Tokenizer, CharacterTokenizer, WordTokenizer {
    /**
     * The tokens of a text.
     *
     * @param text any text
     * @return token ids; with the special tokens that the model's own tokenizer adds, neither cut nor padded
     */
    int[] encode(String text);

    @Override
    void close();

    /**
     * A tokenizer as Hugging Face stores it, in a process of its own. Its native library comes with the program and is
     * unpacked to {@code ~/.djl.ai} (or {@code $DJL_CACHE_DIR}) on first use, 15 MB.
     *
     * @param file a {@code tokenizer.json}
     * @return the tokenizer
     * @throws WorkFailure when the file is missing or no such tokenizer; later also when it does not answer in time or
     *     ends its process
     */
    static Tokenizer ofFile(Path file) {
        return FileTokenizer.open(file);
    }

    /** GPT-2's byte pairs, 50,257 tokens, which need no file. */
    static Tokenizer gpt2() {
        return new Gpt2Tokenizer();
    }
}
