package org.thalweg.merging.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.Shown;
import org.thalweg.merging.MergeParameter;
import org.thalweg.merging.MergeValue;
import org.thalweg.storage.YamlNode;

/**
 * Reads what stands behind the name of a parameter: a value, a list of values, or a list of values with filters.
 *
 * @param parameter whose values are read
 * @param reading the document's
 */
record SettingReader(MergeParameter parameter, Reading reading) {
    private static final int LONGEST = 10_000;
    private static final int MOST_CASES = 1000;
    private static final String FILTER = "filter";
    private static final String VALUE = "value";
    private static final String EVERYTHING = "*";

    ParameterSetting setting(YamlNode node) {
        return switch (node) {
            case YamlNode.Text text -> new ParameterSetting.Fixed(value(text));
            case YamlNode.Section one -> new ParameterSetting.ByName(List.of(oneCase(one)));
            case YamlNode.Items list when list.items().stream().allMatch(YamlNode.Section.class::isInstance)
                    && !list.items().isEmpty() -> cases(list);
            case YamlNode.Items list -> spread(list);
        };
    }

    private ParameterSetting cases(YamlNode.Items list) {
        if (list.items().size() > MOST_CASES) {
            throw list.place().wrong("the parameter " + name() + " has " + list.items().size()
                    + " entries with filters, more than the " + MOST_CASES + " that a merge needs");
        }
        return new ParameterSetting.ByName(
                list.items().stream().map(item -> oneCase((YamlNode.Section) item)).toList());
    }

    private ParameterSetting.Case oneCase(YamlNode.Section section) {
        Fields fields = new Fields(section, name(), reading);
        fields.warnOfUnknown(Set.of(FILTER, VALUE));
        YamlNode value = fields.value(VALUE).orElseThrow(() -> section.place().wrong(
                "an entry of the parameter " + name() + " has no 'value'; add one, or remove the entry"));
        Optional<String> filter = fields.text(FILTER).filter(text -> !text.equals(EVERYTHING));
        return new ParameterSetting.Case(filter, switch (value) {
            case YamlNode.Text text -> new ParameterSetting.Fixed(value(text));
            case YamlNode.Items list -> spread(list);
            case YamlNode.Section inner -> throw inner.place().wrong("behind the 'value' of the parameter " + name()
                    + " stands " + inner.kind() + ", expected a number or a list of numbers");
        }, section.place().toString());
    }

    private ParameterSetting spread(YamlNode.Items list) {
        if (list.items().isEmpty() || list.items().size() > LONGEST) {
            throw list.place().wrong("the list of the parameter " + name() + " has " + list.items().size()
                    + " values, expected 1 to " + LONGEST);
        }
        List<MergeValue> values = new ArrayList<>();
        for (YamlNode item : list.items()) {
            if (!(item instanceof YamlNode.Text text)) {
                throw item.place().wrong("in the list of the parameter " + name() + " stands " + item.kind()
                        + ", expected numbers alone, or sections with 'filter' and 'value' alone");
            }
            values.add(value(text));
        }
        List<Double> numbers = values.stream()
                .filter(MergeValue.Real.class::isInstance).map(value -> ((MergeValue.Real) value).value()).toList();
        if (numbers.size() == values.size()) {
            return new ParameterSetting.Gradient(numbers);
        }
        if (!numbers.isEmpty()) {
            throw list.place().wrong("the list of the parameter " + name() + " mixes numbers and words");
        }
        return new ParameterSetting.Steps(values);
    }

    private MergeValue value(YamlNode.Text text) {
        MergeValue value = Scalar.value(text.value());
        boolean fits = switch (value) {
            case MergeValue.Real(double number) -> number == 0 || number == 1 || expected() != Expected.FLAG;
            case MergeValue.Flag _ -> expected() != Expected.NUMBER;
            // A rule with a usual yes or no may have words for its variants; the method knows which.
            case MergeValue.Word _ -> expected() != Expected.NUMBER;
        };
        if (text.isAbsent() || !fits) {
            throw text.place().wrong("the parameter " + name() + " is "
                    + (text.isAbsent() ? "nothing" : Shown.name(text.value())) + ", expected " + expected().words);
        }
        return value;
    }

    private Expected expected() {
        return parameter.usual().map(usual -> switch (usual) {
            case MergeValue.Real _ -> Expected.NUMBER;
            case MergeValue.Flag _ -> Expected.FLAG;
            case MergeValue.Word _ -> Expected.WORD;
        }).orElse(Expected.NUMBER);
    }

    private String name() {
        return "'" + parameter.name() + "'";
    }

    /** What a parameter takes, by its usual value. */
    private enum Expected {
        NUMBER("a finite number"), FLAG("true or false"), WORD("a word");

        private final String words;

        Expected(String words) {
            this.words = words;
        }
    }
}
