package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class ImageNetTest {
    @TempDir
    private Path directory;

    private static Map<String, byte[]> pictures() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("train/n01440764/n01440764_10026.JPEG", Pictures.grey(8, 6, 40, "jpg"));
        files.put("train/n01443537/n01443537_1.JPEG", Pictures.colour(5, 9, 0x102030));
        files.put("train/n01443537/n01443537_2.JPEG", Pictures.colour(7, 7, 0x102030));
        files.put("val/n01440764/ILSVRC2012_val_00000293.JPEG", Pictures.grey(4, 4, 40, "jpg"));
        files.put("val/n01443537/ILSVRC2012_val_00000236.JPEG", Pictures.colour(4, 4, 0x304050));
        // The test images of the official archives have no classes.
        files.put("test/ILSVRC2012_test_00000001.JPEG", Pictures.grey(4, 4, 1, "jpg"));
        return files;
    }

    private ImageSource find() {
        return ImageSources.find(ImageNet.NAME, Optional.of(directory.resolve("data")),
                new UsualPlaces(Optional.empty(), List.of(directory.resolve("cache"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "imagenet-1k", "imagenet", "ILSVRC2012", "ILSVRC/Data/CLS-LOC",
            "imagenet-1k/ILSVRC/Data/CLS-LOC"})
    void isFoundWhereverItUsuallyStands(String inner) {
        Path place = directory.resolve("data").resolve(inner);
        Pictures.write(place, pictures());
        assertThat(find()).isEqualTo(new ImageNet(new ImageFolder(place, Optional.empty())));
    }

    @Test
    void imagesAreBroughtTo224PixelsUnlessAnotherSizeIsAskedFor() {
        Pictures.write(directory.resolve("cache/imagenet-1k"), pictures());
        ImageData data = find().load();
        assertThat(data.name()).isEqualTo("imagenet-1k");
        assertThat(data.train().shape()).isEqualTo(new ImageShape(3, 224, 224));
        assertThat(data.train().labels()).containsExactly(0, 1, 1);
        assertThat(data.test().labels()).containsExactly(0, 1);
        assertThat(data.train().classNames()).containsExactly("n01440764", "n01443537");
        assertThat(data.provenance()).contains("ImageNet-1k, 3 training and 2 validation images of 2 classes")
                .contains("1,281,167").contains("brought to 3 x 224 x 224").contains("test split 'val'");
        assertThat(find().loadResized(32).train().shape()).isEqualTo(new ImageShape(3, 32, 32));
    }

    @Test
    void validationImagesInOneFolderAreNotIt() {
        Map<String, byte[]> flat = pictures();
        flat.keySet().removeIf(path -> path.startsWith("val"));
        flat.put("val/ILSVRC2012_val_00000293.JPEG", Pictures.grey(4, 4, 40, "jpg"));
        Pictures.write(directory.resolve("data"), flat);
        assertThatThrownBy(this::find).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot find the data set 'imagenet-1k': expected folders train/n01440764 and "
                        + "val/n01440764 of images, and so on for every class, in one of ")
                .hasMessageEndingWith("found none; sort the validation images into folders by class, as the usual "
                        + "scripts do with the official archives, and pass the folder that holds train and val with "
                        + "--data.");
    }
}
