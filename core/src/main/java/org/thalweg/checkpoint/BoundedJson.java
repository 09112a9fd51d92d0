package org.thalweg.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;
import org.thalweg.storage.MalformedJson;

/** The JSON files of a checkpoint directory, read within bounds and written the same way every time. */
final class BoundedJson {
    /** About 1.2 million tensors in an index; the largest published ones have under 100,000. */
    private static final long MOST_TOKENS = 2_500_000;
    private static final int LARGEST_FILE = 100_000_000;

    /** A tokenizer of a million tokens with as many merges has some ten million. */
    private static final long MOST_TOKENS_IN_TURN = 50_000_000;
    private static final long LARGEST_IN_TURN = 256L << 20;

    private static final JsonMapper MAPPER =
            mapper(MOST_TOKENS).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    /** Reads values inside a document, behind which more of it stands. */
    private static final JsonMapper IN_TURN = mapper(MOST_TOKENS_IN_TURN).build();

    private BoundedJson() {}

    private static JsonMapper.Builder mapper(long mostTokens) {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(64)
                                .maxNumberLength(400)
                                .maxNameLength(1 << 16)
                                .maxStringLength(10_000_000)
                                .maxTokenCount(mostTokens)
                                .build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                        .build())
                // Python writes and reads infinities as bare words; published configurations contain them.
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS);
    }

    /** Takes a document token by token. */
    @FunctionalInterface
    interface InTurn<T> {
        /** Takes the document that the parser stands before, to its end. */
        T take(JsonParser parser) throws IOException;
    }

    /**
     * Reads a file of one JSON document that may be too large to be held as a tree.
     *
     * @throws WorkFailure when it is missing, no regular file, too large or not JSON, or goes on behind the document
     */
    static <T> T readInTurn(Path file, InTurn<T> reader) {
        try (InputStream in = InputFile.stream(file);
                JsonParser parser = IN_TURN.createParser(in)) {
            if (Files.size(file) > LARGEST_IN_TURN) {
                throw new WorkFailure("cannot read " + file + ": it has " + Files.size(file) + " bytes, more than the "
                        + LARGEST_IN_TURN + " that such a file can need; check that it is the right file.");
            }
            T taken = reader.take(parser);
            if (parser.nextToken() != null) {
                throw malformed(file, new JsonParseException(
                        parser, "something stands behind the value"));
            }
            return taken;
        } catch (JsonProcessingException malformed) {
            throw malformed(file, malformed);
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }

    private static WorkFailure malformed(Path file, JsonProcessingException malformed) {
        return new WorkFailure(file + " is not the JSON it should be (" + MalformedJson.reason(malformed)
                + "); copy or download it again.", malformed);
    }

    /**
     * Reads a file that holds one JSON object.
     *
     * @throws WorkFailure when it is missing, no regular file, too large, not JSON or not an object
     */
    static ObjectNode readObject(Path file) {
        try {
            JsonNode root = MAPPER.readTree(InputFile.bytes(file, LARGEST_FILE));
            if (root instanceof ObjectNode object) {
                return object;
            }
            throw new WorkFailure(file + " holds no JSON object; copy or download it again.");
        } catch (JsonProcessingException malformed) {
            throw malformed(file, malformed);
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }

    /** The object as indented text with Unix line ends, fields in their order. */
    static byte[] write(ObjectNode object) {
        DefaultIndenter indent = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
        try {
            return (MAPPER.writer(printer).writeValueAsString(object) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree can always be written", impossible);
        }
    }
}
