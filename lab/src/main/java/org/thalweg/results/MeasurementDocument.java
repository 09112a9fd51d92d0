package org.thalweg.results;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What the JSON of all measurements of models on disk has in common. */
final class MeasurementDocument {
    private MeasurementDocument() {}

    static ObjectNode begin() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode data(MeasuredOn on) {
        return ResultsMapper.json().valueToTree(on);
    }

    static String units(MeasuredOn on) {
        return (on.isText() ? "Loss: mean cross-entropy of the next token in nats; perplexity: e to the loss. Accuracy:"
                + " fraction of tokens that the model holds likeliest, 0 to 1."
                : Conventions.standard(0, new Conventions.Split("test", on.examples()), List.of()).units());
    }
}
