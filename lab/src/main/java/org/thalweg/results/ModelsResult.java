package org.thalweg.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/** What was measured between models on disk: along a path of two, or on the simplex of several. */
public sealed interface ModelsResult permits PathResult, SurfaceResult {
    /** What it is about, for people. */
    String title();

    /**
     * As JSON, with conventions.
     *
     * @return a new document
     */
    ObjectNode document();

    /** The points as CSV: a header line, then one line a point. */
    String csv();

    /** For people: a table and what follows from it. */
    List<String> lines();

    /** The document as text, with a line end. */
    default String text() {
        try {
            return ResultsMapper.json().writeValueAsString(document()) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of text and numbers is always writable", impossible);
        }
    }

    /** What a model scores by itself. */
    static ObjectNode end(MeasuredOn on, double loss, double accuracy) {
        ObjectNode end = MeasurementDocument.begin();
        end.put("loss", loss);
        if (on.isText()) {
            end.put("perplexity", Math.exp(loss));
        }
        return end.put("accuracy", accuracy);
    }

    /** The last name of a model's place. */
    static String name(String place) {
        Path name = Path.of(place).toAbsolutePath().normalize().getFileName();
        return name == null ? place : name.toString();
    }
}
