package org.thalweg.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/**
 * What a {@code tokenizer.json} of Hugging Face's tokenizers says, as far as two of them are compared by it: which
 * token stands for which id, and everything else part by part. Nothing is tokenised by it.
 *
 * @param tokens by id, those that were added among them
 * @param parts all else by name, such as {@code normalizer}, {@code added_tokens}, {@code model.type}; of merges and
 *     scores, which are many, the digest, the same for both ways to write a merge
 */
public record TokenizerFile(SortedMap<Integer, String> tokens, Map<String, JsonNode> parts) {
    /** The name of the file in a model's directory. */
    public static final String NAME = "tokenizer.json";

    /** Keeps the maps from being changed. */
    public TokenizerFile {
        tokens = Collections.unmodifiableSortedMap(tokens);
        parts = Collections.unmodifiableMap(parts);
    }

    /**
     * Reads a file. Time and memory are those of its vocabulary; merges are not held.
     *
     * @param file the file
     * @return what it says
     * @throws WorkFailure when it cannot be read, is larger than 256 MiB, is not JSON, or holds no tokenizer
     */
    public static TokenizerFile read(Path file) {
        return BoundedJson.readInTurn(file, parser -> new Reading(file, parser).whole());
    }

    /** A file that is being read. */
    private static final class Reading {
        private static final String MODEL = "model.";

        private final Path file;
        private final JsonParser parser;
        private final SortedMap<Integer, String> tokens = new TreeMap<>();
        private final SortedMap<Integer, String> added = new TreeMap<>();
        private final Map<String, JsonNode> parts = new TreeMap<>();

        private Reading(Path file, JsonParser parser) {
            this.file = file;
            this.parser = parser;
        }

        private TokenizerFile whole() throws IOException {
            require(parser.nextToken() == JsonToken.START_OBJECT, "no object");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
                if (name.equals("model") && isObject) {
                    model();
                } else {
                    parts.put(name, tree());
                }
            }
            addedTokens();
            // What was added holds, whatever the vocabulary has there.
            tokens.putAll(added);
            require(!tokens.isEmpty(), "no 'vocab' in a 'model', and no 'added_tokens'");
            return new TokenizerFile(tokens, parts);
        }

        private JsonNode tree() throws IOException {
            return parser.readValueAsTree();
        }

        private void model() throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken begin = parser.nextToken();
                if (name.equals("vocab") && begin == JsonToken.START_OBJECT) {
                    tokensWithIds();
                } else if (name.equals("vocab") && begin == JsonToken.START_ARRAY) {
                    tokensWithScores();
                } else if (name.equals("merges") && begin == JsonToken.START_ARRAY) {
                    merges();
                } else {
                    parts.put(MODEL + name, tree());
                }
            }
        }

        /** {@code {"token": id}}. */
        private void tokensWithIds() throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String token = parser.currentName();
                boolean whole = parser.nextToken() == JsonToken.VALUE_NUMBER_INT
                        && parser.getNumberType() == JsonParser.NumberType.INT;
                require(whole && parser.getIntValue() >= 0, "an id of the token " + Shown.name(token)
                        + " that is no whole number");
                tokens.put(parser.getIntValue(), token);
            }
        }

        /** {@code [["token", score]]}; an id is a place in the list. */
        private void tokensWithScores() throws IOException {
            ByteArrayOutputStream scores = new ByteArrayOutputStream();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                JsonNode pair = tree();
                require(pair.isArray() && pair.size() == 2 && pair.get(0).isTextual() && pair.get(1).isNumber(),
                        "something else than a token with its score in the vocabulary");
                tokens.put(tokens.size(), pair.get(0).textValue());
                line(scores, String.valueOf(pair.get(1).doubleValue()));
            }
            digest("scores", scores);
        }

        /** {@code ["left right"]} as it was written first, {@code [["left", "right"]]} since. */
        private void merges() throws IOException {
            ByteArrayOutputStream merges = new ByteArrayOutputStream();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                JsonNode merge = tree();
                boolean isPair = merge.isArray() && merge.size() == 2 && merge.get(0).isTextual()
                        && merge.get(1).isTextual();
                require(isPair || merge.isTextual(), "something else than two tokens in 'merges'");
                line(merges, isPair ? merge.get(0).textValue() + " " + merge.get(1).textValue() : merge.textValue());
            }
            digest("merges", merges);
        }

        private static void line(ByteArrayOutputStream bytes, String text) {
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            bytes.write('\n');
        }

        private void digest(String name, ByteArrayOutputStream bytes) {
            parts.put(MODEL + name, JsonNodeFactory.instance.textNode(Digest.ofBytes(bytes.toByteArray()).hex()));
        }

        private void addedTokens() {
            for (JsonNode token : parts.getOrDefault("added_tokens", JsonNodeFactory.instance.arrayNode())) {
                JsonNode id = token.path("id");
                require(id.isInt() && id.intValue() >= 0 && token.path("content").isTextual(),
                        "an added token without an id or a content");
                added.put(id.intValue(), token.path("content").textValue());
            }
        }

        private void require(boolean holds, String found) {
            if (!holds) {
                throw new WorkFailure(file + " holds no tokenizer that is known here: it has " + found
                        + "; copy or download it again.");
            }
        }
    }
}
