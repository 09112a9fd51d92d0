package org.thalweg.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.Digest;

/**
 * Labelled images of one shape. Most sets hold their pixels as unsigned bytes, {@code n * channels * height * width} of
 * them, and {@code 4 n} bytes of labels; images of a folder that do not fit into memory are decoded when they are asked
 * for. Immutable and safe to share between threads. A class and not a record because arrays are taken over without a
 * copy by {@link #wrap} (a full data set is large) and only copied out.
 */
public final class ImageSet {
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final String name;
    private final List<String> classNames;
    private final int[] labels;
    private final Pixels pixels;
    private volatile Digest digest;

    private ImageSet(String name, List<String> classNames, int[] labels, Pixels pixels) {
        this.name = Objects.requireNonNull(name, "name");
        this.classNames = List.copyOf(classNames);
        this.labels = labels;
        this.pixels = Objects.requireNonNull(pixels, "pixels");
    }

    /**
     * A set over arrays that the caller gives away and must not change afterwards; nothing is copied.
     *
     * @param name what to call the set in messages, such as {@code mnist train}
     * @param shape the shape of every image
     * @param classNames one name per class, in label order
     * @param labels [n] class of each image, {@code 0 <= label < classNames.size()}
     * @param pixels [n channels height width] unsigned bytes
     * @return the set
     * @throws IllegalArgumentException when the lengths disagree or a label is out of range
     */
    public static ImageSet wrap(String name, ImageShape shape, List<String> classNames, int[] labels, byte[] pixels) {
        if ((long) labels.length * shape.pixels() != pixels.length) {
            throw new IllegalArgumentException(name + ": " + labels.length + " images of " + shape + " need "
                    + (long) labels.length * shape.pixels() + " bytes, found " + pixels.length);
        }
        return of(name, classNames, labels, new HeldPixels(shape, pixels));
    }

