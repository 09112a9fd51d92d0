package org.thalweg.data;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Small pictures for tests. */
final class Pictures {
    private Pictures() {}

    /** A PNG in one colour, {@code 0xRRGGBB}. */
    static byte[] colour(int height, int width, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < height * width; p++) {
            image.setRGB(p % width, p / width, rgb);
        }
        return encode(image, "png");
    }

    /** A grey PNG or JPEG of one value. */
    static byte[] grey(int height, int width, int value, String format) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int p = 0; p < height * width; p++) {
            image.getRaster().setSample(p % width, p / width, 0, value);
        }
        return encode(image, format);
    }

    static byte[] encode(BufferedImage image, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, out)) {
                throw new IOException("no encoder for " + format);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        return out.toByteArray();
    }

    /** A JPEG of four bands, with Adobe's marker that says how they are stored, or without it when that is below 0. */
    static byte[] inks(Raster bands, int adobe) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(new IIOImage(bands, List.of(), null));
        } finally {
            writer.dispose();
        }
        byte[] plain = out.toByteArray();
        if (adobe < 0) {
            return plain;
        }
        byte[] marker = {(byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) adobe};
        return ByteBuffer.allocate(plain.length + marker.length)
                .put(plain, 0, 2).put(marker).put(plain, 2, plain.length - 2).array();
    }

    /** Two classes with two training pictures and one test picture each, 2 x 3 in colour. */
    static Map<String, byte[]> twoClasses() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("train/cat/1.png", colour(2, 3, 0x102030));
        files.put("train/cat/2.png", colour(2, 3, 0x112131));
        files.put("train/dog/1.PNG", colour(2, 3, 0x405060));
        files.put("train/dog/2.png", colour(2, 3, 0x415161));
        files.put("test/cat/1.png", colour(2, 3, 0x708090));
        files.put("test/dog/1.png", colour(2, 3, 0xa0b0c0));
        return files;
    }

    static void write(Path root, Map<String, byte[]> files) {
        files.forEach((path, content) -> {
            try {
                Files.createDirectories(root.resolve(path).getParent());
                Files.write(root.resolve(path), content);
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        });
    }
}
