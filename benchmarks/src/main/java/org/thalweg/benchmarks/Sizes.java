package org.thalweg.benchmarks;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.network.ImageSize;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;

/** The network that speed is measured on: the paper's ViT for CIFAR. */
final class Sizes {
    static final int LAYERS = 6;
    static final int CLASSES = 10;

    private Sizes() {}

    /** Width 128, 6 layers, 8 heads, patches of 4 on 3 × 32 × 32 images, 512 hidden units. */
    static VitConfig cifar() {
        return new VitConfig(new ImageSize(3, 32, 32), 4, 128, 8, LAYERS, 512, CLASSES, Optional.empty());
    }

    /** The same with 4 densely gated experts of 512 hidden units in the last layer. */
    static VitConfig cifarWithExpertsLast() {
        MoeConfig experts = new MoeConfig(4, new Gating.Dense(), List.of(512), UnitFunction.GELU);
        return cifar().withExperts(new VitConfig.MoeLayers(List.of(LAYERS - 1), experts));
    }

    /** Images for this network whose pixels are drawn at random, classes in turn. */
    static ImageSet randomImages(int count) {
        ImageShape shape = new ImageShape(3, 32, 32);
        byte[] pixels = new byte[count * shape.pixels()];
        new Random(1).nextBytes(pixels);
        int[] labels = IntStream.range(0, count).map(i -> i % CLASSES).toArray();
        List<String> names = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
        return ImageSet.wrap("random images", shape, names, labels, pixels);
    }
}
