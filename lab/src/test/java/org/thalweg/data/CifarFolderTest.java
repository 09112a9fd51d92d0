package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;

class CifarFolderTest {
    @TempDir
    private Path directory;

    private static Map<String, byte[]> files(int side) {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : CifarFolder.names(10)) {
            files.put("train/" + name + "/1.png", Pictures.colour(side, side, name.hashCode() & 0xffffff));
            files.put("test/" + name + "/1.png", Pictures.colour(side, side, name.length()));
        }
        return files;
    }

    @Test
    void foldersByTheNamesOfItsClassesAreCifar() {
        Pictures.write(directory.resolve("plain"), files(32));
        ImageData data = ImageSources.find("cifar10", Optional.of(directory.resolve("plain"))).load();
        assertThat(data.name()).isEqualTo("cifar10");
        assertThat(data.train().size()).isEqualTo(10);
        assertThat(data.train().label(9)).isEqualTo(9);
        assertThat(data.train().classNames().get(9)).isEqualTo("truck");
        assertThat(data.provenance()).contains("recompressed");
    }

    @Test
    void anArchiveByItsNameIsCifarAndAnotherIsNot() throws IOException {
        Files.createDirectories(directory.resolve("packed"));
        TarBytes.write(directory.resolve("packed/cifar10-jpeg.tar.gz"), files(32));
        assertThat(ImageSources.find("cifar10", Optional.of(directory.resolve("packed"))).load().test().size())
                .isEqualTo(10);
        Files.createDirectories(directory.resolve("other"));
        TarBytes.write(directory.resolve("other/birds.tar.gz"), files(32));
        assertThatThrownBy(() -> ImageSources.find("cifar10", Optional.of(directory.resolve("other"))))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("a folder train/airplane of images");
    }

    @Test
    void otherClassesAndSizesAreRefused() {
        Map<String, byte[]> files = files(32);
        files.put("train/zebra/1.png", Pictures.colour(32, 32, 1));
        Pictures.write(directory.resolve("more"), files);
        ImageSource more = ImageSources.find("cifar10", Optional.of(directory.resolve("more")));
        assertThatThrownBy(more::load).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("the names of CIFAR-10's classes, airplane, automobile, bird, …");
        Pictures.write(directory.resolve("large"), files(40));
        ImageSource large = ImageSources.find("cifar10", Optional.of(directory.resolve("large")));
        assertThatThrownBy(large::load).isInstanceOf(WorkFailure.class).hasMessageContaining("expected images of");
    }
}
