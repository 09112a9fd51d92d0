package org.thalweg.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.InputFile;
import org.yaml.snakeyaml.LoaderOptions;

/** Reads study files: YAML into records, unknown keys refused with the nearest known one named. */
public final class StudyReader {
    /** Studies that come with the program. */
    public static final List<String> BUILT_IN = List.of(
            "quickstart", "mnist", "table-4", "table-4-images", "table-5", "table-5-mnist", "table-5-cifar10",
            "table-5-cifar100", "table-5-imagenet", "table-5-transfer-cifar10", "table-5-transfer-cifar100",
            "table-5-wikitext", "table-5-one-billion-word", "table-6", "table-6-cifar10", "table-6-transfer-cifar10",
            "table-6-transfer-cifar100",
            "table-7-8", "table-7-8-cifar10", "table-7-8-cifar100", "table-9-10-11", "finetuning-length",
            "transformers-vit", "transformers-vit-cifar10", "transformers-gpt2", "transformers-llama",
            "transformers-mixtral", "transformers-analyses", "transformers-vary", "zoo", "zoo-gates",
            "zoo-omni-router", "zoo-moe-pot", "zoo-adamoe", "zoo-curious-qmoe", "zoo-gmope", "zoo-mobile",
            "zoo-metis-home", "zoo-unimm-v2x", "zoo-efficiency-leverage");

    /** The profile that is taken of a study with profiles when nobody says which. */
    public static final String USUAL_PROFILE = StudyProfiles.USUAL;

    private static final int LARGEST = 1 << 20;
    private static final Pattern REPEATED = Pattern.compile("(?s)Duplicate field '(.*)'");
    private static final ObjectMapper MAPPER = mapper();
    private static final ObjectReader VALUES =
            MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StudyReader() {}

    /**
     * A study that comes with the program, or the one in a file, in its usual profile if it has profiles.
     *
     * @param nameOrFile one of {@link #BUILT_IN}, or the path of a YAML file
     * @return the study
     * @throws WrongUse when it is neither, or the file says something that makes no study
     * @throws WorkFailure when the file cannot be read, is no regular file, larger than 1 MiB or not UTF-8
     */
    public static Study read(String nameOrFile) {
        return read(nameOrFile, Optional.empty());
    }

    /**
     * A study that comes with the program, or the one in a file.
     *
     * @param nameOrFile one of {@link #BUILT_IN}, or the path of a YAML file
     * @param profile of a file that has profiles; the one called {@code small} when absent
     * @return the study
     * @throws WrongUse when it is neither, the file says something that makes no study, or there is no such profile
     * @throws WorkFailure when the file cannot be read, is no regular file, larger than 1 MiB or not UTF-8
     */
    public static Study read(String nameOrFile, Optional<String> profile) {
        Source source = source(nameOrFile);
        return parse(source.yaml, source.origin, profile);
    }

    /**
     * The profiles that a study has.
     *
     * @param nameOrFile one of {@link #BUILT_IN}, or the path of a YAML file, that reads as a study
     * @return their names in the file's order; none of most studies
     */
    public static List<String> profiles(String nameOrFile) {
        Source source = source(nameOrFile);
        try {
            return MAPPER.readTree(source.yaml) instanceof ObjectNode tree
                    ? new StudyProfiles(tree, source.origin).names() : List.of();
        } catch (JsonProcessingException noStudy) {
            return List.of();
        }
    }

    /** A text and what to call it. */
    private record Source(String yaml, String origin) {}

    private static Source source(String nameOrFile) {
        if (BUILT_IN.contains(nameOrFile)) {
            return new Source(builtIn(nameOrFile), "the built-in study " + nameOrFile);
        }
        Path file = file(nameOrFile).filter(Files::exists).orElseThrow(() -> new WrongUse(
                "there is no study '" + nameOrFile + "': give the path of a YAML file or one of "
                        + String.join(", ", BUILT_IN) + "."));
        return new Source(InputFile.text(file, LARGEST), file.toString());
    }

