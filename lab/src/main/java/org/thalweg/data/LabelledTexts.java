package org.thalweg.data;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Texts with the class of each.
 *
 * @param classNames in label order
 * @param texts the texts
 * @param labels [n] class of each text
 */
public record LabelledTexts(List<String> classNames, List<String> texts, int[] labels) {
    /** Numbers before each other by size. */
    private static final Comparator<String> ORDER =
            Comparator.comparing((String name) -> name.matches("[0-9]+") ? name.length() : 0)
                    .thenComparing(Comparator.naturalOrder());

    /** Copies lists and array. */
    public LabelledTexts {
        classNames = List.copyOf(classNames);
        texts = List.copyOf(texts);
        labels = labels.clone();
    }

    /**
     * Texts whose classes are known by name.
     *
     * @param classes names of all classes there can be, in any order
     * @param texts the texts
     * @param classOf the class of each text
     * @return the texts, classes numbered in the order of their names
     */
    static LabelledTexts of(Collection<String> classes, List<String> texts, List<String> classOf) {
        Map<String, Integer> numbers = new HashMap<>();
        List<String> names = classes.stream().distinct().sorted(ORDER).toList();
        names.forEach(name -> numbers.put(name, numbers.size()));
        return new LabelledTexts(names, texts, classOf.stream().mapToInt(numbers::get).toArray());
    }

    /** No texts. */
    static LabelledTexts none(List<String> classNames) {
        return new LabelledTexts(classNames, List.of(), new int[0]);
    }

    @Override
    public int[] labels() {
        return labels.clone();
    }

    /** How many there are. */
    public int size() {
        return texts.size();
    }

    /** These texts, then others of the same classes. */
    LabelledTexts and(LabelledTexts others) {
        return new LabelledTexts(classNames, Stream.concat(texts.stream(), others.texts.stream()).toList(),
                IntStream.concat(IntStream.of(labels), IntStream.of(others.labels)).toArray());
    }

    /** Texts from one on up to another. */
    LabelledTexts slice(int from, int to) {
        return new LabelledTexts(classNames, texts.subList(from, to), Arrays.copyOfRange(labels, from, to));
    }
}
