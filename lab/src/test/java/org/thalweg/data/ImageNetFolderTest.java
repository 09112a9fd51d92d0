package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class ImageNetFolderTest {
    private static final UsualPlaces NOWHERE = new UsualPlaces(Optional.empty(), List.of());

    @TempDir
    private Path data;

    /** Classes of which the first is the official first one, one image in each of both splits. */
    private static void make(Path place, int classes) throws IOException {
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "jpg", image);
        for (String split : List.of("train", "val")) {
            for (int i = 0; i < classes; i++) {
                Path folder = place.resolve(split).resolve("n0" + (1440764 + i));
                Files.createDirectories(folder);
                Files.write(folder.resolve("1.JPEG"), image.toByteArray());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "imagenet-1k", "imagenet", "ILSVRC2012", "ILSVRC/Data/CLS-LOC"})
    void isFoundInItsUsualDirectories(String directory) throws IOException {
        make(data.resolve(directory), 1);
        assertThat(ImageSources.find("imagenet-1k", Optional.of(data), NOWHERE)).isInstanceOf(ImageNetFolder.class);
    }

    @Test
    void aThousandClassesAreReadAtTheSizeThatIsAskedFor() throws IOException {
        make(data, 1000);
        ImageSource found = ImageSources.find("imagenet-1k", Optional.of(data), NOWHERE);
        ImageData small = found.squared(4).load();
        assertThat(small.name()).isEqualTo("imagenet-1k");
        assertThat(small.train().shape()).isEqualTo(new ImageShape(3, 4, 4));
        assertThat(small.train().classes()).isEqualTo(1000);
        assertThat(small.test().size()).isEqualTo(1000);
        assertThat(((ImageNetFolder) found).folder().resize()).contains(new ImageShape(3, 224, 224));
    }

    @Test
    void fewerClassesAndAnotherLayoutAreRefused() throws IOException {
        make(data, 3);
        ImageSource three = ImageSources.find("imagenet-1k", Optional.of(data), NOWHERE);
        assertThatThrownBy(three::load).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("1000 folders").hasMessageContaining("found 3 folders");
        assertThatThrownBy(() -> ImageSources.find("imagenet-1k", Optional.of(data.resolve("train")), NOWHERE))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("train/n01440764 and val/n01440764");
    }
}
