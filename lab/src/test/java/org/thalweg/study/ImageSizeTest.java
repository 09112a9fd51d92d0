package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.data.ImageShape;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.ImageSize;
import org.thalweg.network.vit.Vit;
import org.thalweg.results.StudyResults;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ToyImages;

/** The key {@code image_size}. */
class ImageSizeTest {
    private static final String AFTER = "test_per_class: 5";

    @TempDir
    private Path root;

    private static StudyFile sized(int side) {
        return SmallStudy.file(AFTER, AFTER + "\nimage_size: " + side);
    }

    private static TransformerStudy vit(String more) {
        return SmallTransformers.parse(StudyReader.toYaml(SmallTransformers.of(TransformerFamily.VIT)) + more);
    }

    @Test
    void itIsReadAndWrittenOnlyWhereItIsGiven() {
        assertThat(SmallStudy.file().imageSize()).isEmpty();
        assertThat(StudyReader.toYaml(SmallStudy.file())).doesNotContain("image_size");
        assertThat(sized(16).imageSize()).contains(16);
        assertThat(StudyReader.parse(StudyReader.toYaml(sized(16)), "again")).isEqualTo(sized(16));
        assertThat(StudyReader.toPortableYaml(sized(16))).contains("image_size: 16");
        assertThat(vit("\nimage_size: 16\n").imageSize()).contains(16);
    }

    @Test
    void aProfileCanGiveItAndTakeItAway() {
        String yaml = SmallStudy.YAML + "image_size: 16\nprofiles: {paper: {}, small: {image_size: null}, "
                + "large: {image_size: 24}}\n";
        assertThat(((StudyFile) StudyReader.parse(yaml, "f", Optional.of("paper"))).imageSize()).contains(16);
        assertThat(((StudyFile) StudyReader.parse(yaml, "f", Optional.of("small"))).imageSize()).isEmpty();
        assertThat(((StudyFile) StudyReader.parse(yaml, "f", Optional.of("large"))).imageSize()).contains(24);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "image_size: 0 | f, line 17: image_size is 0, expected 1 to 16384.",
        "image_size: 16385 | f, line 17: image_size is 16385, expected 1 to 16384.",
        "image_size: large | f, line 9: image_size is 'large', expected a whole number.",
        "images_size: 16 | f, line 9: unknown key 'images_size'; the nearest known key is 'image_size'.",
    })
    void aMistakeIsNamed(String key, String told) {
        assertThatThrownBy(() -> StudyReader.parse(SmallStudy.YAML.replace(AFTER, AFTER + "\n" + key), "f"))
                .isInstanceOf(WrongUse.class).hasMessageStartingWith(told);
    }

    @Test
    void itIsRefusedForTextsAndBesideABackbone() {
        String vit = "vit: {patch: 4, residual: 8, heads: 2, feed_forward: 16}";
        String sized = SmallStudy.YAML.replace(AFTER, AFTER + "\nimage_size: 16");
        assertThatThrownBy(() -> StudyReader.parse(sized.replace(vit, "backbone: there"), "f"))
                .isInstanceOf(WrongUse.class).hasMessage("f, line 17: a backbone says itself to which size images are "
                        + "brought, so there is no key 'image_size' beside it; remove it.");
        assertThatThrownBy(() -> StudyReader.parse(sized.replace(vit,
                "gpt2: {residual: 8, heads: 2, feed_forward: 16}\ntexts: {window: 8}"), "f"))
                .isInstanceOf(WrongUse.class).hasMessage("f, line 18: a gpt2 has no key 'image_size'; remove it.");
        assertThatThrownBy(() -> SmallTransformers.parse(SmallTransformers.GPT2 + "image_size: 16\n"))
                .isInstanceOf(WrongUse.class).hasMessage("f: a study of gpt2 has no key 'image_size'; remove it.");
    }

    @Test
    void imagesAreBroughtToItBeforeAnythingElse() {
        StudyData data = SmallStudy.data(sized(16));
        assertThat(data.kind()).isEqualTo(new StudyData.Kind.Images(new ImageShape(1, 16, 16), 4));
        assertThat(data.provenance()).endsWith(
                "; brought from 1 x 8 x 8 to 16 x 16 pixels with an antialiased bilinear filter");
        try (Scope scope = Scope.open()) {
            assertThat(data.test().inputs(new int[] {2, 0}).shape()).containsExactly(2, 1, 16, 16);
        }
        TransformerData whole = TransformerData.of(vit("\nimage_size: 16\n"), ToyImages.of(20, 10));
        assertThat(((Vit) TransformerFamily.network(TrainedModel.config(whole.config()))).config().image())
                .isEqualTo(new ImageSize(1, 16, 16));
    }

    @Test
    void itIsPartOfTheIdentityOfDataOnlyWhereItChangesThem() {
        StudyData plain = SmallStudy.data(SmallStudy.file());
        assertThat(SmallStudy.data(sized(8)).digest()).isEqualTo(plain.digest());
        assertThat(SmallStudy.data(sized(16)).digest()).isEqualTo(SmallStudy.data(sized(16)).digest())
                .isNotEqualTo(plain.digest()).isNotEqualTo(SmallStudy.data(sized(12)).digest());
        TransformerStudy whole = SmallTransformers.of(TransformerFamily.VIT);
        assertThat(TransformerData.of(vit("\nimage_size: 16\n"), ToyImages.of(20, 10)).digest())
                .isNotEqualTo(SmallTransformers.data(whole).digest());
    }

    @Test
    void aStudyRunsOnEnlargedImages() {
        StudyResults results = SmallStudy.run(sized(16), root, 1, StudyObserver.SILENT);
        assertThat(results.pairs()).isNotEmpty().allSatisfy(pair ->
                assertThat(pair.measured().orElseThrow().maxAbsLogitDifference().orElse(0)).isLessThan(1e-9));
    }

    @Test
    void theStudiesOfImageNetHaveTheRowsOfThePaper() {
        StudyFile imagenet = (StudyFile) StudyReader.read("table-5-imagenet", Optional.of("paper"));
        assertThat(imagenet.dataset()).isEqualTo("imagenet-1k");
        assertThat(imagenet.imageSize()).contains(224);
        assertThat(Experiment.of(imagenet)).hasSize(10).allMatch(kind -> kind.setting().layers() == 12);
        for (String classes : new String[] {"10", "100"}) {
            assertThat(transfer("table-5-transfer-cifar" + classes)).isEqualTo(7);
            assertThat(transfer("table-6-transfer-cifar" + classes)).isEqualTo(6);
        }
    }

    private static int transfer(String name) {
        StudyFile study = (StudyFile) StudyReader.read(name, Optional.of("paper"));
        assertThat(study.backbone()).contains("vit-base-patch16-224-in21k");
        String position = name.startsWith("table-5") ? "first" : "last";
        assertThat(study.experiments()).allSatisfy(kind -> {
            assertThat(kind.moeLayers()).containsExactly(position);
            assertThat(kind.layers()).containsExactly(12);
        });
        return study.experiments().stream().mapToInt(kind -> kind.experts().size()).sum();
    }
}
