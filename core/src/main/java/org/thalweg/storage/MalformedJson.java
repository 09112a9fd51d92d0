package org.thalweg.storage;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.util.Optional;
import org.thalweg.failure.Shown;

/** Why a text is not the JSON it should be, without a word of the library that noticed. */
public final class MalformedJson {
    private MalformedJson() {}

    /**
     * The reason, to stand in brackets or at the end of a sentence.
     *
     * @param refused what the library said
     * @return a short text without a full stop, with the line where the reader stood when it is known
     */
    public static String reason(JsonProcessingException refused) {
        JsonLocation location = refused.getLocation();
        return what(refused) + (location == null || location.getLineNr() < 1 ? "" : ", line " + location.getLineNr());
    }

    private static String what(JsonProcessingException refused) {
        String told = Optional.ofNullable(refused.getOriginalMessage()).orElse("").strip();
        if (refused instanceof StreamConstraintsException) {
            return "a number, a text, a name, a nesting or the whole is longer than such a file can need";
        }
        if (refused instanceof MismatchedInputException) {
            return told.startsWith("Trailing token") ? "something stands behind the value" : "there is no value";
        }
        // Where the library's own settings and places follow, they say nothing of the file.
        String plain = told.lines().findFirst().orElse("")
                .replaceAll("\\s*\\((?:for [A-Za-z]+ starting|start marker) at \\[Source.*", "")
                .replaceAll(": enable `.*", " cannot stand here")
                .replaceAll("\\s*\\((?:consider enabling `|not recognized as one since).*", "")
                .replaceAll("\\s*\\[\\.?Source:.*", "")
                .replaceAll("[.:;]+$", "");
        return plain.isEmpty() ? "it breaks off or holds what JSON does not allow" : Shown.text(plain);
    }
}
