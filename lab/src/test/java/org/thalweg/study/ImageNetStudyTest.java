package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.data.ImageShape;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.results.StudyResults;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** Studies of images in the folders of ImageNet-1k, which have many sizes. */
class ImageNetStudyTest {
    private static final StudyData.Kind OF_16_PIXELS = new StudyData.Kind.Images(new ImageShape(3, 16, 16), 2);

    @TempDir
    private Path root;

    @BeforeEach
    void drawPictures() throws IOException {
        for (String name : List.of("n01440764", "n01443537")) {
            for (int i = 0; i < 8; i++) {
                draw("train/" + name + "/" + name + "_" + i + ".JPEG", 20 + i, name.hashCode() + i);
                draw("val/" + name + "/ILSVRC2012_val_" + i + ".JPEG", 30 - i, name.hashCode() - i);
            }
        }
    }

    private void draw(String path, int width, int seed) throws IOException {
        BufferedImage image = new BufferedImage(width, 18, BufferedImage.TYPE_INT_RGB);
        java.util.Random random = new java.util.Random(seed);
        for (int p = 0; p < 18 * width; p++) {
            image.setRGB(p % width, p / width, random.nextInt(1 << 24));
        }
        Path file = root.resolve("data/imagenet").resolve(path);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "jpg", file.toFile());
    }

    private StudyFile study(String model) {
        return (StudyFile) StudyReader.parse("""
                study: folders
                dataset: imagenet-1k
                train_per_class: 6
                seed: 7
                replicas: 2
                points: 3
                %s
                pretrain: {epochs: 1, batch: 4, optimiser: sgd, learning_rate: 0.01}
                finetune: {epochs: 1, batch: 4, optimiser: sgd, learning_rate: 0.05}
                experiments:
                  - {layers: 1, moe_layers: first, gating: dense, experts: 2}
                """.formatted(model), "f");
    }

    private StudyData load(StudyFile study) {
        return StudyData.load(study, Optional.of(root.resolve("data")));
    }

    @Test
    void aStudyRunsOnThemAtTheSizeThatItAsksFor() {
        StudyFile study = study("image_size: 16\nvit: {patch: 4, residual: 8, heads: 2, feed_forward: 12}");
        StudyData data = load(study);
        assertThat(data.kind()).isEqualTo(OF_16_PIXELS);
        assertThat(data.train().size()).isEqualTo(12);
        assertThat(data.test().size()).isEqualTo(16);
        assertThat(load(study).digest()).isEqualTo(data.digest());
        StudyResults results = SmallTexts.run(study, data, root.resolve("run"));
        assertThat(results.pairs()).isNotEmpty().allSatisfy(pair ->
                assertThat(pair.measured().orElseThrow().maxAbsLogitDifference().orElse(0)).isLessThan(1e-9));
    }

    @Test
    void withoutASizeTheyHave224Pixels() {
        StudyData data = load(study("vit: {patch: 32, residual: 8, heads: 2, feed_forward: 12}"));
        assertThat(data.kind()).isEqualTo(new StudyData.Kind.Images(new ImageShape(3, 224, 224), 2));
        // As many at once as have 2^23 values.
        assertThat(data.evaluationBatch()).isEqualTo(55);
    }

    @Test
    void aBackboneSaysTheSize() throws IOException {
        Path directory = root.resolve("vit");
        VitConfig config = new VitConfig(new ImageSize(3, 16, 16), 8, 8, 2, 1, 12, 2, Optional.empty());
        ObjectNode json = config.toJson();
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory, json, VitFamily.network(config).initialise(Random.seeded(3)), Map.of());
        }
        Files.writeString(directory.resolve("preprocessor_config.json"),
                "{\"do_resize\": true, \"resample\": 2, \"size\": 16}");
        assertThat(load(study("backbone: " + directory)).kind()).isEqualTo(OF_16_PIXELS);
    }
}
