package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.canonical.NormReaders;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.equivalence.BlockwiseComparison;
import org.thalweg.equivalence.ComparedModel;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.Widths;
import org.thalweg.group.GroupKind;
import org.thalweg.network.Network;
import org.thalweg.network.Probes;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Writes a wider model of the same function (arXiv 2506.22712, appendix E): the residual stream goes through a random
 * map that keeps lengths, after gains of normalisations were folded; heads, where their number follows the stream's
 * width, and hidden units are split. The same seed gives the same model.
 *
 * @param residual width of the new stream; nothing when it stays
 * @param hidden units of each new feed-forward network; nothing when they stay
 * @param seed of all draws
 */
public record Widen(Optional<Integer> residual, Optional<Integer> hidden, long seed) {
    private static final double EXACT = 1e-9;
    private static final int PROBES = 16;
    private static final int WIDEST = 1 << 20;

    /**
     * Checks the widths.
     *
     * @throws WrongUse when none is given, or one is beyond any model's
     */
    public Widen {
        if (residual.isEmpty() && hidden.isEmpty()) {
            throw new WrongUse("nothing is to be widened; give a width of the residual stream or of hidden units.");
        }
        requireSense("residual", residual);
        requireSense("hidden", hidden);
    }

    private static void requireSense(String what, Optional<Integer> width) {
        width.filter(each -> each < 1 || each > WIDEST).ifPresent(each -> {
            throw new WrongUse(what + " is " + each + ", expected a number from 1 to " + WIDEST + ".");
        });
    }

    /**
     * What was done.
     *
     * @param before widths of the source
     * @param after widths of what was written
     * @param untied whether the head, which was the embedding, became a tensor of its own
     * @param exact that the function is the same, in float64
     * @param stored the same after rounding to the stored types
     */
    public record Done(Widths before, Widths after, boolean untied, Verification exact, Comparison stored) {}

    /** A model that is being widened: what is written of it, the network, its tensors in float64. */
    private record Wide(WrittenDirectory directory, Network network, TensorReader tensors) {}

    /** Where tensors come from, and who watches. */
    private record Streams(CheckpointReader reader, WorkObserver observer) {}

    /**
     * Writes the wider model: a directory that the stock class loads, same names, types and division among files,
     * companion files copied. A wider stream makes a head that is the embedding a tensor of its own. Tensors are
     * computed one at a time, several times each: to check, and to write. Memory is a few times the largest.
     *
     * @param model what to widen; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when the family is not widened here, a width is not larger or does not fit the heads, or the
     *     normalisations cannot be folded
     * @throws WorkFailure when weights are not finite, the function would change, before rounding or by it, or the disk
     *     refuses; then nothing is left
     */
    public Done write(ModelDirectory model, Output output, WorkObserver observer) {
        Checkpoint checkpoint = model.checkpoint();
        Widths before = Widths.of(checkpoint.config(), model.tensors().keySet());
        Widths after = before.widened(model.family(), residual, hidden);
        output.require(checkpoint);
        model.requireFinite(observer);
        try (Scope scope = Scope.open();
                CheckpointReader reader = model.reader()) {
            Streams streams = new Streams(reader, observer);
            ComputedModel base = residual.isPresent() ? folded(model, streams) : ComputedModel.of(model, reader);
            Wide wide = wide(model, base, after, stream(model, base, after));
            output.requireRoom(checkpoint, wide.directory().files());
            StoredTensors stored = new StoredTensors(
                    wide.directory().tensors(), wide.tensors(), "convert the model to bfloat16 or float32 first");
            Verification exact = require("the wider model", compared("checking before rounding", model, streams,
                    wide, EXACT)).verification();
            Comparison rounded = require("the wider model rounded to its stored types", compared("checking", model,
                    streams, new Wide(wide.directory(), wide.network(), stored::stored),
                    FunctionComparison.usualTolerance(model)));
            wide.directory().write(stored::stored, Map.of("thalweg.widen.seed", String.valueOf(seed)), List.of(),
                    output, observer);
            boolean untied = model.requireNetwork().tie().isPresent() && wide.network().tie().isEmpty();
            return new Done(before, after, untied, exact, rounded);
        }
    }

    /**
     * How far a wider model whose readers had another factor is from its source, in float64; nothing is written.
     *
     * @param model what to widen
     * @param factor in place of {@code √(d/N)}
     * @return what was found
     */
    Verification withFactor(ModelDirectory model, double factor) {
        Widths after = Widths.of(model.checkpoint().config(), model.tensors().keySet())
                .widened(model.family(), residual, hidden);
        try (Scope scope = Scope.open();
                CheckpointReader reader = model.reader()) {
            Streams streams = new Streams(reader, WorkObserver.SILENT);
            ComputedModel base = folded(model, streams);
            Optional<WiderStream> stream = stream(model, base, after).map(map -> map.times(factor));
            return compared("checking", model, streams, wide(model, base, after, stream), EXACT).verification();
        }
    }

