package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.storage.Digest;

class EmbeddedFashionMnistTest {
    private static final ImageData DATA = new EmbeddedFashionMnist().load();

    @Test
    void holdsAThousandTrainingAndTwoHundredTestImagesOfEachClass() {
        for (Map.Entry<ImageSet, Integer> split : Map.of(DATA.train(), 1000, DATA.test(), 200).entrySet()) {
            int[] counts = new int[10];
            for (int label : split.getKey().labels()) {
                counts[label]++;
            }
            assertThat(counts).containsOnly(split.getValue());
        }
        assertThat(DATA.name()).isEqualTo("fashion-mnist-subset");
        assertThat(DATA.train().shape()).isEqualTo(new ImageShape(1, 28, 28));
        assertThat(DATA.train().classNames()).startsWith("T-shirt/top", "Trouser").endsWith("Bag", "Ankle boot");
        assertThat(DATA.provenance()).contains("Zalando").contains("MIT");
    }

    @Test
    void startsWithTheFirstImagesOfTheFullDataSet() {
        assertThat(DATA.train().take(6).labels()).containsExactly(9, 0, 0, 3, 0, 2);
        assertThat(DATA.test().take(6).labels()).containsExactly(9, 2, 1, 1, 6, 1);
        float[] boot = new float[784];
        DATA.train().copyPixels(0, boot, 0);
        assertThat(boot[0]).isZero();
        assertThat(boot[14 * 28 + 14]).isEqualTo(217 / 255f);
    }



    @ParameterizedTest
    @CsvSource({"train-images-idx3-ubyte,d33512cfdc636a0d8972818e6659995be209a88891df7fa2109d7895922c8985",
        "train-labels-idx1-ubyte,620cb8e3b9348037c5ff9a07b02d773ab165330e072dfd19e0d21c59f8042dcf",
        "t10k-images-idx3-ubyte,15a92dd1e9b16ea361928086e77df4dfa890c255c00b5a8c8162c1040ce8eef1",
        "t10k-labels-idx1-ubyte,234596aeb6eb48133ec99a62541f90bc0728c9559a681f1e0638037462458f2c"})
    void unpacksToTheChecksumsInItsSourceFile(String file, String sha256) throws IOException {
        try (InputStream in = new GZIPInputStream(EmbeddedFashionMnist.class
                .getResourceAsStream("fashion-mnist-subset/" + file + ".gz"))) {
            assertThat(Digest.ofBytes(in.readAllBytes()).hex()).isEqualTo(sha256);
        }
    }

    @Test
    void carriesItsLicence() throws IOException {
        try (InputStream in = EmbeddedFashionMnist.class.getResourceAsStream("fashion-mnist-subset/LICENSE")) {
            assertThat(new String(in.readAllBytes())).contains("Zalando SE").contains("WITHOUT WARRANTY");
        }
    }
}
