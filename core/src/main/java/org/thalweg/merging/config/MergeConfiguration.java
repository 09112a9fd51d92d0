package org.thalweg.merging.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.MergeMethod;
import org.thalweg.merging.MergeMethods;

/**
 * One merge: which layers of which models become which layers of the result, by which method and with which values.
 * Both ways of writing it ({@code models} and {@code slices}) have this one form.
 *
 * @param name by which other merges of the same file use the result as a model
 * @param method by which tensors are merged
 * @param base the base model as the configuration spells it
 * @param slices of the result in the order of its layers, at least one
 * @param parameters what the configuration says for all slices, by parameter
 * @param form how the result is written
 * @param align whether models are aligned before
 * @param text what was read, and what is doubtful about it
 */
public record MergeConfiguration(
        Optional<String> name, MergeMethod method, Optional<String> base, List<OutputSlice> slices,
        Map<String, ParameterSetting> parameters, ResultForm form, AlignChoice align, Text text) {
    /**
     * The text of a configuration.
     *
     * @param source what to call it in messages
     * @param yaml the text as it was written, for the model card
     * @param warnings sentences: keys that nobody reads and the like
     */
    public record Text(String source, String yaml, List<String> warnings) {
        /** Copies the list. */
        public Text {
            warnings = List.copyOf(warnings);
        }
    }

    /** Copies list and map, in their order. */
    public MergeConfiguration {
        slices = List.copyOf(slices);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * The same merge as a file would say it, without a file: all layers of whole models.
     *
     * @param method the method's name
     * @param models names or directories, the base not among them
     * @param base a name or directory
     * @param weights one for each model, or none
     * @param parameters texts by parameter, such as {@code 0.5}, {@code true} or {@code [0, 0.5, 1]}
     * @return a configuration that aligns by {@link AlignChoice#AUTO}; its text is a file that says the same
     * @throws WrongUse when the method or a parameter is unknown, a value is none, or the number of models or weights
     *     does not fit
     */
    public static MergeConfiguration of(String method, List<String> models, Optional<String> base,
            List<String> weights, Map<String, String> parameters) {
        return ShortForm.configuration(new ShortForm(method, models, base, weights, parameters), MergeMethods.all());
    }

    /**
     * The same with another choice of alignment.
     *
     * @param choice instead of the configuration's
     * @return a copy
     */
    public MergeConfiguration withAlign(AlignChoice choice) {
        return new MergeConfiguration(name, method, base, slices, parameters, form, choice, text);
    }

    /**
     * The same, written in another form.
     *
     * @param other instead of the configuration's
     * @return a copy
     */
    public MergeConfiguration withForm(ResultForm other) {
        return new MergeConfiguration(name, method, base, slices, parameters, other, align, text);
    }

    /**
     * All models that take part, and that of the tokenizer.
     *
     * @return names as the configuration spells them, the one that gives the result its configuration first
     */
    public Set<String> models() {
        Set<String> all = merged();
        form.tokenizer().ifPresent(tokenizer -> {
            if (tokenizer instanceof TokenizerSource.OfModel(String model)) {
                all.add(model);
            }
        });
        return all;
    }

    /**
     * The models that are merged, bases among them.
     *
     * @return as {@link #models}, without one that gives its tokenizer alone
     */
    public Set<String> merged() {
        Set<String> merged = new LinkedHashSet<>(List.of(leader()));
        slices.forEach(slice -> Stream.concat(slice.base().stream(), slice.sources().stream())
                .forEach(source -> merged.add(source.model())));
        return merged;
    }

    /**
     * The model whose configuration and, unless said otherwise, tokenizer the result gets.
     *
     * @return the base, or else the model listed first
     */
    public String leader() {
        return base.orElseGet(() -> slices.getFirst().sources().getFirst().model());
    }

    /**
     * The values of parameters for the tensors of one slice.
     *
     * @param slice one of {@link #slices}
     * @return them
     */
    public ParameterValues values(OutputSlice slice) {
        return new ParameterValues(this, slice);
    }

    /**
     * Filters that are for no tensor, which is most often a misspelt name.
     *
     * @param tensors names of all tensors of the result, of which a sentence shows the first
     * @return a sentence for each, with the place
     */
    public List<String> filtersWithoutTensor(Collection<String> tensors) {
        List<ParameterSetting.Case> cases = new ArrayList<>();
        settings().forEach(setting -> {
            if (setting instanceof ParameterSetting.ByName(List<ParameterSetting.Case> own)) {
                cases.addAll(own);
            }
        });
        return cases.stream().filter(one -> tensors.stream().noneMatch(one::fits))
                .map(one -> one.place() + ": the filter " + Shown.name(one.filter().orElse("*"))
                        + " is in the name of no tensor, so its value is never used; names are such as "
                        + Shown.names(tensors) + ".")
                .distinct().toList();
    }

    private Stream<ParameterSetting> settings() {
        return Stream.concat(parameters.values().stream(), slices.stream().flatMap(slice -> Stream.concat(
                slice.parameters().values().stream(),
                slice.sources().stream().flatMap(source -> source.parameters().values().stream()))));
    }
}
