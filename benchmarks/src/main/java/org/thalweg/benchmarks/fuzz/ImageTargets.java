package org.thalweg.benchmarks.fuzz;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.thalweg.benchmarks.fuzz.Seed.Format;
import org.thalweg.data.CifarBatches;
import org.thalweg.data.IdxDirectory;
import org.thalweg.data.ImageFolder;

/** The readers of image sets. */
final class ImageTargets {
    private static final int SIDE = 5;
    private static final int CIFAR_PIXELS = 3 * 32 * 32;

    private ImageTargets() {}

    static List<Target> all() {
        return List.of(idx(), cifar(), tar(), images());
    }

    private static byte[] idxImages() {
        ByteBuffer file = ByteBuffer.allocate(16 + 3 * 4).putInt(0x803).putInt(3).putInt(2).putInt(2);
        for (int pixel = 0; pixel < 12; pixel++) {
            file.put((byte) (20 * pixel));
        }
        return file.array();
    }

    private static byte[] idxLabels() {
        return ByteBuffer.allocate(8 + 3).putInt(0x801).putInt(3).put(new byte[] {0, 1, 2}).array();
    }

    private static byte[] packed(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory is always writable", impossible);
        }
        return bytes.toByteArray();
    }

    private static Target idx() {
        Map<String, byte[]> valid = Map.of("train-images-idx3-ubyte", idxImages(),
                "train-labels-idx1-ubyte", idxLabels(), "t10k-images-idx3-ubyte", idxImages(),
                "t10k-labels-idx1-ubyte", packed(idxLabels()));
        List<Seed> seeds = new ArrayList<>();
        new TreeMap<>(valid).forEach((name, content) -> seeds.add(new Seed(name, Format.BYTES, content)));
        return new Target("idx", seeds, (variant, content, folder) -> {
            for (Map.Entry<String, byte[]> file : valid.entrySet()) {
                Files.write(folder.resolve(file.getKey()),
                        file.getKey().equals(variant) ? content : file.getValue());
            }
            new IdxDirectory("own", folder).load();
        });
    }

    private static byte[] cifarRecords(int records, int labels) {
        byte[] content = new byte[records * (labels + CIFAR_PIXELS)];
        for (int record = 0; record < records; record++) {
            content[record * (labels + CIFAR_PIXELS)] = (byte) record;
        }
        return content;
    }

    private static Target cifar() {
        return new Target("cifar", List.of(
                new Seed("10", Format.BYTES, cifarRecords(2, 1)),
                new Seed("100", Format.BYTES, cifarRecords(2, 2)),
                new Seed("packed", Format.TAR, tarOf(Map.of(
                        "cifar-100-binary/train.bin", cifarRecords(1, 2),
                        "cifar-100-binary/test.bin", cifarRecords(1, 2))))), (variant, content, folder) -> {
                    Path directory = Files.createDirectories(folder.resolve(variant));
                    switch (variant) {
                        case "10" -> {
                            for (int batch = 1; batch <= 5; batch++) {
                                Files.write(directory.resolve("data_batch_" + batch + ".bin"),
                                        batch == 2 ? content : cifarRecords(1, 1));
                            }
                            Files.write(directory.resolve("test_batch.bin"), cifarRecords(1, 1));
                        }
                        case "100" -> {
                            Files.write(directory.resolve("train.bin"), content);
                            Files.write(directory.resolve("test.bin"), cifarRecords(1, 2));
                        }
                        default -> Files.write(directory.resolve("cifar-100-binary.tar.gz"), packed(content));
                    }
                    new CifarBatches(directory, variant.equals("10") ? 10 : 100).load();
                });
    }

    private static byte[] tarOf(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setModTime(0);
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory is always writable", impossible);
        }
        return bytes.toByteArray();
    }

    private static Target tar() {
        byte[] image = image(BufferedImage.TYPE_INT_RGB, "png");
        byte[] folder = tarOf(Map.of("set/train/a/0.png", image, "set/test/a/1.png", image,
                "set/train/" + "deep/".repeat(30) + "2.png", image));
        return new Target("tar", List.of(
                new Seed("entries", Format.TAR, folder),
                new Seed("stream", Format.BYTES, packed(folder))), (variant, content, place) -> {
                    Path file = place.resolve("set.tar.gz");
                    Files.write(file, variant.equals("entries") ? packed(content) : content);
                    new ImageFolder(file, Optional.empty()).load();
                });
    }

    private static byte[] image(int type, String format) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, type);
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
            image.setRGB(pixel % SIDE, pixel / SIDE, 0xff000000 | 0x0a1b2c * pixel);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, bytes)) {
                throw new IllegalStateException("this Java writes no " + format);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory is always writable", impossible);
        }
        return bytes.toByteArray();
    }

    private static Target images() {
        Map<String, byte[]> valid = new TreeMap<>(Map.of(
                "rgb-png", image(BufferedImage.TYPE_INT_RGB, "png"),
                "alpha-png", image(BufferedImage.TYPE_INT_ARGB, "png"),
                "grey-png", image(BufferedImage.TYPE_BYTE_GRAY, "png"),
                "deep-png", image(BufferedImage.TYPE_USHORT_GRAY, "png"),
                "palette-png", image(BufferedImage.TYPE_BYTE_INDEXED, "png"),
                "bits-png", image(BufferedImage.TYPE_BYTE_BINARY, "png"),
                "rgb-jpg", image(BufferedImage.TYPE_INT_RGB, "jpg"),
                "grey-jpg", image(BufferedImage.TYPE_BYTE_GRAY, "jpg")));
        List<Seed> seeds = new ArrayList<>();
        valid.forEach((name, content) -> seeds.add(new Seed(name, Format.BYTES, content)));
        return new Target("images", seeds, (variant, content, folder) -> {
            Path directory = folder.resolve(variant);
            String end = variant.substring(variant.indexOf('-') + 1);
            Files.createDirectories(directory.resolve("train/a"));
            Files.createDirectories(directory.resolve("test/a"));
            Files.write(directory.resolve("train/a/0." + end), content);
            Files.write(directory.resolve("test/a/1." + end), valid.get(variant));
            new ImageFolder(directory, Optional.empty()).load();
        });
    }
}
