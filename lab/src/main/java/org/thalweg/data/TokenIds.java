package org.thalweg.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;
import org.thalweg.storage.MalformedJson;

/** Texts that are tokens already: a JSON file with an array of arrays of ids, such as {@code [[1, 403], [1, 9]]}. */
public final class TokenIds {
    private static final int LARGEST_FILE = 1 << 26;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TokenIds() {}

    /**
     * Reads a file.
     *
     * @param file at most 64 MiB
     * @return the ids of each text, at least 0; whether they are in a vocabulary is for the reader's caller to check
     * @throws WorkFailure when it is not such a file
     */
    public static List<int[]> read(Path file) {
        try {
            JsonNode root = JSON.readTree(InputFile.bytes(file, LARGEST_FILE));
            if (!root.isArray()) {
                throw refusal(file, "no array");
            }
            List<int[]> texts = new ArrayList<>();
            for (JsonNode text : root) {
                texts.add(ids(file, text, texts.size()));
            }
            return texts;
        } catch (JsonProcessingException malformed) {
            throw refusal(file, "text that is no JSON (" + MalformedJson.reason(malformed) + ")");
        } catch (IOException refused) {
            throw Refusal.unreadable(file.toString(), refused);
        }
    }

    private static int[] ids(Path file, JsonNode text, int number) {
        int[] ids = new int[text.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = text.path(i);
            if (!id.isInt() || id.intValue() < 0) {
                throw refusal(file, "entry " + i + " of text " + number + " is no token id");
            }
            ids[i] = id.intValue();
        }
        if (!text.isArray()) {
            throw refusal(file, "entry " + number + " is no array");
        }
        return ids;
    }

    private static WorkFailure refusal(Path file, String found) {
        return Refusal.of(file.toString(), "an array of arrays of token ids, such as [[1, 403], [1, 9]]", found,
                "write it so, or give text in a file of another ending");
    }
}
