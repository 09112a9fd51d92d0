package org.thalweg.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.SpaceMatch;
import org.thalweg.storage.InputFile;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.tensor.WorkObserver;

/**
 * Moves a model by an alignment that was found or drawn before, checks that it still is the same function, and writes
 * it.
 *
 * @param inverse whether the alignment is undone
 * @param checking how the function is compared
 */
public record Apply(boolean inverse, Checking checking) {
    /**
     * What was done.
     *
     * @param alignment what acted, already inverted when that was asked for
     * @param spaces every space in which it acts
     * @param checked of the written weights; nothing when the network is not built in
     * @param forms in which the model was put first, since the alignment is of models in these forms; none otherwise
     * @param untied heads that were the embedding and became tensors of their own by that
     */
    public record Done(
            Alignment alignment,
            List<SpaceMatch> spaces,
            Optional<Checking.Checked> checked,
            List<CanonicalForm> forms,
            List<String> untied) {
        /** Copies the lists. */
        public Done {
            spaces = List.copyOf(spaces);
            forms = List.copyOf(forms);
            untied = List.copyOf(untied);
        }
    }

    /**
     * Applies and writes: the model's names, shapes, types, configuration, companion files and division among files,
     * what acted in {@link Scramble#ALIGNMENT}. An alignment that rotates the stream of models with folded
     * normalisations, as {@link Align} finds it, folds those of the model first. Writing and the check hold single
     * tensors, as {@link FunctionComparison} says.
     *
     * @param file the alignment
     * @param model what is moved; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when writing would delete the model or the file
     * @throws WorkFailure when the file is no alignment of this architecture, weights are not finite, the moved model
     *     is not the same function, or the disk refuses; then nothing is left
     */
    public Done write(Path file, ModelDirectory model, Output output, WorkObserver observer) {
        InputFile.requireRegular(file);
        output.require(model.checkpoint(), file);
        checking.requirePossible(model);
        try (CheckpointReader reader = model.reader()) {
            Read read = read(file, model, reader, observer);
            model.requireFinite(observer);
            Alignment alignment = inverse ? read.alignment().inverse() : read.alignment();
            MovedModel moved = read.folded()
                    .map(folded -> new MovedModel(folded.models().getFirst(), alignment))
                    .orElseGet(() -> new MovedModel(model, reader, alignment));
            Optional<Checking.Checked> checked = checking.checkAndWrite(
                    moved, output, Map.of("thalweg.apply", inverse ? "inverse" : "alignment"), observer);
            return new Done(alignment, spaces(alignment), checked,
                    read.folded().map(Folding.Folded::forms).orElse(List.of()),
                    read.folded().map(Folding.Folded::untied).orElse(List.of()));
        }
    }

    /** An alignment, and the model folded where it is one of folded models. */
    private record Read(Alignment alignment, Optional<Folding.Folded> folded) {}

    private List<SpaceMatch> spaces(Alignment alignment) {
        List<SpaceMatch> spaces = new ArrayList<>();
        alignment.elements().forEach((space, element) -> spaces.add(new SpaceMatch(
                space, alignment.architecture().space(space).group(), element.moved(), OptionalDouble.empty(),
                OptionalDouble.empty(), inverse ? "file, inverted" : "file")));
        return spaces;
    }

    /**
     * What was found for models of which one has gains of 1 moves gains; what was found for folded ones, the stream.
     */
    private static Read read(Path file, ModelDirectory model, CheckpointReader reader, WorkObserver observer) {
        try {
            return new Read(AlignmentFile.read(file, model.architecture()), Optional.empty());
        } catch (WorkFailure refused) {
            if (!model.architecture().equals(model.unfolded())) {
                return new Read(AlignmentFile.read(file, model.unfolded()), Optional.empty());
            }
            return switch (Folding.of(List.of(new Folding.Source(model, reader)), observer)) {
                case Folding.Folded folded -> new Read(folded(file, folded, refused), Optional.of(folded));
                case Folding.Already _, Folding.Impossible _ -> throw refused;
            };
        }
    }

    private static Alignment folded(Path file, Folding.Folded folded, WorkFailure asItIs) {
        try {
            return AlignmentFile.read(file, folded.architecture());
        } catch (WorkFailure neither) {
            // What is wrong with the file is told of the model as it is.
            throw asItIs;
        }
    }
}
