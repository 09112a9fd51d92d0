package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.merging.MergeValues;
import org.thalweg.tensor.DType;

/** What a merged model consists of: its tensors with what each is made of, and its directory. */
final class MergePlan {
    /** Where a stock model's tensors outside the layers stand: these are behind them, the others before. */
    private static final Pattern BEHIND = Pattern.compile(
            "(?i)(^|.*[._])((final|last)?_?(layer_?)?norm|ln_f|lm_head|head|embed_out|score|classifier|pooler"
                    + "|qa_outputs)[._].*");
    /** What a slice of layers is written in when it is not divided as a model is. */
    private static final long SHARD_BYTES = 5_000_000_000L;

    private final List<MergeInput> inputs;
    private final List<MergeSlice> slices;
    private final Wishes wishes;
    private final Map<String, StoredLayout.Place> places = new LinkedHashMap<>();
    private final Map<String, TensorLayout> files = new LinkedHashMap<>();
    private final List<MergedTensor> tensors = new ArrayList<>();

    /**
     * What is wished of the result.
     *
     * @param type in which it is written; as the first model is, when absent
     * @param vocabulary what is done where models have different numbers of tokens
     * @param shardBytes how large files of weights may be; divided as the first model is, when absent
     */
    record Wishes(Optional<ElementType> type, VocabularyRule vocabulary, Optional<Long> shardBytes) {}

    private MergePlan(List<MergeInput> inputs, List<MergeSlice> slices, Wishes wishes) {
        this.inputs = inputs;
        this.slices = slices;
        this.wishes = wishes;
    }

    /**
     * Plans a merge.
     *
     * @param inputs the models; the first gives configuration and tokenizer
     * @param slices of the merged model, in order
     * @param wishes what the configuration says of the result
     * @throws WorkFailure when tensors do not correspond
     */
    static MergePlan of(List<MergeInput> inputs, List<MergeSlice> slices, Wishes wishes) {
        MergePlan plan = new MergePlan(inputs, slices, wishes);
        MergeSlice first = slices.getFirst();
        MergeSlice last = slices.getLast();
        MergeInput leading = plan.input(first.leading());
        leading.layouts().keySet().stream()
                .filter(name -> LayerName.of(name).isEmpty())
                .forEach(name -> plan.addOutside(name, BEHIND.matcher(name).matches() ? last : first));
        slices.forEach(plan::addLayers);
        plan.requireNothingElse();
        return plan;
    }

    /** A tensor that only a model behind the first has would be lost in silence. */
    private void requireNothingElse() {
        if (!isWhole()) {
            return;
        }
        MergeInput leading = input(slices.getFirst().leading());
        for (MergeInput other : inputs) {
            other.layouts().forEach((name, layout) -> {
                if (!leading.layouts().containsKey(name)
                        && layout.type().dtype().filter(DType::isFloating).isPresent()) {
                    throw new WorkFailure("the model '" + other.name() + "' has the tensor '" + name + "', which '"
                            + leading.name() + "' has not; merge models of one architecture and with tied heads in "
                            + "all or none.");
                }
            });
        }
    }

    private boolean isWhole() {
        return slices.size() == 1
                && slices.getFirst().layers() == Math.max(1, input(slices.getFirst().leading()).layers());
    }

    /** The tensors, in the order of the layers. */
    List<MergedTensor> tensors() {
        return tensors;
    }

    /** Everything that is written but the numbers. */
    WrittenDirectory directory() {
        MergeInput first = inputs.getFirst();
        MergedConfig config = new MergedConfig(first.directory().config());
        if (!isWhole()) {
            config = config.withLayers(slices.stream().flatMap(this::layers).toList());
        }
        if (wishes.type().isPresent()) {
            config = config.with(wishes.type().get());
        }
        long tokens = tokens();
        if (tokens > 0 && tokens != tokensOf(first)) {
            config = config.withVocabulary(tokens);
        }
        return new WrittenDirectory(first.directory().source(), config.config(), files,
                new StoredLayout(places, copies()),
                division());
    }

    private Sharding division() {
        return wishes.shardBytes().<Sharding>map(Sharding.UpTo::new).orElseGet(() -> isWhole()
                ? inputs.getFirst().directory().division() : new Sharding.UpTo(SHARD_BYTES));
    }

    private Stream<MergedConfig.Layer> layers(MergeSlice slice) {
        ObjectNode config = input(slice.leading()).directory().config();
        return IntStream.range(0, slice.layers())
                .mapToObj(layer -> new MergedConfig.Layer(config, slice.leading().from() + layer));
    }

    private Map<String, String> copies() {
        Map<String, String> copies = new LinkedHashMap<>();
        StoredLayout stored = inputs.getFirst().directory().stored();
        stored.copies().forEach((copy, original) -> {
            copies.put(copy, original);
            files.put(copy, files.get(stored.place(original).stored()));
        });
        return copies;
    }

