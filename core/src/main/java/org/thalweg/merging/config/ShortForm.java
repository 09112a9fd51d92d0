package org.thalweg.merging.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.MergeMethod;
import org.thalweg.merging.MergeParameter;
import org.thalweg.storage.YamlNode;
import org.thalweg.storage.YamlPlace;

/**
 * A merge that is said in a few words, as the file that says the same.
 *
 * @param method the method's name
 * @param models names or directories, the base not among them
 * @param base a name or directory
 * @param weights one for each model, or none
 * @param parameters texts by parameter
 */
record ShortForm(String method, List<String> models, Optional<String> base, List<String> weights,
        Map<String, String> parameters) {
    private static final String SOURCE = "the command line";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z./][A-Za-z0-9._/-]*|-?\\d+(\\.\\d+)?");
    private static final Pattern LIST = Pattern.compile("\\[([^\\[\\]]*)]");

    static MergeConfiguration configuration(ShortForm form, List<MergeMethod> methods) {
        if (form.models.isEmpty()) {
            throw new WrongUse(SOURCE + ": no model is named, expected at least one besides the base.");
        }
        if (!form.weights.isEmpty() && form.weights.size() != form.models.size()) {
            throw new WrongUse(SOURCE + ": " + form.weights.size() + " weights are given for " + form.models.size()
                    + " models, expected one for each in their order; the base has none.");
        }
        String yaml = form.yaml();
        List<String> warnings = new ArrayList<>();
        List<YamlNode> documents = MergeFile.documents(yaml, _ -> YamlPlace.of(SOURCE, 0), warnings);
        MergeConfiguration configuration =
                new ConfigurationReader(methods).configuration(documents.getFirst(), yaml, warnings);
        form.requireKnown(configuration.method());
        return configuration;
    }

    /** What a file may hold since other programs ignore it, a command line has no reason to say. */
    private void requireKnown(MergeMethod of) {
        Set<String> known = of.parameters().stream().map(MergeParameter::name)
                .collect(Collectors.toCollection(TreeSet::new));
        Stream.concat(parameters.keySet().stream(), weights.isEmpty() ? Stream.empty() : Stream.of("weight"))
                .filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
                    throw new WrongUse(SOURCE + ": the method '" + of.name() + "' takes no parameter "
                            + Shown.name(name) + "; it takes "
                            + (known.isEmpty() ? "none" : String.join(", ", known)) + ".");
                });
    }

    private String yaml() {
        StringBuilder yaml = new StringBuilder("merge_method: " + scalar(method) + "\n");
        base.ifPresent(name -> yaml.append("base_model: ").append(scalar(name)).append('\n'));
        yaml.append("align: ").append(AlignChoice.AUTO.word()).append("\nmodels:\n");
        for (int i = 0; i < models.size(); i++) {
            yaml.append("  - model: ").append(scalar(models.get(i))).append('\n');
            if (!weights.isEmpty()) {
                yaml.append("    parameters:\n      weight: ").append(scalar(weights.get(i))).append('\n');
            }
        }
        if (!parameters.isEmpty()) {
            yaml.append("parameters:\n");
            new TreeMap<>(parameters).forEach((name, value) ->
                    yaml.append("  ").append(scalar(name)).append(": ").append(value(value)).append('\n'));
        }
        return yaml.toString();
    }

    private static String value(String text) {
        var list = LIST.matcher(text.strip());
        return list.matches()
                ? Arrays.stream(list.group(1).split(",", -1)).map(item -> scalar(item.strip()))
                        .collect(Collectors.joining(", ", "[", "]"))
                : scalar(text);
    }

    /** A text that YAML reads as itself. */
    private static String scalar(String text) {
        if (PLAIN.matcher(text).matches() && !text.equalsIgnoreCase("null")) {
            return text;
        }
        return text.codePoints().mapToObj(letter -> letter == '"' || letter == '\\' || !Shown.isPrintable(letter)
                ? String.format("\\U%08x", letter) : Character.toString(letter))
                .collect(Collectors.joining("", "\"", "\""));
    }
}
