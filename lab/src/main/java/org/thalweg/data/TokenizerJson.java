package org.thalweg.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.file.Path;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.MalformedJson;

/** Whether a file can be a {@code tokenizer.json} at all, within the lengths that such files have. */
final class TokenizerJson {
    /** Half a million merges of two tokens, a quarter of a million tokens, and as much again. */
    private static final long MOST_TOKENS = 20_000_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(400)
                    .maxNameLength(1 << 16)
                    .maxStringLength(16_000_000)
                    .maxTokenCount(MOST_TOKENS)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private TokenizerJson() {}

    /**
     * Reads to the end without keeping anything.
     *
     * @param file named in complaints
     * @param json its content; not changed
     * @throws WorkFailure when it is not one JSON object with an object {@code model}, or longer or deeper than any
     */
    static void check(Path file, byte[] json) {
        boolean model = false;
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw refusal(file, "no JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean named = parser.currentName().equals("model");
                model |= parser.nextToken() == JsonToken.START_OBJECT && named;
                parser.skipChildren();
                // Skipped strings are checked only when they are asked for.
                parser.finishToken();
            }
            if (parser.nextToken() != null) {
                throw refusal(file, "something behind the JSON object");
            }
        } catch (JsonProcessingException malformed) {
            throw refusal(file, MalformedJson.reason(malformed));
        } catch (IOException refused) {
            throw Refusal.unreadable(file.toString(), refused);
        }
        if (!model) {
            throw refusal(file, "no object 'model'");
        }
    }

    private static WorkFailure refusal(Path file, String found) {
        return new WorkFailure(file + ": expected a tokenizer as Hugging Face stores it, found '" + found
                + "' while reading; get the file again from where the model came from.");
    }
}
