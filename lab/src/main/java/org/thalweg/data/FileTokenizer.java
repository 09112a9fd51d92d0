package org.thalweg.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.thalweg.failure.WorkFailure;

/** A tokenizer read from Hugging Face's {@code tokenizer.json}. */
final class FileTokenizer implements Tokenizer {
    /** Vocabularies of 256,000 tokens with their merges take about 35 MB. */
    private static final long LARGEST_FILE = 1L << 28;

    private final HuggingFaceTokenizer tokenizer;

    private FileTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    static FileTokenizer open(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw Refusal.of(file.toString(), "a tokenizer.json of at most " + LARGEST_FILE + " bytes",
                        Files.size(file) + " bytes", "check that it is the right file");
            }
            return new FileTokenizer(HuggingFaceTokenizer.builder()
                    .optTokenizerPath(file)
                    .optTruncation(false)
                    .optPadding(false)
                    .optAddSpecialTokens(true)
                    .build());
        } catch (IOException refused) {
            throw Refusal.unreadable(file.toString(), refused);
        } catch (WorkFailure refused) {
            throw refused;
        } catch (RuntimeException | UnsatisfiedLinkError refused) {
            throw new WorkFailure(file + ": expected a tokenizer as Hugging Face stores it, found '"
                    + refused.getMessage() + "' while reading; get the file again from where the model came from.",
                    refused);
        }
    }

    @Override
    public int[] encode(String text) {
        return Arrays.stream(tokenizer.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
