package org.thalweg.merging.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.merging.MergeParameter;
import org.thalweg.storage.YamlPlace;

/**
 * Reads the section {@code parameters} of one level.
 *
 * @param reading the document's
 */
record ParametersReader(Reading reading) {
    /** Whose parameters a section holds. */
    enum Level {
        /** One model's. */
        SOURCE,
        /** The base's, where the method takes differences from it. */
        BASE,
        /** All models' in one slice. */
        SLICE,
        /** All models' everywhere. */
        TOP
    }

    private static final String KEY = "parameters";

    /** The settings by parameter; none where the level has no such section. */
    Map<String, ParameterSetting> parameters(Fields level, Level whose) {
        Map<String, ParameterSetting> settings = new LinkedHashMap<>();
        level.value(KEY).map(node -> Fields.of(node, "the parameters of " + level.where(), reading))
                .ifPresent(fields -> {
                    if (whose == Level.BASE) {
                        reading.warn(fields.place(), "parameters of the base model change nothing, for the method '"
                                + reading.method().name() + "' merges differences from it");
                        return;
                    }
                    for (String name : fields.section().fields().keySet()) {
                        setting(fields, name, whose).ifPresent(setting -> settings.put(name, setting));
                    }
                });
        return settings;
    }

    private Optional<ParameterSetting> setting(Fields fields, String name, Level whose) {
        YamlPlace place = fields.placeOf(name);
        String method = reading.method().name();
        reading.method().refusal(name).ifPresent(sentence -> {
            throw place.wrong(sentence.replaceFirst("\\.$", ""));
        });
        Optional<MergeParameter> parameter = reading.method().parameters().stream()
                .filter(candidate -> candidate.name().equals(name)).findFirst();
        if (Fields.WITHOUT_EFFECT.contains(name)) {
            return Optional.empty();
        }
        if (parameter.isEmpty()) {
            reading.warn(place, "the method '" + method + "' takes no parameter " + Shown.name(name)
                    + ", so it changes nothing; " + instead(name));
            return Optional.empty();
        }
        if (whose == Level.SOURCE && parameter.get().scope() == MergeParameter.Scope.SHARED) {
            reading.warn(place, "the parameter '" + name + "' is one for all models and changes nothing at one of "
                    + "them; write it under 'parameters' of the slice or at the top");
            return Optional.empty();
        }
        return fields.value(name).map(new SettingReader(parameter.get(), reading)::setting);
    }

    private String instead(String name) {
        if (ConfigurationReader.KEYS.contains(name)) {
            return "'" + name + "' is a key of the top and stands outside 'parameters'";
        }
        if (reading.parameters().isEmpty()) {
            return "it takes none at all";
        }
        return reading.parametersOfAll().contains(name)
                ? "it takes " + String.join(", ", reading.parameters())
                : "the nearest that it takes is " + Reading.nearest(name, reading.parameters());
    }
}
