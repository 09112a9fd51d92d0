package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.thalweg.data.ImageShape;
import org.thalweg.failure.WrongUse;
import org.thalweg.study.StudyData.Kind;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ToyImages;

class ImageSizeTest {
    private static StudyData data(String keys) {
        return StudyData.of(ToyImages.of(10, 10), SmallStudy.file("replicas: 3", keys));
    }

    @Test
    void imagesAreBroughtToTheSizeThatAStudySays() {
        try (Scope scope = Scope.open()) {
            StudyData enlarged = data("replicas: 3\nimage_size: 12");
            assertThat(((Kind.Images) enlarged.kind()).shape()).isEqualTo(new ImageShape(1, 12, 12));
            assertThat(enlarged.train().inputs(new int[] {0, 3}).shape()).containsExactly(2, 1, 12, 12);
            assertThat(enlarged.test().size()).isEqualTo(data("replicas: 3").test().size());
        }
    }

    /** So runs of studies without the key keep what they have. */
    @Test
    void theSizeIsPartOfTheDataOnlyWhereItChangesThem() {
        String plain = data("replicas: 3").digest().hex();
        assertThat(data("replicas: 3\nimage_size: 8").digest().hex()).isEqualTo(plain);
        assertThat(data("replicas: 3\nimage_size: 12").digest().hex()).isNotEqualTo(plain);
        assertThat(data("replicas: 3\nimage_size: 12").digest().hex())
                .isNotEqualTo(data("replicas: 3\nimage_size: 16").digest().hex());
    }

    @Test
    void onlyAVitOfSizesOfItsOwnHasASizeOfImages() {
        assertThatThrownBy(() -> SmallStudy.file("vit: {patch: 4, residual: 8, heads: 2, feed_forward: 16}",
                "image_size: 8\nbackbone: there")).isInstanceOf(WrongUse.class)
                .hasMessageContaining("'image_size' is for a vit; a backbone says the size of its images itself");
        assertThatThrownBy(() -> SmallTexts.file("points: 5", "image_size: 8")).isInstanceOf(WrongUse.class)
                .hasMessageContaining("'image_size' is for a vit; a gpt2 takes texts");
    }

    @Test
    void rowsOfImageNetAndOfTransferAreThoseOfThePaper() {
        StudyFile imagenet = (StudyFile) StudyReader.read("table-5-imagenet", Optional.of("paper"));
        assertThat(imagenet.imageSize()).contains(224);
        assertThat(Experiment.of(imagenet)).hasSize(10).allMatch(kind -> kind.setting().layers() == 12);
        assertThat(Experiment.of((StudyFile) StudyReader.read("table-5-transfer-cifar10", Optional.of("paper"))))
                .hasSize(7);
        assertThat(Experiment.of((StudyFile) StudyReader.read("table-5-transfer-cifar100", Optional.of("paper"))))
                .hasSize(7);
        assertThat(Experiment.of((StudyFile) StudyReader.read("table-6-transfer-cifar10", Optional.of("paper"))))
                .hasSize(6).allMatch(kind -> kind.setting().moeLayer().equals("12"));
        assertThat(Experiment.of((StudyFile) StudyReader.read("table-6-transfer-cifar100", Optional.of("paper"))))
                .hasSize(6);
    }
}
