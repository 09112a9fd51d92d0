package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

class ImageFolderTest {
    @TempDir
    private Path directory;

    private ImageData load() {
        return new ImageFolder(directory, Optional.empty()).load();
    }

    @Test
    void readsClassesByNameAndColourByPlane() {
        Pictures.write(directory, Pictures.twoClasses());
        ImageData data = load();
        assertThat(data.train().classNames()).containsExactly("cat", "dog");
        assertThat(data.train().labels()).containsExactly(0, 0, 1, 1);
        assertThat(data.test().labels()).containsExactly(0, 1);
        assertThat(data.train().shape()).isEqualTo(new ImageShape(3, 2, 3));
        float[] image = new float[18];
        data.train().copyPixels(2, image, 0);
        assertThat(image[0]).isEqualTo(0x40 / 255f);
        assertThat(image[6]).isEqualTo(0x50 / 255f);
        assertThat(image[17]).isEqualTo(0x60 / 255f);
        assertThat(data.provenance()).contains("test split 'test'").contains("may have been recompressed with loss");
    }

    @Test
    void readsAPackedFolderLikeTheUnpackedOne() {
        Pictures.write(directory, Pictures.twoClasses());
        Map<String, byte[]> wrapped = new TreeMap<>();
        Pictures.twoClasses().forEach((path, content) -> wrapped.put("set/" + path, content));
        Path plain = TarBytes.write(directory.resolve("plain.tar.gz"), Pictures.twoClasses());
        Path outer = TarBytes.write(directory.resolve("wrapped.tgz"), wrapped);
        for (Path archive : new Path[] {plain, outer}) {
            ImageData packed = new ImageFolder(archive, Optional.empty()).load();
            assertThat(packed.train().digest()).isEqualTo(load().train().digest());
            assertThat(packed.test().digest()).isEqualTo(load().test().digest());
        }
    }

    @Test
    void staysGreyWhenEveryImageIs() {
        for (String path : new String[] {"train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png"}) {
            Pictures.write(directory, Map.of(path, Pictures.grey(2, 2, 77, "png")));
        }
        assertThat(load().train().shape()).isEqualTo(new ImageShape(1, 2, 2));
        assertThat(load().provenance()).contains("test split 'val'");
        float[] image = new float[4];
        load().test().copyPixels(1, image, 0);
        assertThat(image).containsOnly(77 / 255f);
        Pictures.write(directory, Map.of("val/b/1.png", Pictures.colour(2, 2, 0x010203)));
        assertThat(load().train().shape()).isEqualTo(new ImageShape(3, 2, 2));
    }

    @Test
    void resizesToTheShapeAskedFor() {
        Pictures.write(directory, Pictures.twoClasses());
        Pictures.write(directory, Map.of("train/cat/2.png", Pictures.colour(9, 7, 0x102030)));
        ImageData data = new ImageFolder(directory, Optional.of(new ImageShape(1, 4, 4))).load();
        assertThat(data.train().shape()).isEqualTo(new ImageShape(1, 4, 4));
        float[] image = new float[16];
        data.train().copyPixels(1, image, 0);
        assertThat(image).containsOnly(29 / 255f);
        assertThat(data.provenance()).contains("brought to 1 x 4 x 4");
        assertThatThrownBy(() -> new ImageFolder(directory, Optional.of(new ImageShape(2, 4, 4))))
                .isInstanceOf(WrongUse.class).hasMessage("images are resized to 1 or 3 channels, not 2.");
    }

    @Test
    void readsTheAnnotatedValidationImagesOfTinyImageNet() {
        Map<String, byte[]> files = Pictures.twoClasses();
        files.keySet().removeIf(path -> path.startsWith("test"));
        files.put("val/images/val_0.png", Pictures.colour(2, 3, 1));
        files.put("val/images/val_1.png", Pictures.colour(2, 3, 2));
        files.put("val/val_annotations.txt", "val_0.png\tdog\t0\t0\nval_1.png\tcat\t0\t0\nval_9.png\tcat\n"
                .getBytes(StandardCharsets.UTF_8));
        Pictures.write(directory, files);
        assertThat(load().test().labels()).containsExactly(1, 0);
        Pictures.write(directory, Map.of("val/images/val_2.png", Pictures.colour(2, 3, 2)));
        assertRefused("val_2.png: expected its class in val/val_annotations.txt, found no line for it; remove");
    }

    @Test
    void ignoresHiddenAndOtherFiles() {
        Pictures.write(directory, Pictures.twoClasses());
        Pictures.write(directory, Map.of("train/cat/.trash.png", new byte[1], "train/.cache/1.png", new byte[1],
                "train/cat/notes.txt", new byte[1]));
        assertThat(load().train().size()).isEqualTo(4);
    }

    @Test
    void refusesAnEmptyClassFolder() throws IOException {
        Pictures.write(directory, Pictures.twoClasses());
        Files.createDirectories(directory.resolve("train/fox"));
        assertRefused("train/fox: expected JPEG or PNG images in every class folder, found none; fill or remove");
    }

    @Test
    void refusesAnUndecodableImage() {
        Pictures.write(directory, Pictures.twoClasses());
        Pictures.write(directory, Map.of("train/dog/2.png", "not an image".getBytes(StandardCharsets.UTF_8)));
        assertRefused("train/dog/2.png: expected a whole JPEG or PNG image in grey or RGB, "
                + "found another kind of file of 12 bytes; replace or remove the file.");
    }

    @Test
    void refusesAnImageOfAnotherSize() {
        Pictures.write(directory, Pictures.twoClasses());
        Pictures.write(directory, Map.of("test/dog/1.png", Pictures.colour(3, 2, 0)));
        assertRefused("test/dog/1.png: expected an image of 2 x 3 pixels like train/cat/1.png, found 3 x 2; ask for");
    }

    @Test
    void refusesMoreImagesThanMemoryHoldsBeforeDecodingThem() {
        Pictures.write(directory, Pictures.twoClasses());
        ImageFolder plain = new ImageFolder(directory, Optional.empty());
        assertThatThrownBy(() -> plain.load(100)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("found 6 of 2 x 3 pixels, 0 MiB; give Java more memory with -Xmx, or say");
    }

    @Test
    void refusesAClassThatIsNotInTraining() {
        Pictures.write(directory, Pictures.twoClasses());
        Pictures.write(directory, Map.of("test/fox/1.png", Pictures.colour(2, 3, 0)));
        assertRefused("test/fox/1.png: expected one of the 2 classes in train, found class 'fox'; name the class");
    }

    @Test
    void refusesAFolderWithoutSplits() {
        assertRefused(": expected images as train/CLASS/NAME.jpg or .png, found none; arrange them so");
        Pictures.write(directory, Map.of("train/cat/1.png", Pictures.colour(2, 3, 0)));
        assertRefused(": expected images as test or val/CLASS/NAME.jpg or .png, found none; arrange them so");
        assertThatThrownBy(() -> new ImageFolder(directory.resolve("gone"), Optional.empty()).load())
                .isInstanceOf(WorkFailure.class).hasMessageContaining("gone: expected a folder or a .tar.gz file");
    }

    private void assertRefused(String part) {
        assertThatThrownBy(this::load).isInstanceOf(WorkFailure.class).hasMessageContaining(directory.toString())
                .hasMessageContaining(part);
    }
}
