package org.thalweg.symmetry.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;

/**
 * The symmetries of a family of architectures, read from a YAML file: every tensor by a pattern of its name, every
 * axis bound to a named space, every space with its group. Fragments (an MoE layer) are files too, included by
 * name. A file is checked when read; {@link #bind} checks it against one model's tensors.
 */
public final class ArchitectureSpec {
    private static final int LARGEST_FILE = 1 << 20;
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final SpecContent content;
    private final Optional<Prefixed> prefixed;

    /** The same for models whose tensors' names start with an optional prefix. */
    private record Prefixed(String prefix, SpecContent content) {}

    private ArchitectureSpec(SpecContent content, Optional<Prefixed> prefixed) {
        this.content = content;
        this.prefixed = prefixed;
    }

    /**
     * A specification that comes with the library.
     *
     * @param name for example {@code vit-moe}
     * @return the specification
     * @throws WrongUse when there is none of that name
     */
    public static ArchitectureSpec builtIn(String name) {
        return of(readBuiltIn(name), name);
    }

    /**
     * A specification from a user's file; fragments it includes are the library's.
     *
     * @param file YAML, at most 1 MiB
     * @return the specification
     * @throws WrongUse with line and key when the file has a mistake
     * @throws WorkFailure when the file cannot be read
     */
    public static ArchitectureSpec read(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new WrongUse(file + " has more than 1 MiB, which no architecture specification needs.");
            }
            return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (IOException refused) {
            throw new WorkFailure("cannot read the architecture " + file + ": " + refused.getMessage() + ".", refused);
        }
    }

    /**
     * A specification from text.
     *
     * @param yaml the text
     * @param source what to call it in failures
     * @return the specification
     * @throws WrongUse with line and key when the text has a mistake
     */
    public static ArchitectureSpec parse(String yaml, String source) {
        return of(parseFile(yaml, source), source);
    }

    private static ArchitectureSpec of(SpecFile file, String source) {
        Optional<Prefixed> prefixed = Optional.ofNullable(file.prefix())
                .map(prefix -> new Prefixed(prefix, contentOf(file.prefixed(), source)));
        return new ArchitectureSpec(contentOf(file, source), prefixed);
    }

    private static SpecContent contentOf(SpecFile file, String source) {
        List<SpecFile> files = new ArrayList<>();
        files.add(file);
        for (SpecFile.Inclusion inclusion : file.include()) {
            SpecFile fragment = readBuiltIn(inclusion.fragment());
            if (!fragment.include().isEmpty()) {
                throw new WrongUse("the fragment '" + inclusion.fragment() + "' that " + source
                        + " includes has inclusions itself; include those directly.");
            }
            files.add(fragment.placed(inclusion));
        }
        return SpecContent.of(file.name(), files, source);
    }

    private static SpecFile readBuiltIn(String name) {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new WrongUse("'" + name + "' is not the name of an architecture.");
        }
        try (InputStream in = ArchitectureSpec.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new WrongUse("no architecture '" + name + "' comes with Thalweg; name a specification file.");
            }
            return parseFile(new String(in.readAllBytes(), StandardCharsets.UTF_8), name + ".yaml");
        } catch (IOException refused) {
            throw new WorkFailure("cannot read the built-in architecture '" + name + "'.", refused);
        }
    }

    private static SpecFile parseFile(String yaml, String source) {
        try {
            SpecFile file = YAML.readValue(yaml, SpecFile.class);
            if (file == null || file.name() == null) {
                throw new WrongUse(source + " is no architecture: the key 'name' is missing.");
            }
            return file;
        } catch (UnrecognizedPropertyException unknown) {
            String known = unknown.getKnownPropertyIds().stream()
                    .map(Object::toString).sorted().collect(Collectors.joining(", "));
            throw new WrongUse(source + " line " + line(unknown) + ": unknown key '" + unknown.getPropertyName()
                    + "'; known here are " + known + ".");
        } catch (JsonProcessingException malformed) {
            String why = malformed.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new WrongUse(source + " line " + line(malformed) + ": " + why + ".");
        }
    }

    private static String line(JsonProcessingException failure) {
        return failure.getLocation() == null ? "?" : String.valueOf(failure.getLocation().getLineNr());
    }

    /**
     * The name of the family.
     *
     * @return for example {@code vit-moe}
     */
    public String name() {
        return content.name();
    }

    /**
     * Checks the specification against a model and resolves every pattern: each tensor is covered by exactly one
     * pattern, each pattern that must occur does, each axis has its space's length, no space is unused.
     *
     * @param shapes of the model's tensors by name; not changed
     * @param conditions from the model's configuration
     * @return the architecture of this model
     * @throws WorkFailure with one sentence that names the tensor, when something does not fit
     */
    public Architecture bind(Map<String, long[]> shapes, Conditions conditions) {
        SpecContent fitting = prefixed
                .filter(other -> shapes.keySet().stream().anyMatch(name -> name.startsWith(other.prefix())))
                .map(Prefixed::content)
                .orElse(content);
        return new SpecBinder(fitting, shapes, conditions).bind();
    }

    /**
     * As {@link #bind(Map, Conditions)}, with the shapes of a model at hand.
     *
     * @param model its tensors; not changed
     * @param conditions from the model's configuration
     * @return the architecture of this model
     * @throws WorkFailure with one sentence that names the tensor, when something does not fit
     */
    public Architecture bind(Parameters model, Conditions conditions) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        model.asMap().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return bind(shapes, conditions);
    }
}
