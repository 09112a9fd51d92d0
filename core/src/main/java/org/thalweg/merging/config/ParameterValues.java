package org.thalweg.merging.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.MergeParameter;
import org.thalweg.merging.MergeParameter.Scope;
import org.thalweg.merging.MergeValue;
import org.thalweg.merging.MergeValues;

/**
 * The values of all parameters of a method for the tensors of one slice. What a model says comes before what its slice
 * says, and that before the top; a level whose filters fit no part of a tensor's name counts as silent. Where all are
 * silent, the parameter has its usual value.
 */
public final class ParameterValues {
    private final MergeConfiguration configuration;
    private final OutputSlice slice;

    ParameterValues(MergeConfiguration configuration, OutputSlice slice) {
        this.configuration = configuration;
        this.slice = slice;
    }

    /**
     * The values for one tensor that has one name in all models.
     *
     * @param tensor its name
     * @param position where it stands along the layers of the slice
     * @return of all parameters that the method takes, of every source in the order of {@link OutputSlice#sources}
     * @throws WrongUse when a parameter that must be given has no value
     */
    public MergeValues at(String tensor, LayerPosition position) {
        return at(tensor, Collections.nCopies(slice.sources().size(), tensor), position);
    }

    /**
     * The values for one tensor whose name differs between models, since its layer has another number there.
     *
     * @param tensor its name in the result, by which filters of slice-wide parameters go
     * @param inSources its name in every source, by which filters of a model's parameters go
     * @param position where it stands along the layers of the slice
     * @return of all parameters that the method takes, of every source in the order of {@link OutputSlice#sources}
     * @throws WrongUse when a parameter that must be given has no value
     */
    public MergeValues at(String tensor, List<String> inSources, LayerPosition position) {
        List<SourceSlice> sources = slice.sources();
        if (inSources.size() != sources.size()) {
            throw new IllegalArgumentException(inSources.size() + " names for " + sources.size() + " sources");
        }
        Map<String, MergeValue> shared = new LinkedHashMap<>();
        List<Map<String, MergeValue>> models =
                sources.stream().<Map<String, MergeValue>>map(_ -> new LinkedHashMap<>()).toList();
        for (MergeParameter parameter : configuration.method().parameters()) {
            if (parameter.scope() == Scope.SHARED) {
                shared.put(parameter.name(), value(parameter, Optional.empty(), tensor, position));
                continue;
            }
            for (int i = 0; i < sources.size(); i++) {
                models.get(i).put(parameter.name(),
                        value(parameter, Optional.of(sources.get(i)), inSources.get(i), position));
            }
        }
        return new MergeValues(shared, models);
    }

    private MergeValue value(
            MergeParameter parameter, Optional<SourceSlice> source, String tensor, LayerPosition position) {
        return Stream.of(source.map(SourceSlice::parameters).orElse(Map.of()), slice.parameters(),
                        configuration.parameters())
                .flatMap(level -> Optional.ofNullable(level.get(parameter.name())).stream())
                .flatMap(setting -> setting.at(tensor, position).stream())
                .findFirst().or(parameter::usual).orElseThrow(() -> missing(parameter, source, tensor));
    }

    private WrongUse missing(MergeParameter parameter, Optional<SourceSlice> source, String tensor) {
        return new WrongUse(slice.place() + ": the parameter '" + parameter.name() + "' has no value for the tensor "
                + Shown.name(tensor) + source.map(one -> " of the model " + Shown.name(one.model())).orElse("")
                + ", and the method '" + configuration.method().name() + "' needs one; write '" + parameter.name()
                + "' under 'parameters'" + source.map(_ -> " of the model or").orElse("")
                + " at the top, with one entry without a filter where it has filters.");
    }
}
