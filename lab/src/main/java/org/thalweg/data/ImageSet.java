package org.thalweg.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.Digest;

/**
 * Labelled images of one shape, held as unsigned bytes: {@code n * channels * height * width} bytes and {@code 4 n}
 * for the labels. Immutable and safe to share between threads. A class and not a record because the arrays are taken
 * over without a copy by {@link #wrap} (a full data set is large) and only copied out.
 */
public final class ImageSet {
    private static final byte[] DIGEST_FORMAT = "thalweg image set 1\n".getBytes(StandardCharsets.UTF_8);

    private final String name;
    private final ImageShape shape;
    private final List<String> classNames;
    private final int[] labels;
    private final byte[] pixels;
    private volatile Digest digest;

    private ImageSet(String name, ImageShape shape, List<String> classNames, int[] labels, byte[] pixels) {
        this.name = Objects.requireNonNull(name, "name");
        this.shape = Objects.requireNonNull(shape, "shape");
        this.classNames = List.copyOf(classNames);
        this.labels = labels;
        this.pixels = pixels;
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
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException(name + ": label " + labels[i] + " of image " + i
                        + " is outside 0 to " + (classNames.size() - 1));
            }
        }
        return new ImageSet(name, shape, classNames, labels, pixels);
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
        return shape;
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
     */
    public void copyPixels(int i, float[] target, int offset) {
        Objects.checkIndex(i, labels.length);
        int count = shape.pixels();
        Objects.checkFromIndexSize(offset, count, target.length);
        int start = i * count;
        for (int p = 0; p < count; p++) {
            target[offset + p] = (pixels[start + p] & 0xff) / 255f;
        }
    }

    /**
     * Writes one image at another size, stretched to fit by an antialiased bilinear filter and rounded to 256 steps.
     *
     * @param i the image, {@code 0 <= i < size()}
     * @param height rows it is brought to
     * @param width columns it is brought to
     * @param target receives [channels height width] values in [0, 1]; nothing else in it is changed
     * @param offset where in {@code target} the image starts
     * @throws IndexOutOfBoundsException when the image does not exist or does not fit
     */
    public void copyResized(int i, int height, int width, float[] target, int offset) {
        Objects.checkIndex(i, labels.length);
        Resizing resizing = Resizing.between(shape.height(), shape.width(), height, width);
        float[] plane = new float[shape.height() * shape.width()];
        for (int channel = 0; channel < shape.channels(); channel++) {
            int start = i * shape.pixels() + channel * plane.length;
            for (int p = 0; p < plane.length; p++) {
                plane[p] = pixels[start + p] & 0xff;
            }
            float[] resized = resizing.apply(plane);
            for (int p = 0; p < resized.length; p++) {
                target[offset + channel * resized.length + p] = resized[p] / 255f;
            }
        }
    }

    /**
     * The identity of the content: SHA-256 over a format line, then channels, height, width, classes and n as 4-byte
     * big-endian integers, the labels likewise, and the pixel bytes. Names are left out: they change no number.
     * Computed on the first call (about a second per 300 MB) and kept.
     *
     * @return the digest; equal for equal content on every machine
     */
    public Digest digest() {
        Digest known = digest;
        if (known == null) {
            ByteBuffer header = ByteBuffer.allocate(5 * Integer.BYTES + Integer.BYTES * labels.length);
            header.putInt(shape.channels()).putInt(shape.height()).putInt(shape.width());
            header.putInt(classes()).putInt(size());
            for (int label : labels) {
                header.putInt(label);
            }
            known = Digest.ofBytes(DIGEST_FORMAT, header.array(), pixels);
            digest = known;
        }
        return known;
    }

    /**
     * The first images.
     *
     * @param n how many, {@code 0 <= n <= size()}
     * @return a set with its own copy of them, in the same order
     * @throws WrongUse when there are fewer
     */
    public ImageSet take(int n) {
        if (n < 0 || n > size()) {
            throw new WrongUse(name + " has " + size() + " images, " + n + " were asked for; ask for at most "
                    + size() + ".");
        }
        return new ImageSet(name, shape, classNames, Arrays.copyOf(labels, n),
                Arrays.copyOf(pixels, n * shape.pixels()));
    }

    /**
     * The first images of every class, in the order they have here. Deterministic; one pass.
     *
     * @param perClass how many of each class, at least 1
     * @return a set of {@code perClass * classes()} images with its own copy of them
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
        int count = shape.pixels();
        int[] labelsOfChosen = new int[chosen.length];
        byte[] pixelsOfChosen = new byte[chosen.length * count];
        for (int i = 0; i < chosen.length; i++) {
            labelsOfChosen[i] = labels[chosen[i]];
            System.arraycopy(pixels, chosen[i] * count, pixelsOfChosen, i * count, count);
        }
        return new ImageSet(name, shape, classNames, labelsOfChosen, pixelsOfChosen);
    }

    private int imagesOf(int wanted) {
        return (int) Arrays.stream(labels).filter(label -> label == wanted).count();
    }

    @Override
    public String toString() {
        return name + " (" + size() + " images of " + shape + ", " + classes() + " classes)";
    }
}
