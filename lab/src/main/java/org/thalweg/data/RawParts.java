package org.thalweg.data;

import java.util.Arrays;
import java.util.OptionalInt;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/**
 * The parts of a text in tokens as their tokenizer numbers them.
 *
 * @param train ids; not copied
 * @param validation ids; not copied
 * @param test ids; not copied
 * @param digest of the texts alone
 */
record RawParts(int[] train, int[] validation, int[] test, Digest digest) {
    private static final double TRAIN = 0.9;
    private static final double TRAIN_AND_VALIDATION = 0.95;

    /**
     * Reads a set.
     *
     * @param set any set
     * @param reading how
     * @param tokenizer numbers the tokens
     * @return its parts
     * @throws WorkFailure when a part is empty
     */
    static RawParts of(TextSet set, TextReading reading, Tokenizer tokenizer) {
        return switch (set) {
            case TextSet.Whole(String name, var texts) ->
                cut(name, String.join("\n", texts.get()), tokenizer).first(reading);
            case TextSet.Labelled labelled -> of(labelled.withoutClasses(), reading, tokenizer);
            case TextSet.Parts parts -> {
                Part train = Part.read(parts.train(), tokenizer, reading.mostTrain());
                Part validation = Part.read(parts.validation(), tokenizer, reading.mostTest());
                Part test = Part.read(parts.test(), tokenizer, reading.mostTest());
                if (train.count == 0 || validation.count == 0 || test.count == 0) {
                    throw new WorkFailure("the text " + parts.name() + " has " + train.count + " tokens for training, "
                            + validation.count + " for validation and " + test.count
                            + " for tests, expected some of each; get its files again.");
                }
                yield new RawParts(train.ids(), validation.ids(), test.ids(), Digest.ofText(String.join(" ",
                        train.digest.hex(), validation.digest.hex(), test.digest.hex())));
            }
        };
    }

    /** Cuts a text after 90 and 95 hundredths of its characters. */
    static RawParts cut(String name, String text, Tokenizer tokenizer) {
        int[] characters = text.codePoints().toArray();
        int first = (int) (TRAIN * characters.length);
        int second = (int) (TRAIN_AND_VALIDATION * characters.length);
        int[] train = tokenizer.encode(new String(characters, 0, first));
        int[] validation = tokenizer.encode(new String(characters, first, second - first));
        int[] test = tokenizer.encode(new String(characters, second, characters.length - second));
        if (train.length == 0 || validation.length == 0 || test.length == 0) {
            throw new WorkFailure("the text " + name + " has " + characters.length + " characters, too few for a part "
                    + "for training, one for validation and one for tests; give a longer text.");
        }
        return new RawParts(train, validation, test, Digest.ofText(text));
    }

    private RawParts first(TextReading reading) {
        return reading.isOfAll() ? this : new RawParts(first(train, reading.mostTrain()),
                first(validation, reading.mostTest()), first(test, reading.mostTest()), digest);
    }

    private static int[] first(int[] ids, OptionalInt most) {
        return most.isPresent() && most.getAsInt() < ids.length ? Arrays.copyOf(ids, most.getAsInt()) : ids;
    }

    /** One part as it is read. */
    private static final class Part {
        private int[] found = new int[1 << 16];
        private int count;
        private Digest digest = Digest.ofText("");

        static Part read(TextSet.Passages passages, Tokenizer tokenizer, OptionalInt most) {
            Part part = new Part();
            passages.read(passage -> {
                part.add(tokenizer.encode(passage), most.orElse(Integer.MAX_VALUE));
                part.digest = Digest.ofText(part.digest.hex() + Digest.ofText(passage).hex());
                return part.count < most.orElse(Integer.MAX_VALUE);
            });
            return part;
        }

        private void add(int[] ids, int most) {
            int added = Math.min(ids.length, most - count);
            if (count + (long) added > Integer.MAX_VALUE - 64) {
                throw new WorkFailure("the text has more than " + Integer.MAX_VALUE
                        + " tokens in one part; read fewer with texts.train_tokens.");
            }
            if (count + added > found.length) {
                found = Arrays.copyOf(found, (int) Math.min(Integer.MAX_VALUE - 64L,
                        Math.max(count + added, found.length + found.length / 2L)));
            }
            System.arraycopy(ids, 0, found, count, added);
            count += added;
        }

        int[] ids() {
            return Arrays.copyOf(found, count);
        }
    }
}
