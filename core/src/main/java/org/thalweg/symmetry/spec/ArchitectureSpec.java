package org.thalweg.symmetry.spec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.InputFile;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;

/**
 * The symmetries of a family of architectures, read from a YAML file: every tensor by a pattern of its name, every
 * axis bound to a named space, every space with its group. Fragments (an MoE layer) are files too, included by
 * name. A file is checked when read; {@link #bind} checks it against one model's tensors.
 */
public final class ArchitectureSpec {
    /** The built-in ones that were asked for: their files never change, and opening one model asks several times. */
    private static final Map<String, ArchitectureSpec> BUILT_IN = new ConcurrentHashMap<>();
    private static final int LARGEST_FILE = 1 << 20;

    private final SpecContent content;
    private final String prefix;

    private ArchitectureSpec(SpecContent content, String prefix) {
        this.content = content;
        this.prefix = prefix;
    }

    /**
     * Name of a tensor by its role.
     *
     * @param template the name with {@code {layer}}, {@code {expert}} and {@code {map}} for numbers; a class of
     *     experts takes the place of the layer
     * @param inputsFirst whether a map is stored [in out]
     */
    public record RoleName(String template, boolean inputsFirst) {}

    /**
     * A specification that comes with the library.
     *
     * @param name for example {@code vit-moe}
     * @return the specification
     * @throws WrongUse when there is none of that name
     */
    public static ArchitectureSpec builtIn(String name) {
        return BUILT_IN.computeIfAbsent(name, known -> of(readBuiltIn(known)));
    }

    /**
     * A specification from a user's file; fragments it includes are the library's.
     *
     * @param file YAML, at most 1 MiB
     * @return the specification
     * @throws WrongUse with line and key when the file has a mistake
     * @throws WorkFailure when the file cannot be read, is no regular file, too large or not UTF-8
     */
    public static ArchitectureSpec read(Path file) {
        return parse(InputFile.text(file, LARGEST_FILE), file.toString());
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
        return of(SpecReader.read(yaml, source));
    }

    private static ArchitectureSpec of(SpecFile file) {
        return new ArchitectureSpec(contentOf(file.prefixed()), file.prefix());
    }

    private static SpecContent contentOf(SpecFile file) {
        List<SpecFile> files = new ArrayList<>();
        files.add(file);
        for (SpecFile.Inclusion inclusion : file.include()) {
            SpecFile fragment = Form.parsed(
                    inclusion.place(), inclusion.fragment(), ArchitectureSpec::readBuiltIn);
            if (!fragment.include().isEmpty()) {
                throw inclusion.place().wrong("the fragment '" + inclusion.fragment() + "' has inclusions itself; "
                        + "include those directly");
            }
            files.add(fragment.placed(inclusion));
        }
        return SpecContent.of(file.name(), files);
    }

    private static SpecFile readBuiltIn(String name) {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new WrongUse(Shown.name(name) + " is not the name of an architecture.");
        }
        try (InputStream in = ArchitectureSpec.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new WrongUse("no architecture '" + name + "' comes with Thalweg; name a specification file.");
            }
            return SpecReader.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), name + ".yaml");
        } catch (IOException refused) {
            throw new WorkFailure("cannot read the built-in architecture '" + name + "'.", refused);
        }
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
        return new SpecBinder(content, shapes, conditions).bind();
    }

    /**
     * Where the tensors that this specification describes lie in a model's files: names there may lack the prefix, have
     * other ends, or be of tensors that hold several. Stored tensors that are unknown have their own names.
     *
     * @param shapes of the stored tensors by name; not changed
     * @return the layout, in which nothing counts as a copy yet
     * @throws WorkFailure naming a stored tensor that cannot be divided as the specification says
     */
    public StoredLayout stored(Map<String, long[]> shapes) {
        return content.stored().layout(shapes, prefix, this::knows);
    }

    /**
     * The same layout in which stored tensors that repeat another one count as copies.
     *
     * @param layout of {@link #stored}
     * @param flags that hold for the model
     * @return the layout without the copies among its tensors
     */
    public StoredLayout withCopies(StoredLayout layout, Set<String> flags) {
        return content.stored().withCopies(layout, flags);
    }

    private boolean knows(String name) {
        return content.tensors().stream().anyMatch(tensor -> tensor.name().match(name).isPresent())
                || content.ignored().stream().anyMatch(pattern -> pattern.covers(name));
    }

    /**
     * The names of tensors by the role that a network reads them in.
     *
     * @param flags that hold for the model
     * @return by role; declarations of one role have one name
     */
    public Map<String, RoleName> roles(Set<String> flags) {
        Map<String, RoleName> roles = new LinkedHashMap<>();
        Conditions conditions = new Conditions(flags, Map.of(), Map.of());
        for (TensorDeclaration tensor : content.tensors()) {
            if (tensor.role().isPresent() && tensor.guard().isActive(conditions)) {
                String template = tensor.name().toString()
                        .replaceAll("\\{(layer|block|class)}", "{layer}")
                        .replaceAll("\\{[a-z_]*expert}", "{expert}")
                        .replace("{depth}", "{map}");
                RoleName name = new RoleName(template, tensor.inputsFirst());
                RoleName before = roles.putIfAbsent(tensor.role().get(), name);
                if (before != null && !before.equals(name)) {
                    throw new WrongUse("the architecture '" + content.name() + "' gives the role '"
                            + tensor.role().get() + "' to '" + before.template() + "' and to '" + template
                            + "'; one of them needs another role or a flag.");
                }
            }
        }
        return roles;
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
