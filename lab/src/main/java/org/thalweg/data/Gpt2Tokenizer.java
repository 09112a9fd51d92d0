package org.thalweg.data;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/** The byte-pair encoding of GPT-2, known to others as r50k_base. */
final class Gpt2Tokenizer implements Tokenizer {
    private final Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);

    @Override
    public int[] encode(String text) {
        return encoding.encodeOrdinary(text).toArray();
    }

    @Override
    public void close() {
        // Nothing is held outside Java's heap.
    }
}
