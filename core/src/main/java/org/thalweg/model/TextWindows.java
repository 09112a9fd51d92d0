package org.thalweg.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalInt;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Task;

/**
 * How texts are cut for a language model.
 *
 * @param window tokens that the model sees at once
 * @param stride tokens from one window's start to the next, 1 to {@code window}
 */
public record TextWindows(int window, int stride) {
    /** Longer windows take much memory and say little more. */
    private static final int USUAL = 1024;

    /** Refuses what is no way to cut a text. */
    public TextWindows {
        if (window < 1) {
            throw new WrongUse("window is " + window + ", expected at least 1 token.");
        }
        if (stride < 1 || stride > window) {
            throw new WrongUse("stride is " + stride + ", expected 1 to the window of " + window
                    + " tokens, so that no token is left out.");
        }
    }

    /**
     * The windows for a model: as long as the texts that it is made for, at most 1,024 tokens, one behind the other.
     *
     * @param model a language model
     * @param window another length
     * @param stride another stride
     * @return the windows
     * @throws WrongUse when they do not fit the model
     */
    public static TextWindows of(ModelDirectory model, OptionalInt window, OptionalInt stride) {
        OptionalInt learned = model.requireNetwork().task() instanceof Task.NextToken(int _, OptionalInt positions)
                ? positions : OptionalInt.empty();
        int usual = Math.min(USUAL, learned.orElseGet(() -> stated(model.checkpoint().config())));
        int length = window.orElse(usual);
        if (learned.isPresent() && length > learned.getAsInt()) {
            throw new WrongUse("window is " + length + ", but " + model.checkpoint().directory()
                    + " has learned positions for texts of " + learned.getAsInt() + " tokens; give at most so many.");
        }
        return new TextWindows(length, stride.orElse(length));
    }

    /** Tokens of the longest text for which a model with computed positions was made. */
    private static int stated(ObjectNode config) {
        JsonNode positions = config.path("text_config").isObject()
                ? config.path("text_config").path("max_position_embeddings") : config.path("max_position_embeddings");
        return positions.isInt() && positions.intValue() > 0 ? positions.intValue() : USUAL;
    }
}