    private static ComputedModel folded(ModelDirectory model, Streams streams) {
        return switch (Folding.withOwnHead(new Folding.Source(model, streams.reader()), streams.observer())) {
            case Folding.Folded folded -> folded.models().getFirst().found();
            case Folding.Impossible(String why) -> throw new WrongUse(
                    model.checkpoint().directory() + " cannot get a wider stream: " + why + ".");
            case Folding.Already() -> throw new IllegalStateException("folded models are folded again");
        };
    }

    private Optional<WiderStream> stream(ModelDirectory model, ComputedModel base, Widths after) {
        return residual.map(_ -> {
            WrittenDirectory directory = base.directory();
            Architecture unfolded = ModelDirectory.architecture(
                    directory.config(), ModelDirectory.shapes(directory.tensors()), model.own(), Set.of());
            return WiderStream.draw(unfolded.space(Architecture.STREAM).group().size(), after.residual(),
                    NormReaders.of(unfolded), Random.seeded(Random.childSeed(seed, "residual")));
        });
    }

    private Wide wide(ModelDirectory model, ComputedModel base, Widths after, Optional<WiderStream> stream) {
        Widths before = Widths.of(base.directory().config(), base.directory().tensors().keySet());
        WideTensors tensors = new WideTensors(base.architecture(), base.tensors(),
                Set.copyOf(base.network().sublayerOutputs()), stream, splits(base.architecture(), before, after));
        WrittenDirectory narrow = base.directory();
        Map<String, TensorLayout> layouts = tensors.layouts(narrow.tensors());
        ObjectNode config = after.written(narrow.config(), before);
        // Refuses what does not fit together before anything is computed.
        ModelDirectory.architecture(config, ModelDirectory.shapes(layouts), model.own(), Set.of());
        return new Wide(
                new WrittenDirectory(
                        narrow.source(), config, files(narrow, layouts), narrow.stored(), narrow.division()),
                ModelDirectory.network(config, layouts.keySet()).orElseThrow(), tensors);
    }

    /** Wide layouts by stored names; the families here store each tensor as a whole. */
    private static Map<String, TensorLayout> files(WrittenDirectory narrow, Map<String, TensorLayout> layouts) {
        StoredLayout stored = narrow.stored();
        Map<String, TensorLayout> files = new LinkedHashMap<>(narrow.files());
        stored.places().forEach((name, place) -> {
            if (place.slice().isPresent()) {
                throw new WrongUse("'" + name + "' is stored as a part of '" + place.stored()
                        + "', and models with such tensors are not widened here.");
            }
            files.put(place.stored(), layouts.get(name));
        });
        stored.copies().forEach((copy, name) -> files.put(copy, layouts.get(name)));
        return files;
    }

    /** Spaces of hidden units and of heads, as specifications call them. */
    private Map<String, SplitUnits> splits(Architecture architecture, Widths before, Widths after) {
        Map<String, SplitUnits> splits = new LinkedHashMap<>();
        architecture.spaces().values().forEach(space -> {
            Random random = Random.seeded(Random.childSeed(seed, space.name()));
            if (space.name().endsWith(".hidden") && after.hidden() != before.hidden()) {
                boolean isHomogeneous = architecture.spaces().values().stream()
                        .anyMatch(scale -> scale.over().filter(space.name()::equals).isPresent()
                                && scale.group().kind() == GroupKind.POSITIVE_SCALING);
                splits.put(space.name(), SplitUnits.draw(before.hidden(), after.hidden(), isHomogeneous, random));
            } else if (space.name().endsWith(".heads") && after.heads() != before.heads()) {
                splits.put(space.name(), SplitUnits.draw(before.heads(), after.heads(), false, random));
            }
        });
        return splits;
    }

    private static Comparison compared(
            String work, ModelDirectory model, Streams streams, Wide wide, double tolerance) {
        Network network = model.requireNetwork();
        CountedReads reads = new CountedReads(
                work, network.tensors().size() + wide.network().tensors().size(), streams.observer());
        Probes inputs = new FunctionComparison(tolerance, PROBES, 0).inputs(model);
        return new BlockwiseComparison(
                new ComparedModel(network, reads.of(streams.reader())),
                new ComparedModel(wide.network(), reads.of(wide.tensors())),
                tolerance).of(inputs);
    }

    private static Comparison require(String what, Comparison compared) {
        if (!compared.verification().verified()) {
            throw new WorkFailure(what + " is not the same function: " + compared.verification().found()
                    + "; nothing was written.");
        }
        return compared;
    }
}
