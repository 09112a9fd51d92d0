package org.thalweg.merging.config;

import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.YamlNode;
import org.thalweg.storage.YamlPlace;

/**
 * Reads how a configuration names a model: a text, or a section with the path under {@code model}.
 *
 * @param reading the document's
 */
record ModelReader(Reading reading) {
    private static final String MODEL = "model";
    private static final String PATH = "path";
    private static final String REVISION = "revision";
    private static final String LORA = "lora";
    private static final String CLASS = "override_architecture";

    String model(YamlNode node, String where) {
        return switch (node) {
            case YamlNode.Text text -> named(text, where);
            case YamlNode.Section section -> {
                Fields fields = new Fields(section, where, reading);
                fields.warnOfUnknown(Set.of(MODEL, PATH, REVISION, LORA, CLASS));
                fields.value(LORA).ifPresent(adapter -> {
                    throw lora(adapter.place(), where, "an adapter under 'lora'");
                });
                fields.value(CLASS).ifPresent(_ -> reading.warn(fields.placeOf(CLASS), "'" + CLASS + "' of " + where
                        + " changes nothing; the architecture is what the model's config.json says"));
                yield fields.value(MODEL).map(inner -> model(inner, where)).orElseGet(() -> path(fields));
            }
            case YamlNode.Items list -> throw list.place().wrong("as " + where + " stands " + list.kind()
                    + ", expected the name or directory of a model");
        };
    }

    private String path(Fields fields) {
        YamlNode path = fields.value(PATH).orElseThrow(() -> fields.place().wrong(
                fields.where() + " has neither 'model' nor 'path', expected the name or directory of a model"));
        String name = model(path, fields.where());
        Optional<String> revision = fields.text(REVISION);
        return revision.map(of -> name + "@" + of).orElse(name);
    }

    private static String named(YamlNode.Text text, String where) {
        String name = text.value().strip();
        if (text.isAbsent() || name.isEmpty() || !name.codePoints().allMatch(Shown::isPrintable)) {
            throw text.place().wrong("as " + where + " stands " + text.kind()
                    + ", expected the name or directory of a model");
        }
        if (name.contains("+")) {
            throw lora(text.place(), where, Shown.name(name) + ", a model with a LoRA adapter behind '+'");
        }
        return name;
    }

    private static WrongUse lora(YamlPlace place, String where, String found) {
        return place.wrong("as " + where + " stands " + found + "; adapters are not merged here: write the adapter "
                + "into its model's weights first and name that directory, or, where '+' is part of a directory's "
                + "name, give the model another name and say --models NAME=DIR");
    }
}