    private static Optional<Path> file(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException noFileCanHaveThisName) {
            return Optional.empty();
        }
    }

    /**
     * The text of a study that comes with the program.
     *
     * @param name one of {@link #BUILT_IN}
     * @return its YAML
     */
    public static String builtIn(String name) {
        try (InputStream in = StudyReader.class.getResourceAsStream(name + ".yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new IllegalStateException("the study " + name + " is missing from the program", impossible);
        }
    }

    /**
     * Reads a study from text.
     *
     * @param yaml the text
     * @param origin what to call it in messages
     * @return the study
     * @throws WrongUse when the text makes no study
     */
    public static Study parse(String yaml, String origin) {
        return parse(yaml, origin, Optional.empty());
    }

    /**
     * Reads a study from text.
     *
     * @param yaml the text
     * @param origin what to call it in messages
     * @param profile of a text that has profiles; the one called {@code small} when absent
     * @return the study, with the profile's keys in place of its own
     * @throws WrongUse when the text makes no study or has no such profile
     */
    public static Study parse(String yaml, String origin, Optional<String> profile) {
        try {
            requireNoNul(yaml, origin);
            List<String> keys = keys(yaml);
            Class<? extends Study> kind = kind(keys);
            if (keys.contains(StudyProfiles.KEY)) {
                try (JsonParser parser = MAPPER.createParser(yaml)) {
                    new StudyKeys(parser, VALUES, origin, true).check(kind);
                }
                return laidOver(new StudyProfiles((ObjectNode) MAPPER.readTree(yaml), origin), kind, profile);
            }
            if (profile.isPresent() && kind != StudyList.class) {
                throw new WrongUse(origin + " has no profiles, so none called '" + StudyKeys.shown(profile.get())
                        + "'; leave --profile away.");
            }
            try (JsonParser parser = MAPPER.createParser(yaml)) {
                new StudyKeys(parser, VALUES, origin).check(kind);
            }
            return checked(MAPPER.readValue(yaml, kind), origin);
        } catch (JsonProcessingException refused) {
            throw new WrongUse(origin + place(refused) + ": " + reason(refused));
        } catch (IOException impossible) {
            throw new IllegalStateException("a text in memory is always readable", impossible);
        }
    }

    private static Study laidOver(StudyProfiles profiles, Class<? extends Study> kind, Optional<String> asked)
            throws IOException {
        String name = profiles.choose(asked);
        String origin = profiles.origin() + ", profile " + name;
        ObjectNode tree = profiles.with(name);
        try (JsonParser parser = MAPPER.treeAsTokens(tree)) {
            new StudyKeys(parser, VALUES, origin).check(kind);
        }
        try {
            return checked(MAPPER.treeToValue(tree, kind), origin);
        } catch (JsonProcessingException refused) {
            throw new WrongUse(origin + ": " + reason(refused));
        }
    }

    /** The keys at the top of a text, as far as it is well formed. */
    private static List<String> keys(String yaml) throws IOException {
        List<String> keys = new ArrayList<>();
        try (JsonParser parser = MAPPER.createParser(yaml)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    keys.add(parser.currentName());
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        } catch (JsonProcessingException malformed) {
            // Told when the text is read as a study.
        }
        return keys;
    }

    /** Which kind of study a text is, by a key that only one of them has. */
    private static Class<? extends Study> kind(List<String> keys) {
        if (keys.contains(TransformerStudy.MARK)) {
            return TransformerStudy.class;
        }
        if (keys.contains(ReinitialisationStudy.MARK)) {
            return ReinitialisationStudy.class;
        }
        if (keys.contains(SystemStudy.MARK)) {
            return SystemStudy.class;
        }
        return keys.contains(StudyList.MARK) ? StudyList.class : StudyFile.class;
    }

    /** Many texts of a study are names of files, and none of a file can hold this character. */
    private static void requireNoNul(String yaml, String origin) throws IOException {
        try (JsonParser parser = MAPPER.createParser(yaml)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_STRING && parser.getText().indexOf('\0') >= 0) {
                    throw new WrongUse(origin + ", line " + parser.currentTokenLocation().getLineNr()
                            + ": the text '" + parser.getText().replace("\0", "\\0")
                            + "' holds a NUL character; remove it.");
                }
            }
        }
    }

    /** Gates, layers and optimisers are strings and numbers that only together make a model or not. */
    private static Study checked(Study study, String origin) {
        try {
            switch (study) {
                case StudyFile file -> {
                    file.pretrain().ifPresent(spec -> {
                        Experiment.plan(spec);
                        spec.care().requireHeldOut("pretrain");
                    });
                    Experiment.of(file);
                }
                case TransformerStudy file -> file.requireSense();
                case ReinitialisationStudy file -> file.requireSense();
                case SystemStudy file -> file.requireSense();
                case StudyList _ -> { }
            }
            return study;
        } catch (WrongUse wrong) {
            throw new WrongUse(origin + ": " + wrong.getMessage());
        }
    }

    static Map<String, Object> toMap(Study study) {
        return MAPPER.convertValue(study, new TypeReference<>() {});
    }

    /** The study with some keys otherwise; WrongUse when they make none. */
    static TransformerStudy changed(TransformerStudy study, Consumer<ObjectNode> change) {
        ObjectNode keys = MAPPER.valueToTree(study);
        change.accept(keys);
        try {
            return MAPPER.treeToValue(keys, TransformerStudy.class);
        } catch (JsonProcessingException refused) {
            throw new WrongUse(reason(refused));
        }
    }

    /**
     * A study as a file that reads back to it.
     *
     * @param study the study
     * @return YAML
     */
    public static String toYaml(Study study) {
        try {
            return MAPPER.writeValueAsString(study);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a study is always writable", impossible);
        }
    }

    /**
     * A study as a file whose texts a process with another working directory finds too. The directory of a backbone
     * stays as it is named, since its step's key holds it.
     *
     * @param study the study
     * @return YAML
     */
    public static String toPortableYaml(Study study) {
        ObjectNode keys = MAPPER.valueToTree(study);
        makeAbsolute(keys, "text");
        if (keys.get("texts") instanceof ObjectNode texts) {
            makeAbsolute(texts, "place");
        }
        try {
            return MAPPER.writeValueAsString(keys);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a study is always writable", impossible);
        }
    }

    private static void makeAbsolute(ObjectNode keys, String key) {
        if (keys.path(key).isTextual()) {
            keys.put(key, Path.of(keys.path(key).textValue()).toAbsolutePath().toString());
        }
    }

    private static String reason(JsonProcessingException refused) {
        if (refused.getCause() instanceof WrongUse wrong) {
            return wrong.getMessage();
        }
        return switch (refused) {
            case StreamConstraintsException tooLarge ->
                "a number, a name or a nesting is longer than a study file may hold.";
            case MismatchedInputException mismatched when mismatched.getTargetType() != null ->
                path(mismatched) + " is " + found(mismatched) + ", expected "
                        + StudyKeys.expected(mismatched.getTargetType()) + ".";
            case JsonMappingException other -> path(other) + " is no value of a study.";
            default -> malformed(refused.getOriginalMessage());
        };
    }

    private static String malformed(String told) {
        Matcher repeated = REPEATED.matcher(told);
        if (repeated.matches()) {
            return "the key '" + StudyKeys.shown(repeated.group(1)) + "' is given twice.";
        }
        // The reader describes a list or section in a key's place by the name of a class.
        String first = told.lines().findFirst().filter(line -> !line.contains("org.yaml")).orElse("a key is no text");
        return "the text is no YAML: " + first.strip().replaceAll("[.:]+$", "") + ".";
    }

    private static String found(MismatchedInputException refused) {
        return refused instanceof InvalidFormatException format
                ? "'" + StudyKeys.shown(String.valueOf(format.getValue())) + "'"
                : "of another type";
    }

    private static String path(JsonMappingException refused) {
        String path = refused.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
        return path.isEmpty() ? "the text" : path;
    }

    private static String place(JsonProcessingException refused) {
        JsonLocation location = refused.getLocation();
        return location == null || location.getLineNr() < 1 ? "" : ", line " + location.getLineNr();
    }

    private static ObjectMapper mapper() {
        LoaderOptions limits = new LoaderOptions();
        limits.setMaxAliasesForCollections(10);
        limits.setNestingDepthLimit(20);
        limits.setAllowDuplicateKeys(false);
        return YAMLMapper.builder(YAMLFactory.builder().loaderOptions(limits).build())
                .addModule(new Jdk8Module())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .defaultPropertyInclusion(JsonInclude.Value.construct(
                        JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                .build();
    }
}