    private void addOutside(String name, MergeSlice slice) {
        MergeValues values = slice.outside(input(slice.leading()).fileName(name));
        add(name, new MergedTensor.Part(slice.leading().input(), name), new Parts(
                slice.models().stream().map(source -> new MergedTensor.Part(source.input(), name)).toList(),
                slice.base().map(source -> new MergedTensor.Part(source.input(), name))), values);
    }

    private void addLayers(MergeSlice slice) {
        MergeSlice.Source leading = slice.leading();
        for (int layer = 0; layer < slice.layers(); layer++) {
            int within = layer;
            for (String name : input(leading).layer(leading.from() + layer)) {
                MergeValues values = slice.within(input(leading).fileName(name), layer);
                add(LayerName.of(name).orElseThrow().in(slice.first() + layer), leading.part(name, layer), new Parts(
                        slice.models().stream().map(source -> source.part(name, within)).toList(),
                        slice.base().map(source -> source.part(name, within))), values);
            }
        }
    }

    /** What a tensor is made of. */
    private record Parts(List<MergedTensor.Part> models, Optional<MergedTensor.Part> base) {}

    /** Adds a tensor that stands in the files where the leading model has it, but for the number of its layer. */
    private void add(String name, MergedTensor.Part leading, Parts parts, MergeValues values) {
        MergeInput model = inputs.get(leading.input());
        StoredLayout.Place place = model.directory().stored().place(leading.tensor());
        String stored = LayerName.of(name)
                .map(layer -> LayerName.of(place.stored()).orElseThrow().in(layer.number()))
                .orElse(place.stored());
        TensorLayout layout = layout(Stream.concat(parts.base().stream(), parts.models().stream()).toList());
        places.put(name, new StoredLayout.Place(stored, place.slice()));
        files.put(stored, place.slice().isEmpty() ? layout : written(model.directory().files().get(place.stored())));
        tensors.add(new MergedTensor(name, parts.models(), parts.base(), layout, values));
    }

    private TensorLayout written(TensorLayout layout) {
        boolean isFloating = layout.type().dtype().filter(DType::isFloating).isPresent();
        return isFloating ? new TensorLayout(wishes.type().orElse(layout.type()), layout.shape()) : layout;
    }

    /** The layout of a merged tensor, whose models must agree but for the rows of a vocabulary. */
    private TensorLayout layout(List<MergedTensor.Part> parts) {
        MergedTensor.Part first = parts.getFirst();
        TensorLayout layout = inputs.get(first.input()).layout(first.tensor());
        long rows = layout.rank() == 0 ? 1 : layout.shape()[0];
        for (MergedTensor.Part part : parts) {
            long[] other = inputs.get(part.input()).layout(part.tensor()).shape();
            if (!Arrays.equals(layout.shape(), other)) {
                requireVocabulary(first, part, layout.shape(), other);
                rows = wishes.vocabulary() == VocabularyRule.UNION ? Math.max(rows, other[0]) : rows;
            }
        }
        long[] shape = layout.shape();
        if (shape.length > 0) {
            shape[0] = rows;
        }
        return written(new TensorLayout(layout.type(), shape));
    }

    private void requireVocabulary(MergedTensor.Part one, MergedTensor.Part other, long[] shape, long[] others) {
        MergeInput first = inputs.get(one.input());
        MergeInput second = inputs.get(other.input());
        String found = "the tensor '" + one.tensor() + "' is " + Arrays.toString(shape) + " in '" + first.name()
                + "' but " + Arrays.toString(others) + " in '" + second.name() + "'";
        boolean isVocabulary = MergedTensors.differOnlyInRows(shape, others)
                && shape[0] == tokensOf(first) && others[0] == tokensOf(second);
        if (!isVocabulary) {
            throw new WorkFailure(found + "; models of different sizes are not merged.");
        }
        if (wishes.vocabulary() == VocabularyRule.EQUAL) {
            throw new WorkFailure(found + ": their vocabularies have different numbers of tokens; choose the "
                    + "vocabulary 'first' (that of '" + inputs.getFirst().name() + "') or 'union' (all rows).");
        }
    }

    private static long tokensOf(MergeInput input) {
        ObjectNode config = input.directory().config();
        return config.path("vocab_size").asLong(config.path("text_config").path("vocab_size").asLong(0));
    }

    private long tokens() {
        return wishes.vocabulary() == VocabularyRule.UNION
                ? inputs.stream().mapToLong(MergePlan::tokensOf).max().orElse(0) : tokensOf(inputs.getFirst());
    }

    private MergeInput input(MergeSlice.Source source) {
        return inputs.get(source.input());
    }
}
