package org.thalweg.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.UnitFunction;

/**
 * A {@code config.json} read field by field; a field that is null counts as absent. Every complaint is a
 * {@link WorkFailure} that names the field and the model type.
 *
 * @param modelType named in complaints
 * @param path of the object in the file, with a full stop behind; empty for the file itself
 * @param node the fields; not changed
 */
public record ConfigFields(String modelType, String path, ObjectNode node) {
    private static final int LARGEST = 1 << 24;
    private static final int MOST_LAYERS = 4096;

    /** The fields of a whole file. */
    public ConfigFields(String modelType, ObjectNode node) {
        this(modelType, "", node);
    }

    /** A field that must be there as a whole number from 1. */
    public int size(String key) {
        return optionalSize(key).orElseThrow(() -> wrong(key, "a whole number from 1 to " + LARGEST));
    }

    /** A whole number from 1, or another when the field is absent or null. */
    public int size(String key, int otherwise) {
        return optionalSize(key).orElse(otherwise);
    }

    /** A whole number from 1: none when the field is null, another when it is absent. */
    OptionalInt sizeOrNone(String key, int otherwise) {
        return isNull(key) ? OptionalInt.empty() : OptionalInt.of(size(key, otherwise));
    }

    /** Whether the field is there and null, which stock classes distinguish from an absent one. */
    boolean isNull(String key) {
        return node.has(key) && field(key).isEmpty();
    }

    /** So many times a width; the field holds the number of times. */
    int times(String key, int count, int width) {
        if ((long) count * width > LARGEST) {
            throw wrong(key, "at most " + LARGEST + " / " + width);
        }
        return count * width;
    }

