package org.thalweg.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.storage.MalformedJson;

/**
 * {@code results.json}: every number of a study. Writing is deterministic: equal results but for {@link Timing} give
 * equal bytes but for the object {@code timing}. Reading back gives equal records; derived numbers are computed anew
 * from the curves, and a file whose stored loss barrier disagrees with its curve is refused.
 */
public final class ResultsFile {
    /** A results file larger than this is refused unread, in bytes. */
    public static final int LARGEST = 512 << 20;

    /** How the library says that a record's field is not there. */
    private static final Pattern MISSING = Pattern.compile("^Missing required creator property '([^']{1,100})'");

    private ResultsFile() {}

    /**
     * Writes results whole or not at all.
     *
     * @param file where to
     * @param results what
     * @throws WorkFailure when the disk refuses
     */
    public static void write(Path file, StudyResults results) {
        byte[] bytes = bytes(results);
        DurableFile.write(file, out -> out.write(bytes));
    }

    /**
     * Results as the text of {@code results.json}.
     *
     * @param results what
     * @return one JSON document in UTF-8, ending in a line feed
     */
    public static String text(StudyResults results) {
        return new String(bytes(results), StandardCharsets.UTF_8);
    }

    /**
     * Whether a file holds results of experts on a common backbone.
     *
     * @param file any file
     * @return false also for one that cannot be read
     */
    public static boolean isOne(Path file) {
        return ResultsDocument.isOf(file, StudyResults.SCHEMA);
    }

    /**
     * Reads results.
     *
     * @param file a file written by this program
     * @return the records in it
     * @throws WorkFailure when the file is missing, too large, no JSON, of another schema, or has unknown or missing
     *     keys; one sentence names the file and the place
     */
    public static StudyResults read(Path file) {
        JsonMapper mapper = ResultsMapper.json().rebuild()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        try {
            JsonNode tree = mapper.readTree(InputFile.bytes(file, LARGEST));
            String schema = tree.path("schema").asText("");
            if (!schema.equals(StudyResults.SCHEMA)) {
                throw new WorkFailure("cannot read results from " + file + ": its schema is '" + schema
                        + "', expected '" + StudyResults.SCHEMA + "'; give the results.json of a study's run.");
            }
            if (tree instanceof ObjectNode document && !document.has("orders")) {
                // Files of builds that measured orders without keeping their barriers.
                document.putArray("orders");
            }
            return mapper.treeToValue(tree, StudyResults.class);
        } catch (JsonProcessingException refused) {
            throw new WorkFailure("cannot read results from " + file + ": " + why(refused) + ".", refused);
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }

    private static byte[] bytes(StudyResults results) {
        try {
            return (ResultsMapper.json().writeValueAsString(results) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException refused) {
            throw new IllegalArgumentException("the results hold something that is no JSON: "
                    + refused.getOriginalMessage(), refused);
        }
    }

    private static String why(JsonProcessingException refused) {
        Matcher missing = MISSING.matcher(Optional.ofNullable(refused.getOriginalMessage()).orElse(""));
        return switch (refused) {
            case UnrecognizedPropertyException unknown -> "unknown key '" + unknown.getPropertyName() + "'"
                    + place(unknown);
            case ValueInstantiationException broken when broken.getCause() instanceof IllegalArgumentException own ->
                withoutStop(own.getMessage()) + place(broken);
            case MismatchedInputException mapping when missing.find() ->
                "the key '" + missing.group(1) + "' is missing" + place(mapping);
            case JsonMappingException mapping when !mapping.getPath().isEmpty() ->
                "the value" + place(mapping) + " is none that results have there";
            default -> MalformedJson.reason(refused);
        };
    }

    private static String withoutStop(String sentence) {
        return sentence.strip().replaceAll("[.:]+$", "");
    }

    private static String place(JsonMappingException refused) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : refused.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.isEmpty() ? "" : String.format(Locale.ROOT, " at %s", path);
    }
}
