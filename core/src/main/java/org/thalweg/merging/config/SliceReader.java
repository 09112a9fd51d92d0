package org.thalweg.merging.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.failure.Shown;
import org.thalweg.merging.MergeMethod;
import org.thalweg.storage.YamlNode;
import org.thalweg.storage.YamlPlace;

/**
 * Reads {@code models} and {@code slices} into the one form that both have.
 *
 * @param reading the document's
 * @param base the model named at the top
 */
record SliceReader(Reading reading, Optional<String> base) {
    private static final String MODEL = "model";
    private static final String RANGE = "layer_range";
    private static final String SOURCES = "sources";
    private static final String BASE = "base_model";
    private static final String PARAMETERS = "parameters";

    /** The one slice that a list of models stands for. */
    List<OutputSlice> models(List<YamlNode> models, YamlPlace place) {
        List<SourceSlice> all = models.stream().map(node -> source(node, Set.of(MODEL, PARAMETERS), base)).toList();
        return List.of(slice(all, base, Map.of(), place));
    }

    /** One slice for each entry. */
    List<OutputSlice> slices(List<YamlNode> slices) {
        List<OutputSlice> result = new ArrayList<>();
        for (YamlNode node : slices) {
            Fields fields = Fields.of(node, "an entry of 'slices'", reading);
            fields.warnOfUnknown(Set.of(SOURCES, BASE, PARAMETERS));
            Optional<String> ownBase = fields.value(BASE)
                    .map(model -> new ModelReader(reading).model(model, "base_model")).or(this::base);
            List<SourceSlice> sources = fields.items(SOURCES).stream()
                    .map(source -> source(source, Set.of(MODEL, RANGE, PARAMETERS), ownBase)).toList();
            result.add(slice(sources, ownBase,
                    new ParametersReader(reading).parameters(fields, ParametersReader.Level.SLICE), fields.place()));
        }
        return result;
    }

    private SourceSlice source(YamlNode node, Set<String> known, Optional<String> ofBase) {
        Fields fields = Fields.of(node, "the entry of a model", reading);
        fields.warnOfUnknown(known);
        String model = new ModelReader(reading).model(fields.value(MODEL).orElseThrow(() -> fields.place().wrong(
                "an entry has no 'model', expected 'model:' with the name or directory of one")), "model");
        boolean isBase = takesBase() && ofBase.equals(Optional.of(model));
        return new SourceSlice(model, known.contains(RANGE) ? fields.value(RANGE).map(SliceReader::range)
                : Optional.empty(), new ParametersReader(reading).parameters(
                        fields, isBase ? ParametersReader.Level.BASE : ParametersReader.Level.SOURCE));
    }

    private boolean takesBase() {
        return reading.method().base() != MergeMethod.Base.UNUSED;
    }

    private static LayerRange range(YamlNode node) {
        List<Integer> bounds = new ArrayList<>();
        if (node instanceof YamlNode.Items list) {
            for (YamlNode item : list.items()) {
                OptionalDouble bound = item instanceof YamlNode.Text text
                        ? Scalar.number(text.value()) : OptionalDouble.empty();
                bound.stream().filter(number -> number == Math.rint(number) && number >= 0 && number < 1e6)
                        .forEach(number -> bounds.add((int) number));
            }
            if (list.items().size() == 2 && bounds.size() == 2 && bounds.get(0) < bounds.get(1)) {
                return new LayerRange(bounds.get(0), bounds.get(1));
            }
        }
        throw node.place().wrong("the layer_range is " + found(node) + ", expected [FROM, TO] with whole numbers, "
                + "0 <= FROM < TO; the layer TO is not taken any more");
    }

    private static String found(YamlNode node) {
        return node instanceof YamlNode.Items list ? Shown.field(list.items().stream()
                .map(item -> item instanceof YamlNode.Text text ? text.value() : item.kind())
                .collect(Collectors.joining(", ", "[", "]"))) : node.kind();
    }

    private OutputSlice slice(
            List<SourceSlice> all, Optional<String> ofBase, Map<String, ParameterSetting> parameters, YamlPlace place) {
        requireOneLength(all, place);
        Optional<SourceSlice> baseSlice = ofBase.filter(_ -> takesBase()).map(name -> baseOf(name, all, place));
        List<SourceSlice> merged = all.stream()
                .filter(source -> baseSlice.isEmpty() || !source.model().equals(baseSlice.get().model())).toList();
        requireCount(merged.size(), baseSlice.isPresent(), place);
        if (ofBase.isPresent() && !takesBase() && all.stream().noneMatch(one -> one.model().equals(ofBase.get()))) {
            reading.warn(place, "the method '" + reading.method().name() + "' takes no base, so "
                    + Shown.name(ofBase.get())
                    + " gives configuration and tokenizer alone; list it as a model to merge it too");
        }
        return new OutputSlice(merged, baseSlice, parameters, place.toString());
    }

    private static void requireOneLength(List<SourceSlice> all, YamlPlace place) {
        Set<Integer> counts = all.stream().flatMap(source -> source.range().stream()).map(LayerRange::count)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (counts.size() > 1) {
            throw place.wrong("the sources of a slice take " + counts.stream().map(String::valueOf)
                    .collect(Collectors.joining(" and ")) + " layers, expected as many of each; change a layer_range");
        }
    }

    private SourceSlice baseOf(String name, List<SourceSlice> all, YamlPlace place) {
        return all.stream().filter(source -> source.model().equals(name)).findFirst().orElseGet(() -> {
            Set<Optional<LayerRange>> ranges =
                    all.stream().map(SourceSlice::range).collect(Collectors.toCollection(LinkedHashSet::new));
            if (ranges.size() > 1) {
                throw place.wrong("the base model " + Shown.name(name) + " is no source of this slice and the others "
                        + "take different layers, so it is open which of its layers are meant; list it as a source "
                        + "with its layer_range");
            }
            return new SourceSlice(name, ranges.stream().findFirst().flatMap(range -> range), Map.of());
        });
    }

    private void requireCount(int found, boolean hasBase, YamlPlace place) {
        MergeMethod method = reading.method();
        if (method.base() == MergeMethod.Base.REQUIRED && !hasBase) {
            throw place.wrong("the method '" + method.name() + "' needs a base; write 'base_model:' with the name or "
                    + "directory of one at the top");
        }
        MergeMethod.Count count = method.models();
        if (found < count.least() || found > count.most()) {
            String expected = count.least() == count.most() ? "exactly " + count.least()
                    : found < count.least() ? "at least " + count.least() : "at most " + count.most();
            throw place.wrong("the method '" + method.name() + "' takes " + expected + " model"
                    + (expected.endsWith(" 1") ? "" : "s") + (hasBase ? " besides the base" : "") + ", found " + found);
        }
    }
}
