package org.thalweg.merging.config;

import java.util.List;
import java.util.Optional;
import org.thalweg.merging.MergeValue;

/** What a configuration says about one parameter at one level: one value, or how it depends on layer and tensor. */
public sealed interface ParameterSetting {
    /**
     * The value for one tensor.
     *
     * @param tensor the tensor's name
     * @param position where it stands along the layers of its slice
     * @return nothing when every part of the setting is for other tensors
     */
    Optional<MergeValue> at(String tensor, LayerPosition position);

    /**
     * The same for all tensors.
     *
     * @param value the value
     */
    record Fixed(MergeValue value) implements ParameterSetting {
        @Override
        public Optional<MergeValue> at(String tensor, LayerPosition position) {
            return Optional.of(value);
        }
    }

    /**
     * Numbers spread evenly over the layers of a slice, and between two of them the straight line.
     *
     * @param values at least one
     */
    record Gradient(List<Double> values) implements ParameterSetting {
        /** Copies the list. */
        public Gradient {
            values = List.copyOf(values);
        }

        @Override
        public Optional<MergeValue> at(String tensor, LayerPosition position) {
            double place = position.along() * (values.size() - 1);
            int before = (int) place;
            int behind = Math.min(before + 1, values.size() - 1);
            double share = place - before;
            return Optional.of(new MergeValue.Real(
                    (1 - share) * values.get(before) + share * values.get(behind)));
        }
    }

    /**
     * Words or truth values spread evenly over the layers of a slice; a layer between two of them takes the earlier.
     *
     * @param values at least one
     */
    record Steps(List<MergeValue> values) implements ParameterSetting {
        /** Copies the list. */
        public Steps {
            values = List.copyOf(values);
        }

        @Override
        public Optional<MergeValue> at(String tensor, LayerPosition position) {
            return Optional.of(values.get((int) (position.along() * (values.size() - 1))));
        }
    }

    /**
     * Cases by the tensor's name, of which the first that fits counts.
     *
     * @param cases in order
     */
    record ByName(List<Case> cases) implements ParameterSetting {
        /** Copies the list. */
        public ByName {
            cases = List.copyOf(cases);
        }

        @Override
        public Optional<MergeValue> at(String tensor, LayerPosition position) {
            return cases.stream().filter(one -> one.fits(tensor)).findFirst()
                    .flatMap(one -> one.value().at(tensor, position));
        }
    }

    /**
     * A value for the tensors whose names contain a text.
     *
     * @param filter the text; nothing where it is for all tensors
     * @param value a {@link Fixed}, a {@link Gradient} or {@link Steps}
     * @param place where it stands, for messages
     */
    record Case(Optional<String> filter, ParameterSetting value, String place) {
        boolean fits(String tensor) {
            return filter.map(tensor::contains).orElse(true);
        }
    }
}
