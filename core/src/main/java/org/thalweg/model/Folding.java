package org.thalweg.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.canonical.CentredNorms;
import org.thalweg.canonical.Gains;
import org.thalweg.canonical.NormReaders;
import org.thalweg.group.GroupKind;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Space;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** Models with all gains of normalisations folded, so that their stream may be rotated, or why they cannot be. */
sealed interface Folding {
    /**
     * A model and its tensors.
     *
     * @param model what it is
     * @param tensors its tensors, open as long as the folded model is read
     */
    record Source(ModelDirectory model, TensorReader tensors) {}

    /**
     * Folded models.
     *
     * @param models in the order of the sources; all with the same tensors
     * @param architecture of each, with a rotation of the stream
     */
    record Folded(List<RewrittenModel> models, Architecture architecture) implements Folding {
        /** Copies the list. */
        public Folded {
            models = List.copyOf(models);
        }

        /** The forms that they have now. */
        List<CanonicalForm> forms() {
            return models.getFirst().forms();
        }

        /** Heads that were the embedding and are tensors of their own now, by canonical names. */
        List<String> untied() {
            return models.getFirst().untied();
        }
    }

    /**
     * No folded models.
     *
     * @param why a clause that names the normalisation
     */
    record Impossible(String why) implements Folding {}

    /** Models whose stream may be rotated as they are. */
    record Already() implements Folding {}

    /** Whether rotations act on a stream already. */
    static boolean isRotatable(Architecture architecture) {
        return kind(architecture).isOrthogonal();
    }

    /** What acts on the stream; none where there is no stream. */
    static GroupKind kind(Architecture architecture) {
        return Optional.ofNullable(architecture.spaces().get(Architecture.STREAM)).map(Space::group)
                .map(group -> group.kind()).orElse(GroupKind.NONE);
    }

    /**
     * Folds models of one kind: gains of RMSNorm, or of LayerNorm with the stream centred. A head that is the embedding
     * becomes a tensor of its own in all of them where it stands in the way in one, and stays the embedding where it
     * is that afterwards to the bit. Reads gains, and embeddings in the latter case; all else is computed when read.
     *
     * @param sources models with the same tensors in the same spaces
     * @param observer watches
     * @return the folded models, not checked yet, or why not
     */
    static Folding of(List<Source> sources, WorkObserver observer) {
        return of(sources, false, observer);
    }

    /**
     * As {@link #of(List, WorkObserver)}, with a head of its own in any case.
     *
     * @param source a model
     * @param observer watches
     * @return the folded model, not checked yet, or why not
     */
    static Folding withOwnHead(Source source, WorkObserver observer) {
        return of(List.of(source), true, observer);
    }

    private static Folding of(List<Source> sources, boolean ownHead, WorkObserver observer) {
        ModelDirectory first = sources.getFirst().model();
        if (kind(first.unfolded()) == GroupKind.NONE && !isRotatable(first.architecture())) {
            return new Impossible(first.unfolded().spaces().containsKey(Architecture.STREAM)
                    ? "the stream itself is what leaves the model" : "the architecture has no residual stream");
        }
        NetworkOrReason known = NetworkOrReason.of(first);
        if (known.network().isEmpty()) {
            return new Impossible("its folded form could not be checked, since "
                    + known.reason().replaceAll("\\.$", ""));
        }
        Network network = known.network().get();
        CanonicalForm form = network.normalisation() == Normalisation.RMS
                ? CanonicalForm.NORMS : CanonicalForm.LAYER_NORMS;
        Optional<String> obstacle = form.obstacle(network, first.unfolded())
                .map(why -> named(first.unfolded()).map(norm -> "of '" + norm + "': ").orElse("") + why);
        if (obstacle.isPresent()) {
            return new Impossible(obstacle.get());
        }
        boolean untie = ownHead || sources.stream()
                .anyMatch(source -> RewrittenModel.needsOwnHead(source.model(), source.tensors(), List.of(form)));
        List<RewrittenModel> folded = new ArrayList<>();
        for (Source source : sources) {
            Optional<String> zero = form == CanonicalForm.LAYER_NORMS ? zeroGain(source, untie) : Optional.empty();
            if (zero.isPresent()) {
                return new Impossible(zero.get());
            }
            folded.add(RewrittenModel.of(source.model(), source.tensors(), List.of(form), untie, observer));
        }
        return folded.stream().flatMap(model -> left(model).stream()).findFirst()
                .<Folding>map(Impossible::new)
                .orElseGet(() -> bound(ownHead ? folded : tiedAgain(folded)));
    }

    /** A head of its own reads the last normalisation, so it is asked of the model that is rewritten. */
    private static Optional<String> zeroGain(Source source, boolean untie) {
        ComputedModel start = RewrittenModel.start(
                source.model(), ComputedModel.of(source.model(), source.tensors()), untie);
        return CentredNorms.obstacle(start.architecture(), start.tensors(), NormReaders.of(start.architecture()));
    }

    /** A normalisation that feeds the stream itself, by its gain: a vector along the stream that is no bias. */
    private static Optional<String> named(Architecture architecture) {
        return architecture.tensors().keySet().stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).contains("norm") && name.endsWith(".weight"))
                .findFirst();
    }

    /** The first gain that did not become 1. */
    private static Optional<String> left(RewrittenModel model) {
        if (!model.left().isEmpty()) {
            return Optional.of(model.left().getFirst());
        }
        double neutral = model.found().network().neutralGain();
        return Gains.names(model.found().architecture()).stream()
                .filter(name -> !isAll(neutral, name, model.found().tensors()))
                .findFirst()
                .map(name -> "the gain '" + name + "' is not " + (neutral == 1 ? "1" : "0, which multiplies by 1 here")
                        + ", and no map behind it can take it as it is stored");
    }

    private static boolean isAll(double neutral, String gain, TensorReader tensors) {
        try (Scope scope = Scope.open()) {
            return Arrays.stream(tensors.read(gain).toDoubles()).allMatch(number -> number == neutral);
        }
    }

    private static List<RewrittenModel> tiedAgain(List<RewrittenModel> models) {
        boolean holds = models.stream().allMatch(model -> !model.untied().isEmpty()
                && TiedHead.of(model.original().network()).filter(head ->
                        head.holds(model.original().tensors(), model.found().tensors())).isPresent());
        return holds
                ? models.stream().map(model -> model.with(model.original().with(model.found().tensors()))).toList()
                : models;
    }

    private static Folding bound(List<RewrittenModel> models) {
        List<RewrittenModel> bound = models.stream()
                .map(model -> model.with(model.found().rotatable(model.source().own())))
                .toList();
        Architecture architecture = bound.getLast().found().architecture();
        return isRotatable(architecture)
                ? new Folded(bound, architecture)
                : new Impossible("its specification has no rotation of the stream where gains are 1");
    }
}