    /** A whole number from 1; nothing when the field is absent or null. */
    public OptionalInt optionalSize(String key) {
        Optional<JsonNode> found = field(key);
        if (found.isEmpty()) {
            return OptionalInt.empty();
        }
        JsonNode value = found.get();
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1
                || value.intValue() > LARGEST) {
            throw wrong(key, "a whole number from 1 to " + LARGEST);
        }
        return OptionalInt.of(value.intValue());
    }

    /**
     * A number of layers: a whole number from 1 to 4096, so that a damaged file cannot fill the memory; another when
     * the field is absent or null.
     */
    public int depth(String key, int otherwise) {
        int layers = size(key, otherwise);
        if (layers > MOST_LAYERS) {
            throw wrong(key, "at most " + MOST_LAYERS);
        }
        return layers;
    }

    /** A field that must be there as a positive number. */
    public double number(String key) {
        return optionalNumber(key).orElseThrow(() -> wrong(key, "a positive number"));
    }

    /** A whole number from 0, or another when the field is absent or null. */
    public int count(String key, int otherwise) {
        return field(key).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0
                    || value.intValue() > LARGEST) {
                throw wrong(key, "a whole number from 0 to " + LARGEST);
            }
            return value.intValue();
        }).orElse(otherwise);
    }

    /** The name under which a field stands: the first of several that is there, else the first of all. */
    public String either(String key, String alias) {
        return field(key).isPresent() || field(alias).isEmpty() ? key : alias;
    }

    /** A positive number, or another when the field is absent or null. */
    public double number(String key, double otherwise) {
        return optionalNumber(key).orElse(otherwise);
    }

    /** A positive number; nothing when the field is absent or null. */
    public Optional<Double> optionalNumber(String key) {
        return field(key).map(value -> {
            if (!value.isNumber() || !(value.doubleValue() > 0) || Double.isInfinite(value.doubleValue())) {
                throw wrong(key, "a positive number");
            }
            return value.doubleValue();
        });
    }

    /** True or false, or what holds when the field is absent or null. */
    public boolean flag(String key, boolean otherwise) {
        return field(key).map(value -> {
            if (!value.isBoolean()) {
                throw wrong(key, "true or false");
            }
            return value.booleanValue();
        }).orElse(otherwise);
    }

    /** A string, or another when the field is absent or null. */
    public String word(String key, String otherwise) {
        return field(key).map(value -> {
            if (!value.isTextual()) {
                throw wrong(key, "a string");
            }
            return value.textValue();
        }).orElse(otherwise);
    }

    /** An array of whole numbers from 0; empty when the field is absent or null. */
    public List<Integer> numbers(String key) {
        return array(key, "an array of whole numbers",
                value -> value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0,
                JsonNode::intValue).orElse(List.of());
    }

    /** An array of positive numbers; nothing when the field is absent or null. */
    public Optional<List<Double>> decimals(String key) {
        return array(key, "an array of positive numbers",
                value -> value.isNumber() && value.doubleValue() > 0, JsonNode::doubleValue);
    }

    /** An array of strings; nothing when the field is absent or null. */
    public Optional<List<String>> words(String key) {
        return array(key, "an array of strings", JsonNode::isTextual, JsonNode::textValue);
    }

    private <T> Optional<List<T>> array(
            String key, String expected, Predicate<JsonNode> fits, Function<JsonNode, T> value) {
        return field(key).map(found -> {
            List<T> result = new ArrayList<>();
            found.forEach(entry -> {
                if (!fits.test(entry)) {
                    throw wrong(key, expected);
                }
                result.add(value.apply(entry));
            });
            if (!found.isArray()) {
                throw wrong(key, expected);
            }
            return result;
        });
    }

    /** An object inside; nothing when the field is absent or null. */
    public Optional<ConfigFields> object(String key) {
        return field(key).map(value -> {
            if (!(value instanceof ObjectNode object)) {
                throw wrong(key, "an object");
            }
            return new ConfigFields(modelType, path + key + ".", object);
        });
    }

    /** Refuses a variant that is not computed here; an absent field is none. */
    public void refuseUnless(String key, boolean value) {
        if (flag(key, value) != value) {
            throw wrong(key, Boolean.toString(value) + ", the only variant that is computed here");
        }
    }

    /** Refuses another size than the one that is computed here; an absent field is none. */
    public void refuseUnless(String key, int value) {
        if (optionalSize(key).orElse(value) != value) {
            throw wrong(key, value + ", the only variant that is computed here");
        }
    }

    /** Refuses another word than the one that is computed here; an absent field is none. */
    public void refuseUnless(String key, String value) {
        if (!word(key, value).equals(value)) {
            throw wrong(key, "'" + value + "', the only variant that is computed here");
        }
    }

    /** Number of classes: as many as {@code id2label} names, else {@code num_labels}, else 2. */
    public int labels() {
        Optional<ConfigFields> named = object("id2label");
        return named.isPresent() ? named.get().node().size() : size("num_labels", 2);
    }

    /** The first of {@code architectures}, the class that the model was saved from. */
    public String architecture() {
        return words("architectures").filter(names -> !names.isEmpty()).map(List::getFirst).orElse("");
    }

    /** Whether the model was saved from a class without a head, and its files have none. */
    boolean isBody(Set<String> tensors) {
        return architecture().endsWith("Model") && !architecture().endsWith("LMHeadModel")
                && !tensors.contains("lm_head.weight") && !tensors.contains("embed_out.weight");
    }

    /** The non-linearity that a field names. */
    public UnitFunction function(String key, String otherwise) {
        String name = word(key, otherwise);
        return UnitFunction.named(name).orElseThrow(() -> wrong(key, UnitFunction.known()));
    }

    /** Any value; nothing when the field is absent or null. */
    public Optional<JsonNode> field(String key) {
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    /**
     * The complaint about a field.
     *
     * @param key the field
     * @param expected what it should be, as the end of "must be"
     * @return to be thrown
     */
    public WorkFailure wrong(String key, String expected) {
        String found = field(key).map(value -> "found " + Shown.field(value.toString())).orElse("but it is missing");
        return new WorkFailure("config.json of a " + modelType + " model: '" + path + key + "' must be " + expected
                + ", " + found);
    }
}
