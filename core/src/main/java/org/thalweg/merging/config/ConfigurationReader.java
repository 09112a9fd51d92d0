package org.thalweg.merging.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.failure.Shown;
import org.thalweg.merging.MergeMethod;
import org.thalweg.merging.MergeParameter;
import org.thalweg.storage.YamlNode;

/**
 * Reads one document into a configuration.
 *
 * @param methods all that there are
 */
record ConfigurationReader(List<MergeMethod> methods) {
    /** What may stand at the top. */
    static final Set<String> KEYS = Set.of("name", "merge_method", "base_model", "models", "slices", "modules",
            "parameters", "dtype", "out_dtype", "tokenizer_source", "tokenizer", "chat_template", "align", "out_path");

    private static final List<String> TYPES = List.of("float16", "bfloat16", "float32", "float64");
    private static final String WHERE = "the configuration";

    /** Keys of files that are no merge of weights, with what they are and what to do. */
    private static final Map<String, String> REFUSED = Map.of(
            "experts", "it describes how dense models become the experts of one Mixture-of-Experts model, which this "
                    + "program does not build; build that model with a program made for it, or list the models under "
                    + "'models' to merge them",
            "gate_mode", "it describes how the router of a Mixture-of-Experts model is made from dense models, which "
                    + "this program does not do; build that model with a program made for it",
            "load_in_4bit", "quantised numbers cannot be merged; remove it and name models with full weights",
            "load_in_8bit", "quantised numbers cannot be merged; remove it and name models with full weights",
            "quantization_config", "quantised numbers cannot be merged; remove it and name models with full weights");

    MergeConfiguration configuration(YamlNode document, String yaml, List<String> warnings) {
        if (!(document instanceof YamlNode.Section section)) {
            throw document.place().wrong("the text is " + document.kind() + ", expected keys such as 'merge_method'");
        }
        section.fields().forEach((key, field) -> {
            if (REFUSED.containsKey(key) && !field.value().isNothing()) {
                throw field.place().wrong("the key '" + key + "' is refused: " + REFUSED.get(key));
            }
        });
        Reading reading = new Reading(method(section), methods.stream().flatMap(one -> one.parameters().stream())
                .map(MergeParameter::name).collect(Collectors.toSet()), warnings);
        Fields fields = new Fields(section, WHERE, reading);
        fields.warnOfUnknown(KEYS);
        Optional<String> base =
                fields.value("base_model").map(node -> new ModelReader(reading).model(node, "base_model"));
        List<OutputSlice> slices = slices(fields, new SliceReader(reading, base));
        Map<String, ParameterSetting> parameters =
                new ParametersReader(reading).parameters(fields, ParametersReader.Level.TOP);
        ResultForm form = new ResultForm(type(fields, "dtype"), type(fields, "out_dtype"),
                new TokenizerReader(fields).source(), fields.text("chat_template"));
        return new MergeConfiguration(name(fields), reading.method(), base, slices, parameters, form, align(fields),
                new MergeConfiguration.Text(section.place().source(), yaml, warnings));
    }

    private MergeMethod method(YamlNode.Section section) {
        YamlNode.Field field = Optional.ofNullable(section.fields().get("merge_method")).orElseThrow(() ->
                section.place().wrong("the key 'merge_method' is missing; add it with one of " + methodNames()));
        if (!(field.value() instanceof YamlNode.Text text) || text.isAbsent()) {
            throw field.place().wrong("behind 'merge_method' stands " + field.value().kind()
                    + ", expected one of " + methodNames());
        }
        String name = text.value().strip();
        return methods.stream().filter(method -> method.name().equals(name)).findFirst().orElseThrow(() ->
                text.place().wrong("there is no method " + Shown.name(name) + "; the nearest is "
                        + Reading.nearest(name, methods.stream().map(MergeMethod::name).toList()) + " of "
                        + methodNames()));
    }

    private String methodNames() {
        return methods.stream().map(MergeMethod::name).sorted().collect(Collectors.joining(", "));
    }

    private static List<OutputSlice> slices(Fields fields, SliceReader reader) {
        List<String> given = new ArrayList<>(List.of("models", "slices", "modules"));
        given.removeIf(key -> fields.value(key).isEmpty());
        if (given.size() != 1) {
            throw fields.place().wrong((given.isEmpty() ? "neither 'models' nor 'slices' is given"
                    : "'" + String.join("' and '", given) + "' are given together")
                    + ", expected exactly one of 'models' and 'slices'");
        }
        return switch (given.getFirst()) {
            case "models" -> models(fields, reader);
            case "slices" -> ofSlices(fields, reader);
            default -> slices(onlyModule(fields), reader);
        };
    }

    private static List<OutputSlice> models(Fields fields, SliceReader reader) {
        List<YamlNode> models = fields.items("models");
        if (models.isEmpty()) {
            throw fields.placeOf("models").wrong("'models' lists none, expected at least one 'model:'");
        }
        return reader.models(models, fields.placeOf("models"));
    }

    private static List<OutputSlice> ofSlices(Fields fields, SliceReader reader) {
        List<YamlNode> slices = fields.items("slices");
        if (slices.isEmpty()) {
            throw fields.placeOf("slices").wrong("'slices' lists none, expected at least one with 'sources'");
        }
        return reader.slices(slices);
    }

    /** Programs write a whole model as the one module {@code default}; what holds more than that is refused. */
    private static Fields onlyModule(Fields fields) {
        Fields modules = Fields.of(fields.value("modules").orElseThrow(), "'modules'", fields.reading());
        Optional<YamlNode> only = modules.value("default");
        if (only.isEmpty() || modules.section().fields().size() > 1) {
            throw fields.placeOf("modules").wrong("models of several modules cannot be merged; take the models of one "
                    + "module at a time, with 'models' or 'slices' at the top");
        }
        Fields module = Fields.of(only.get(), "the module 'default'", fields.reading());
        module.warnOfUnknown(Set.of("models", "slices", "parameters"));
        if (module.value("parameters").isPresent()) {
            throw module.placeOf("parameters").wrong("the module 'default' has 'parameters' of its own; write them at "
                    + "the top");
        }
        if (module.value("modules").isPresent()) {
            throw module.placeOf("modules").wrong("modules cannot hold modules");
        }
        return module;
    }

    private static Optional<String> type(Fields fields, String key) {
        return fields.text(key).map(text -> {
            String type = text.replaceFirst("^torch\\.", "");
            if (!TYPES.contains(type)) {
                throw fields.placeOf(key).wrong("'" + key + "' is " + Shown.name(text) + ", expected one of "
                        + String.join(", ", TYPES));
            }
            return type;
        });
    }

    private static AlignChoice align(Fields fields) {
        return fields.text("align").map(word -> AlignChoice.named(word).orElseThrow(() -> fields.placeOf("align").wrong(
                "'align' is " + Shown.name(word) + ", expected one of " + String.join(", ", AlignChoice.words()))))
                .orElse(AlignChoice.NONE);
    }

    private static Optional<String> name(Fields fields) {
        Optional<String> name = fields.text("name");
        Optional<String> path = fields.text("out_path");
        path.ifPresent(_ -> fields.reading().warn(fields.placeOf("out_path"), "'out_path' is taken as the name of this "
                + "merge where it has none; the result is written where --out says"));
        return name.or(() -> path);
    }
}
