package org.thalweg.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A set of texts on disk. Texts that stand in parts of their own are not read before they are asked for. */
public sealed interface TextSet {
    /** What studies call it. */
    String name();

    /** Text, passage by passage. */
    @FunctionalInterface
    interface Passages {
        /**
         * Reads from the beginning.
         *
         * @param more given each passage, whole lines; says whether to go on
         */
        void read(Predicate<String> more);

        /** Texts in memory; each is a passage that ends a line. */
        static Passages of(List<String> texts) {
            return more -> {
                for (String text : texts) {
                    if (!more.test(text + "\n")) {
                        return;
                    }
                }
            };
        }
    }

    /**
     * Texts that come in no parts, to be joined by ends of lines and cut.
     *
     * @param name of the set
     * @param texts reads them all
     */
    record Whole(String name, Supplier<List<String>> texts) implements TextSet {}

    /**
     * Texts in parts.
     *
     * @param name of the set
     * @param train what is trained on
     * @param validation by what trainings may be ended
     * @param test what results are measured on
     */
    record Parts(String name, Passages train, Passages validation, Passages test) implements TextSet {}

    /**
     * Texts that belong to classes.
     *
     * @param name of the set
     * @param train what is trained on, or all there is
     * @param test what results are measured on; empty when the set comes in no parts
     */
    record Labelled(String name, LabelledTexts train, LabelledTexts test) implements TextSet {
        private static final double TRAIN = 0.8;
        private static final double TRAIN_WITH_VALIDATION = 0.95;

        /** With a test part: the one it has, or else the last fifth. */
        public Labelled cut() {
            int first = (int) (TRAIN * train.size());
            return test.size() > 0 ? this
                    : new Labelled(name, train.slice(0, first), train.slice(first, train.size()));
        }

        /** All its texts in one part. */
        Labelled joined() {
            return new Labelled(name, train.and(test), test.slice(0, 0));
        }

        /** The texts without their classes; a twentieth of a training part is for validation. */
        public TextSet withoutClasses() {
            if (test.size() == 0) {
                return new Whole(name, () -> new ArrayList<>(train.texts()));
            }
            int first = (int) (TRAIN_WITH_VALIDATION * train.size());
            return new Parts(name, Passages.of(train.texts().subList(0, first)),
                    Passages.of(train.texts().subList(first, train.size())), Passages.of(test.texts()));
        }
    }
}
