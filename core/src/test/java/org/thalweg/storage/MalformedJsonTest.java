package org.thalweg.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedJsonTest {
    private static String reason(String json) {
        JsonMapper mapper = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
        return MalformedJson.reason(catchThrowableOfType(JsonProcessingException.class, () -> mapper.readTree(json)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{", "[1, 2", "{\"a\": 1]", "[NaN]", "[01]", "[1] [2]", "{\"a\": 1, \"a\": 2}", "[\"\u0001\"]", "[\u001e1]",
        "['a']", "/* a */ 1", "[tru]", "[\"\\x\"]", "[1,]", "\u001b"
    })
    void noWordOfTheLibraryIsShown(String json) {
        assertThat(reason(json)).isNotBlank().doesNotContain("Source", "Feature", "`", "com.fasterxml", "\n", "\u001b")
                .contains(", line 1");
    }

    @Test
    void lengthsBeyondAllBoundsAreNamed() {
        assertThat(reason("[".repeat(5000))).startsWith("a number, a text, a name, a nesting or the whole is longer");
        assertThat(reason("9".repeat(5000))).startsWith("a number, a text, a name, a nesting or the whole is longer");
        assertThat(reason("[1] [2]")).startsWith("something stands behind the value");
    }
}
