package org.thalweg.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.MalformedJson;

/**
 * Reads the JSON at the start of a safetensors file and checks that the tensors it lists fill the data exactly.
 * Streaming, one pass; memory is proportional to the header.
 */
final class SafetensorsHeader {
    private static final int MOST_AXES = 64;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNumberLength(20)
                    .maxNameLength(1 << 16)
                    .maxStringLength(10_000_000)
                    .build())
            // Names come from strangers and are read once: keeping them for the life of the process would be a leak.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final Path file;
    private final long dataBytes;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    private boolean metadataSeen;

    private SafetensorsHeader(Path file, long dataBytes) {
        this.file = file;
        this.dataBytes = dataBytes;
    }

    /**
     * Parses and checks a header.
     *
     * @param file for messages
     * @param json the header's bytes
     * @param dataBytes how many bytes follow the header
     * @throws WorkFailure when anything is not as the format says
     */
    static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
        SafetensorsHeader header = new SafetensorsHeader(file, dataBytes);
        var strictUtf8 = new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
        try (JsonParser parser = JSON.createParser(strictUtf8)) {
            header.readRoot(parser);
        } catch (JsonProcessingException malformed) {
            throw invalid(file, "its header is not the JSON it should be ("
                    + MalformedJson.reason(malformed) + ", character "
                    + Optional.ofNullable(malformed.getLocation()).map(at -> at.getCharOffset()).orElse(0L) + ")",
                    Optional.of(malformed));
        } catch (IOException notUtf8) {
            throw invalid(file, "its header is not UTF-8", Optional.of(notUtf8));
        }
        header.requireExactCover();
        return header;
    }

    Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    Map<String, TensorEntry> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    static WorkFailure invalid(Path file, String why, Optional<Exception> cause) {
        String sentence = file + " is not a valid safetensors file: " + why + "; copy or download it again.";
        return cause.map(known -> new WorkFailure(sentence, known)).orElseGet(() -> new WorkFailure(sentence));
    }

    private WorkFailure invalid(String why) {
        return invalid(file, why, Optional.empty());
    }

    private WorkFailure invalidTensor(String name, String why) {
        return invalid("tensor " + Shown.name(name) + " " + why);
    }

    private void readRoot(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw invalid("its header is not a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals("__metadata__")) {
                readMetadata(parser);
            } else if (tensors.put(name, readTensor(parser, name)) != null) {
                throw invalidTensor(name, "is listed twice");
            }
        }
        if (parser.nextToken() != null) {
            throw invalid("something follows the JSON object in its header");
        }
    }

    private void readMetadata(JsonParser parser) throws IOException {
        if (metadataSeen) {
            throw invalid("__metadata__ is listed twice");
        }
        metadataSeen = true;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw invalid("__metadata__ is not a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw invalid("__metadata__ entry " + Shown.name(key) + " is not a string");
            }
            if (metadata.put(key, parser.getText()) != null) {
                throw invalid("__metadata__ entry " + Shown.name(key) + " is listed twice");
            }
        }
    }

    private TensorEntry readTensor(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw invalidTensor(name, "is not described by a JSON object");
        }
        Optional<ElementType> type = Optional.empty();
        Optional<long[]> shape = Optional.empty();
        Optional<long[]> offsets = Optional.empty();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            boolean again = switch (field) {
                case "dtype" -> type.isPresent();
                case "shape" -> shape.isPresent();
                case "data_offsets" -> offsets.isPresent();
                default -> false;
            };
            if (again) {
                throw invalidTensor(name, "states its " + field + " twice");
            }
            switch (field) {
                case "dtype" -> type = Optional.of(readType(parser, name));
                case "shape" -> shape = Optional.of(readWholeNumbers(parser, name, field));
                case "data_offsets" -> offsets = Optional.of(readWholeNumbers(parser, name, field));
                // The reference reader passes over fields that later versions may add.
                default -> parser.skipChildren();
            }
        }
        if (type.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
            throw invalidTensor(name, "lacks its "
                    + (type.isEmpty() ? "dtype" : shape.isEmpty() ? "shape" : "data_offsets"));
        }
        return entry(name, type.get(), shape.get(), offsets.get());
    }

    private ElementType readType(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw invalidTensor(name, "has a dtype that is not a string");
        }
        String stated = parser.getText();
        return ElementType.named(stated)
                .orElseThrow(() -> invalidTensor(name, "has the unknown dtype " + Shown.name(stated)));
    }

    private long[] readWholeNumbers(JsonParser parser, String name, String field) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw invalidTensor(name, "has a " + field + " that is not a list");
        }
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            boolean fits = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!fits || parser.getLongValue() < 0) {
                throw invalidTensor(name, "has a " + field + " with "
                        + Shown.text(Optional.ofNullable(parser.getText()).orElse("nothing"))
                        + " where a whole number from 0 to 2^63-1 belongs");
            }
            if (numbers.size() == MOST_AXES) {
                throw invalidTensor(name, "has a " + field + " of more than " + MOST_AXES + " numbers");
            }
            numbers.add(parser.getLongValue());
        }
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private TensorEntry entry(String name, ElementType type, long[] shape, long[] offsets) {
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw invalidTensor(name, "has data_offsets " + Arrays.toString(offsets)
                    + " instead of a beginning and an end after it");
        }
        TensorLayout layout;
        try {
            layout = new TensorLayout(type, shape);
        } catch (IllegalArgumentException impossible) {
            throw invalidTensor(name, impossible.getMessage());
        }
        if (offsets[1] - offsets[0] != layout.bytes()) {
            throw invalidTensor(name, "of " + layout + " takes " + layout.bytes() + " bytes, but its data_offsets "
                    + Arrays.toString(offsets) + " span " + (offsets[1] - offsets[0]));
        }
        if (offsets[1] > dataBytes) {
            throw invalidTensor(name, "ends at byte " + offsets[1] + " of the data, but the file holds only "
                    + dataBytes + " (cut short?)");
        }
        return new TensorEntry(layout, offsets[0], offsets[1]);
    }

    private void requireExactCover() {
        List<Map.Entry<String, TensorEntry>> byOffset = new ArrayList<>(tensors.entrySet());
        byOffset.sort(Comparator.comparingLong((Map.Entry<String, TensorEntry> at) -> at.getValue().begin())
                .thenComparingLong(at -> at.getValue().end()));
        long reached = 0;
        for (Map.Entry<String, TensorEntry> next : byOffset) {
            long begin = next.getValue().begin();
            if (begin != reached) {
                throw invalidTensor(next.getKey(), "begins at byte " + begin + " of the data, but the tensor before it "
                        + "ends at " + reached + (begin < reached ? " (they overlap)" : " (a hole)"));
            }
            reached = next.getValue().end();
        }
        if (reached != dataBytes) {
            throw invalid("its tensors end at byte " + reached + " of the data, but " + dataBytes + " bytes are there");
        }
    }
}
