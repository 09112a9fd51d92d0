package org.thalweg.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

/** What commands print for scripts. */
final class JsonText {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().addModule(new Jdk8Module()).enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonText() {}

    /** One JSON document, without a line end, of maps, lists, arrays, strings, numbers and truth values. */
    static String of(Object document) {
        try {
            return MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("maps, lists, strings and numbers are always JSON", impossible);
        }
    }
}
