package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.Families;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.Inputs;
import org.thalweg.network.JoinedHeads;
import org.thalweg.network.Network;
import org.thalweg.network.Tie;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * A model on disk whose family is known: its checkpoint with every tensor bound to the spaces of its architecture.
 * Opening reads configuration, headers and the gains of normalisations, up to the first that does not multiply by 1,
 * since gains of 1 free the stream to be rotated; no other tensor is read and libtorch is not loaded.
 *
 * @param checkpoint the directory
 * @param family the {@code model_type} of its configuration
 * @param architecture its symmetries
 * @param unfolded its symmetries when gains count as free, though all may be 1; the same for most models
 * @param stored where its tensors lie in the files; all else about a model goes by their canonical names
 * @param own the user's own specification, when it was opened by one
 */
public record ModelDirectory(
        Checkpoint checkpoint,
        String family,
        Architecture architecture,
        Architecture unfolded,
        StoredLayout stored,
        Optional<ArchitectureSpec> own) {
    /** The condition of gains that count from one. */
    private static final String FROM_ONE = "shifted-gains";

    /**
     * Opens a model of a family that comes with the program.
     *
     * @param directory of Hugging Face's layout
     * @return the model
     * @throws WorkFailure naming the directory and the tensor or field, when files are damaged, the family is unknown
     *     or the tensors do not fit the specification
     */
    public static ModelDirectory open(Path directory) {
        return open(directory, Optional.empty());
    }

    /**
     * Opens a model, by a user's own specification when one is given. What that needs beside shapes comes from
     * {@code config.json}: of a known family as for its built-in specification, else a size or a range is a field of
     * that name (a range also a list of numbers), and a flag is a field that is true.
     *
     * @param directory of Hugging Face's layout
     * @param specification the file, if any
     * @return the model
     * @throws WorkFailure naming the directory and the tensor or field, when files are damaged, the family is unknown
     *     or the tensors do not fit the specification
     * @throws WrongUse naming line and key, when the specification has a mistake
     */
    public static ModelDirectory open(Path directory, Optional<Path> specification) {
        Optional<ArchitectureSpec> own = specification.map(ArchitectureSpec::read);
        Checkpoint checkpoint = Checkpoint.open(directory);
        return named(directory, () -> bound(checkpoint, own).withoutBuffersThatAreRead());
    }

    private static ModelDirectory bound(Checkpoint checkpoint, Optional<ArchitectureSpec> own) {
        QuantisedTensors.refuse(checkpoint);
        ObjectNode config = checkpoint.config();
        String family = config.path("model_type").asText("");
        StoredLayout stored = stored(checkpoint, own);
        RepeatedTensors.requireEqual(checkpoint, stored);
        Map<String, long[]> shapes = shapes(stored.canonical(checkpoint.tensors()));
        Architecture architecture = architecture(config, shapes, own, Set.of());
        return new ModelDirectory(
                checkpoint,
                family.isEmpty() ? "unnamed" : family,
                FoldedNorms.hold(checkpoint, stored, architecture, neutralGain(config, stored, own))
                        ? architecture(config, shapes, own, Set.of(FoldedNorms.FLAG))
                        : architecture,
                architecture,
                stored,
                own);
    }

    /** Of a network that a user's own specification describes 1, as it says nothing else. */
    private static double neutralGain(ObjectNode config, StoredLayout stored, Optional<ArchitectureSpec> own) {
        return own.isPresent() ? 1
                : network(config, stored.places().keySet()).map(Network::neutralGain).orElse(1.0);
    }

    /**
     * Where the tensors of a checkpoint lie by the names of its specification, whether or not they are all there.
     *
     * @throws WorkFailure when the family is unknown or the configuration asks for what is not built in, is of another
     *     model, or counts what no file can hold
     */
    static StoredLayout stored(Checkpoint checkpoint, Optional<ArchitectureSpec> own) {
        ObjectNode config = checkpoint.config();
        ArchitectureSpec spec = own.orElseGet(() -> Families.of(config).spec());
        requireFewLayers(config, checkpoint.tensors().size());
        StoredLayout named = spec.stored(shapes(checkpoint.tensors()));
        ConfigConditions.requireFewExperts(config, named.places().size());
        return spec.withCopies(named, conditions(config, named.places().keySet(), own.isPresent()).flags());
    }

    private static void requireFewLayers(ObjectNode config, int tensors) {
        ConfigConditions.requireFewLayers(config, tensors);
        if (config.get("text_config") instanceof ObjectNode text) {
            ConfigConditions.requireFewLayers(text, tensors);
        }
    }

    private static Conditions conditions(ObjectNode config, Set<String> tensors, boolean own) {
        return own ? ConfigConditions.of(config, tensors) : Families.of(config).read(config, tensors).conditions();
    }

    /** Lengths of the axes by name. */
    static Map<String, long[]> shapes(Map<String, TensorLayout> layouts) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        layouts.forEach((name, layout) -> shapes.put(name, layout.shape()));
        return shapes;
    }

    /** This model; what is passed on as a buffer cannot be something that the network computes with. */
    private ModelDirectory withoutBuffersThatAreRead() {
        Optional<Network> runnable = NetworkOrReason.of(this).network();
        architecture.ignored().stream()
                .filter(name -> runnable.filter(network -> network.tensors().containsKey(name)).isPresent())
                .findFirst()
                .ifPresent(name -> {
                    throw new WorkFailure("the architecture '" + architecture.name() + "' ignores the tensor '" + name
                            + "' as a buffer, but the network reads it; describe it under 'tensors' instead.");
                });
        return this;
    }

    /**
     * Types and shapes of the model's tensors, computed anew each time.
     *
     * @return by canonical name, in the order of the files
     */
    public Map<String, TensorLayout> tensors() {
        return stored.canonical(checkpoint.tensors());
    }

    /**
     * The model's tensors one at a time, by canonical names, in the types they are stored in.
     *
     * @return a reader for one thread; close it
     */
    public CheckpointReader reader() {
        return checkpoint.reader(stored);
    }

    /**
     * Fails at the first tensor with a NaN or an infinity; reads all files once.
     *
     * @param observer watches
     * @throws WorkFailure naming file, tensor and element
     */
    void requireFinite(WorkObserver observer) {
        observer.began("reading", checkpoint.tensors().size());
        checkpoint.requireFinite(observer::reached);
    }

    /**
     * Reads all tensors, in the types they are stored in.
     *
     * @return by canonical name, tensors of the caller's scope, or, when none is open, of the caller, to be closed
     */
    public Parameters load() {
        try (Scope scope = Scope.open();
                CheckpointReader reader = reader()) {
            Map<String, Tensor> loaded = new LinkedHashMap<>();
            tensors().keySet().forEach(name -> loaded.put(name, reader.read(name)));
            return scope.keep(Parameters.of(loaded));
        }
    }

    /**
     * The tensors on which the model's function depends.
     *
     * @return those that the network reads; for families without a network all but buffers
     */
    Set<String> weights() {
        Set<String> names = new LinkedHashSet<>(tensors().keySet());
        NetworkOrReason.of(this).network().ifPresentOrElse(
                network -> names.retainAll(network.tensors().keySet()), () -> names.removeAll(architecture.ignored()));
        return names;
    }

    /**
     * The same model with gains that may be moved, to be compared with one whose gains are not 1.
     *
     * @return this model with {@link #unfolded} as its architecture
     */
    public ModelDirectory withFreeGains() {
        return new ModelDirectory(checkpoint, family, unfolded, unfolded, stored, own);
    }

    /** The architecture of a model with this configuration and tensors of these shapes, under further flags. */
    static Architecture architecture(
            ObjectNode config, Map<String, long[]> shapes, Optional<ArchitectureSpec> own, Set<String> flags) {
        return architecture(config, shapes, own, conditions -> conditions.with(flags));
    }

    /** The same of a model whose gains count from zero, as most do, where its own count from one. */
    static Architecture architectureFromZero(
            ObjectNode config, Map<String, long[]> shapes, Optional<ArchitectureSpec> own) {
        return architecture(config, shapes, own, conditions -> conditions.without(FROM_ONE));
    }

    private static Architecture architecture(ObjectNode config, Map<String, long[]> shapes,
            Optional<ArchitectureSpec> own, UnaryOperator<Conditions> change) {
        if (own.isPresent()) {
            return ownBound(own.get(), shapes, change.apply(ConfigConditions.of(config, shapes.keySet())));
        }
        return ModelArchitecture.of(config, shapes, change);
    }

    private static Architecture ownBound(
            ArchitectureSpec own, Map<String, long[]> shapes, Conditions conditions) {
        try {
            return own.bind(shapes, conditions);
        } catch (IllegalArgumentException unmet) {
            throw new WorkFailure(unmet.getMessage() + ", which config.json does not give; add a field of that name, a "
                    + "whole number or a list of them.", unmet);
        }
    }

    /**
     * The network, when the family has one here.
     *
     * @return a pure function of the checkpoint's tensors, or nothing for families without a built-in forward
     * @throws WorkFailure naming the directory and the field, when the configuration asks for what is not built in
     */
    public Optional<Network> network() {
        return named(checkpoint.directory(), () -> network(checkpoint.config(), stored.places().keySet()));
    }

    /** The network of a model with this configuration and tensors of these names. */
    static Optional<Network> network(ObjectNode config, Set<String> tensors) {
        return Families.named(config.path("model_type").asText(""))
                .map(family -> family.read(config, tensors).network());
    }

    /**
     * Tensors that serve twice.
     *
     * @return names of embeddings that are the head too; none for families without a network here
     * @throws WorkFailure as {@link #network()}
     */
    public List<String> tied() {
        return network().flatMap(Network::tie).map(Tie::embedding).stream().toList();
    }

    /**
     * What the network takes.
     *
     * @return its inputs
     * @throws WorkFailure when the family has no network here
     */
    public Inputs inputs() {
        return requireNetwork().inputs();
    }

    /**
     * Heads of several models of this kind, whose circuits are averages of theirs.
     *
     * @param models how many
     * @return the heads
     * @throws WorkFailure when the network has no such circuits
     */
    public JoinedHeads.Wider joinedHeads(int models) {
        return switch (requireNetwork().joinedHeads(models)) {
            case JoinedHeads.Wider wider -> wider;
            case JoinedHeads.None(String why) -> throw new WorkFailure("the circuits of " + checkpoint.directory()
                    + " cannot be averaged: " + why + "; measure the path of the stored weights alone.");
        };
    }

    /** The network, insisted on. */
    Network requireNetwork() {
        return network().orElseThrow(() -> new WorkFailure(checkpoint.directory() + " is of the family '" + family
                + "', whose network is not built in, so its outputs cannot be compared."));
    }

    /** Says in every failure which directory it is about. */
    static <T> T named(Path directory, Supplier<T> work) {
        try {
            return work.get();
        } catch (WorkFailure | WrongUse refused) {
            String sentence = refused.getMessage();
            throw new WorkFailure(directory + ": " + sentence + (sentence.endsWith(".") ? "" : "."), refused);
        }
    }
}
