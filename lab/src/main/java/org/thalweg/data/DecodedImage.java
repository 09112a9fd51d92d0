package org.thalweg.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.thalweg.failure.WorkFailure;

/**
 * One image as three planes. Samples are taken as they stand in the file: colour profiles and rotation marks are not
 * applied, as in the usual training code, and transparency is dropped. JPEG images of four inks, of which ImageNet has
 * some, are taken as light without a profile. 16-bit samples keep their upper 8 bits.
 *
 * @param height rows
 * @param width columns
 * @param grey whether the file has one channel; then the three planes are equal
 * @param planes [3 height width] unsigned bytes; not copied
 */
record DecodedImage(int height, int width, boolean grey, byte[] planes) {
    private static final long MOST_PIXELS = 1L << 24;
    private static final Set<String> FORMATS = Set.of("jpeg", "png");

    /**
     * Decodes a JPEG or PNG image.
     *
     * @param origin what to call it in messages
     * @param file the file's content; not changed
     * @return the image
     * @throws WorkFailure when it cannot be decoded to its end or has more than 2^24 pixels
     */
    static DecodedImage decode(String origin, byte[] file) {
        AtomicReference<String> broken = new AtomicReference<>("");
        BufferedImage image;
        // A stream of our own instead of ImageIO.read: no temporary files, no switch that is global to the program.
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            ImageReader reader = readerFor(in)
                    .orElseThrow(() -> undecodable(origin, "another kind of file of " + file.length + " bytes"));
            try {
                reader.setInput(in, true, true);
                reader.addIIOReadWarningListener((source, text) -> {
                    if (text.contains("Truncated") || text.contains("premature")) {
                        broken.set(text);
                    }
                });
                refuseTooLarge(origin, reader.getWidth(0), reader.getHeight(0));
                image = reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException damaged) {
            throw undecodable(origin, "'" + damaged.getMessage() + "' while decoding");
        }
        // The JPEG decoder fills the rest of a broken-off image with grey and only warns.
        if (!broken.get().isEmpty()) {
            throw undecodable(origin, "'" + broken.get() + "' while decoding");
        }
        return of(image);
    }

    private static Optional<ImageReader> readerFor(ImageInputStream in) throws IOException {
        for (Iterator<ImageReader> readers = ImageIO.getImageReaders(in); readers.hasNext();) {
            ImageReader reader = readers.next();
            if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
                return Optional.of(reader);
            }
        }
        return Optional.empty();
    }

    private static WorkFailure undecodable(String origin, String found) {
        return Refusal.of(origin, "a whole JPEG or PNG image in grey or RGB", found, "replace or remove the file");
    }

    private static void refuseTooLarge(String origin, int width, int height) {
        if ((long) width * height > MOST_PIXELS) {
            throw Refusal.of(origin, "at most " + MOST_PIXELS + " pixels", height + " x " + width,
                    "shrink the image first");
        }
    }

    private static DecodedImage of(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        byte[] planes = new byte[3 * height * width];
        Raster raster = image.getRaster();
        int type = raster.getTransferType();
        boolean direct = image.getColorModel() instanceof ComponentColorModel
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT);
        boolean grey = direct && raster.getNumBands() < 3;
        if (image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
            copyInks(raster, planes);
        } else if (direct) {
            // getRGB would push grey values through a gamma curve, so samples are read as they are.
            copySamples(raster, type == DataBuffer.TYPE_USHORT ? 8 : 0, planes);
        } else {
            copyColours(image, planes);
        }
        return new DecodedImage(height, width, grey, planes);
    }

    private static void copySamples(Raster raster, int shift, byte[] planes) {
        int area = raster.getHeight() * raster.getWidth();
        int[] samples = new int[area];
        for (int c = 0; c < 3; c++) {
            int band = raster.getNumBands() < 3 ? 0 : c;
            raster.getSamples(raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), band, samples);
            for (int p = 0; p < area; p++) {
                planes[c * area + p] = (byte) (samples[p] >> shift);
            }
        }
    }

    /** Cyan, magenta, yellow and black, 255 for all of an ink: each lets through what the others leave of the light. */
    private static void copyInks(Raster raster, byte[] planes) {
        int area = raster.getHeight() * raster.getWidth();
        int[] inks = raster.getPixels(
                raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), (int[]) null);
        for (int p = 0; p < area; p++) {
            int light = 255 - inks[4 * p + 3];
            for (int c = 0; c < 3; c++) {
                planes[c * area + p] = (byte) (((255 - inks[4 * p + c]) * light + 127) / 255);
            }
        }
    }

    private static void copyColours(BufferedImage image, byte[] planes) {
        int area = image.getHeight() * image.getWidth();
        int[] colours = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        for (int p = 0; p < area; p++) {
            planes[p] = (byte) (colours[p] >> 16);
            planes[area + p] = (byte) (colours[p] >> 8);
            planes[2 * area + p] = (byte) colours[p];
        }
    }

    /**
     * The image at another size, as {@link Resizing} makes it.
     *
     * @param newHeight rows
     * @param newWidth columns
     * @return the image, or this one when it has that size
     */
    DecodedImage resized(int newHeight, int newWidth) {
        if (newHeight == height && newWidth == width) {
            return this;
        }
        Resizing resizing = Resizing.between(height, width, newHeight, newWidth);
        byte[] result = new byte[3 * newHeight * newWidth];
        float[] plane = new float[height * width];
        for (int c = 0; c < 3; c++) {
            for (int p = 0; p < plane.length; p++) {
                plane[p] = planes[c * plane.length + p] & 0xff;
            }
            float[] small = resizing.apply(plane);
            for (int p = 0; p < small.length; p++) {
                result[c * small.length + p] = (byte) small[p];
            }
        }
        return new DecodedImage(newHeight, newWidth, grey, result);
    }
}
