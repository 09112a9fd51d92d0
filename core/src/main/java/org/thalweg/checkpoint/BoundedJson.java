package org.thalweg.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;
import org.thalweg.storage.MalformedJson;

/** The JSON files of a checkpoint directory, read within bounds and written the same way every time. */
final class BoundedJson {
    /** About 1.2 million tensors in an index; the largest published ones have under 100,000. */
    private static final long MOST_TOKENS = 2_500_000;
    private static final int LARGEST_FILE = 100_000_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxNumberLength(400)
                            .maxNameLength(1 << 16)
                            .maxStringLength(10_000_000)
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Python writes and reads infinities as bare words; published configurations contain them.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .build();

    private BoundedJson() {}

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
            throw new WorkFailure(file + " is not the JSON it should be (" + MalformedJson.reason(malformed)
                    + "); copy or download it again.", malformed);
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