    /** A set over pixels of any kind, and labels that the caller gives away; lengths agree. */
    static ImageSet of(String name, List<String> classNames, int[] labels, Pixels pixels) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException(name + ": label " + labels[i] + " of image " + i
                        + " is outside 0 to " + (classNames.size() - 1));
            }
        }
        return new ImageSet(name, classNames, labels, pixels);
    }

    /**
     * What the set is called in messages.
     *
     * @return the name; not part of the digest
     */
    public String name() {
        return name;
    }

    /**
     * The shape of every image.
     *
     * @return {@code [channels height width]}
     */
    public ImageShape shape() {
        return pixels.shape();
    }

    /**
     * The number of classes, whether or not each has an image here.
     *
     * @return the number of classes
     */
    public int classes() {
        return classNames.size();
    }

    /**
     * The classes' names.
     *
     * @return one name per class, in label order; unmodifiable
     */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * The number of images.
     *
     * @return n
     */
    public int size() {
        return labels.length;
    }

    /**
     * The class of one image.
     *
     * @param i the image, {@code 0 <= i < size()}
     * @return its label, {@code 0 <= label < classes()}
     */
    public int label(int i) {
        return labels[i];
    }

    /**
     * All labels.
     *
     * @return [n] a fresh copy
     */
    public int[] labels() {
        return labels.clone();
    }

    /**
     * Writes one image as floats, each {@code v / 255} rounded once, as other tools' division does.
     *
     * @param i the image, {@code 0 <= i < size()}
     * @param target receives [channels height width] values in [0, 1]; nothing else in it is changed
     * @param offset where in {@code target} the image starts
     * @throws IndexOutOfBoundsException when the image does not exist or does not fit
     * @throws WorkFailure when its file is read only now and cannot be decoded
     */
    public void copyPixels(int i, float[] target, int offset) {
        Objects.checkIndex(i, size());
        int count = shape().pixels();
        Objects.checkFromIndexSize(offset, count, target.length);
        pixels.copy(i, target, offset);
        for (int p = offset; p < offset + count; p++) {
            target[p] /= 255f;
        }
    }

    /**
     * Room for the values of a batch.
     *
     * @param count how many images
     * @return {@code count * channels * height * width} zeros
     * @throws WrongUse when an array cannot hold so many
     */
    public float[] roomFor(int count) {
        long values = (long) count * shape().pixels();
        if (values > LONGEST_ARRAY) {
            throw new WrongUse(name + ": " + count + " images of " + shape() + " have " + values + " values, expected "
                    + "at most " + LONGEST_ARRAY + "; choose a smaller 'batch' or 'image_size'.");
        }
        return new float[(int) values];
    }

    /**
     * Does some work for each image of a batch: on several threads where images are made when they are asked for, since
     * each takes a while, else one after another.
     *
     * @param count how many images
     * @param work takes a place in the batch from 0 to {@code count - 1}; independent of that for other places
     */
    public void forEachOf(int count, IntConsumer work) {
        IntStream places = IntStream.range(0, count);
        (areMadeWhenAsked() ? places.parallel() : places).forEach(work);
    }

    /**
     * Whether images are decoded or resized when they are asked for, or would be on a machine with less memory.
     *
     * @return the same on every machine
     */
    public boolean areMadeWhenAsked() {
        return pixels.areMadeWhenAsked();
    }

    /**
     * The same images brought to another size whenever they are asked for, stretched to fit by an antialiased bilinear
     * filter and rounded to 256 steps.
     *
     * @param height rows they are brought to
     * @param width columns they are brought to
     * @return a set that shares this one's memory; this one when it has that size
     */
    public ImageSet resized(int height, int width) {
        ImageShape wanted = new ImageShape(shape().channels(), height, width);
        return wanted.equals(shape()) ? this : new ImageSet(name, classNames, labels,
                new ResizedPixels(pixels, wanted));
    }

    /**
     * The identity of the content: SHA-256 over a format line, then channels, height, width, classes and n as 4-byte
     * big-endian integers, the labels likewise, and the pixel bytes. Of images of a folder that are brought to a size,
     * the path and the length of each file stand in place of the pixels, held or not, since decoding a large folder
     * takes hours; of other images that are resized, the digest of them as they are. Names of the set and its classes
     * are left out: they change no number. Computed on the first call (about a second per 300 MB) and kept.
     *
     * @return the digest; equal for equal content on every machine
     * @throws WorkFailure when a file of a folder is gone
     */
    public Digest digest() {
        Digest known = digest;
        if (known == null) {
            known = pixels.digest(classes(), labels);
            digest = known;
        }
        return known;
    }

    /**
     * The first images.
     *
     * @param n how many, {@code 0 <= n <= size()}
     * @return a set with its own copy of them, in the same order; what is decoded when asked for stays so
     * @throws WrongUse when there are fewer
     */
    public ImageSet take(int n) {
        if (n < 0 || n > size()) {
            throw new WrongUse(name + " has " + size() + " images, " + n + " were asked for; ask for at most "
                    + size() + ".");
        }
        return select(IntStream.range(0, n).toArray());
    }

    /**
     * The first images of every class, in the order they have here. Deterministic; one pass.
     *
     * @param perClass how many of each class, at least 1
     * @return a set of {@code perClass * classes()} images with its own copy of them; what is decoded when asked for
     *     stays so
     * @throws WrongUse when a class has fewer
     */
    public ImageSet classBalanced(int perClass) {
        int[] taken = new int[classes()];
        int[] chosen = new int[Math.max(0, Math.min(size(), (int) Math.min(size(), (long) perClass * classes())))];
        int count = 0;
        for (int i = 0; i < labels.length && count < chosen.length; i++) {
            if (taken[labels[i]] < perClass) {
                taken[labels[i]]++;
                chosen[count++] = i;
            }
        }
        for (int c = 0; c < taken.length; c++) {
            if (perClass < 1 || taken[c] < perClass) {
                throw new WrongUse(name + " has " + imagesOf(c) + " images of class '" + classNames.get(c) + "', "
                        + perClass + " per class were asked for; ask for 1 up to the size of the smallest class.");
            }
        }
        return select(chosen);
    }

    private ImageSet select(int[] chosen) {
        return new ImageSet(name, classNames, Arrays.stream(chosen).map(i -> labels[i]).toArray(),
                pixels.select(chosen));
    }

    private int imagesOf(int wanted) {
        return (int) Arrays.stream(labels).filter(label -> label == wanted).count();
    }

    @Override
    public String toString() {
        return name + " (" + size() + " images of " + shape() + ", " + classes() + " classes)";
    }
}
