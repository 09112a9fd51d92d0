package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;

class ImageSetTest {
    private static final ImageShape SHAPE = new ImageShape(1, 1, 2);

    private static ImageSet set(int... labels) {
        byte[] pixels = new byte[2 * labels.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (200 + i);
        }
        return ImageSet.wrap("tiny", SHAPE, List.of("cat", "dog"), labels, pixels);
    }

    private static float[] pixels(ImageSet set, int i) {
        float[] target = new float[2];
        set.copyPixels(i, target, 0);
        return target;
    }

    @Test
    void scalesUnsignedBytesTo0To1() {
        ImageSet set = ImageSet.wrap("tiny", SHAPE, List.of("cat"), new int[] {0}, new byte[] {0, (byte) 255});
        assertThat(pixels(set, 0)).containsExactly(0f, 1f);
    }

    @Test
    void takesTheFirstImages() {
        ImageSet taken = set(0, 1, 1).take(2);
        assertThat(taken.labels()).containsExactly(0, 1);
        assertThat(pixels(taken, 1)).containsExactly(202 / 255f, 203 / 255f);
        assertThatThrownBy(() -> set(0, 1).take(3)).isInstanceOf(WrongUse.class)
                .hasMessage("tiny has 2 images, 3 were asked for; ask for at most 2.");
    }

    @Test
    void balancesClassesInTheOrderOfTheImages() {
        ImageSet balanced = set(1, 1, 0, 1, 0, 0).classBalanced(2);
        assertThat(balanced.labels()).containsExactly(1, 1, 0, 0);
        assertThat(pixels(balanced, 3)).containsExactly(208 / 255f, 209 / 255f);
        assertThatThrownBy(() -> set(1, 1, 0).classBalanced(2)).isInstanceOf(WrongUse.class)
                .hasMessage("tiny has 1 images of class 'cat', 2 per class were asked for; "
                        + "ask for 1 up to the size of the smallest class.");
        assertThatThrownBy(() -> set(1, 0).classBalanced(0)).isInstanceOf(WrongUse.class);
    }

    @Test
    void knowsItsContentByDigest() {
        assertThat(set(0, 1).digest()).isEqualTo(set(0, 1).digest()).isEqualTo(set(0, 1, 1).take(2).digest());
        assertThat(set(0, 1).digest()).isNotEqualTo(set(1, 1).digest());
        ImageSet other = ImageSet.wrap("tiny", SHAPE, List.of("cat", "dog"), new int[] {0, 1},
                new byte[] {(byte) 200, (byte) 201, (byte) 202, (byte) 204});
        assertThat(set(0, 1).digest()).isNotEqualTo(other.digest());
        ImageSet turned = ImageSet.wrap("tiny", new ImageShape(1, 2, 1), List.of("cat", "dog"), new int[] {0, 1},
                new byte[] {(byte) 200, (byte) 201, (byte) 202, (byte) 203});
        assertThat(set(0, 1).digest()).isNotEqualTo(turned.digest());
    }

    @Test
    void keepsItsDigestOverTime() {
        assertThat(new EmbeddedFashionMnist().load().test().digest().brief()).isEqualTo("c1547aa91349");
    }

    @Test
    void handsOutCopiesOfLabels() {
        ImageSet set = set(0, 1);
        set.labels()[0] = 1;
        assertThat(set.label(0)).isZero();
    }

    @Test
    void refusesArraysThatDisagree() {
        assertThatThrownBy(() -> ImageSet.wrap("tiny", SHAPE, List.of("cat"), new int[] {0}, new byte[3]))
                .hasMessage("tiny: 1 images of 1 x 1 x 2 need 2 bytes, found 3");
        assertThatThrownBy(() -> ImageSet.wrap("tiny", SHAPE, List.of("cat"), new int[] {1}, new byte[2]))
                .hasMessage("tiny: label 1 of image 0 is outside 0 to 0");
        assertThatThrownBy(() -> new ImageShape(0, 1, 1)).isInstanceOf(WrongUse.class);
    }

    @Test
    void aBatchOfMoreValuesThanAnArrayHoldsIsRefused() {
        ImageSet large = set(0, 1, 1).resized(16384, 16384);
        assertThat(set(0, 1).roomFor(3)).hasSize(6);
        assertThatThrownBy(() -> large.roomFor(64)).isInstanceOf(WrongUse.class).hasMessage(
                "tiny: 64 images of 1 x 16384 x 16384 have 17179869184 values, expected at most 2147483639; choose a "
                        + "smaller 'batch' or 'image_size'.");
    }

    @Test
    void resizesWhenAskedAndKeepsItsSizeAsItIs() {
        ImageSet set = set(0, 1, 1);
        assertThat(set.resized(1, 2)).isSameAs(set);
        ImageSet larger = set.resized(2, 4);
        assertThat(larger.shape()).isEqualTo(new ImageShape(1, 2, 4));
        assertThat(larger.labels()).containsExactly(0, 1, 1);
        float[] expected = new float[8];
        float[] found = new float[8];
        larger.classBalanced(1).copyPixels(1, found, 0);
        set.classBalanced(1).resized(2, 4).copyPixels(1, expected, 0);
        assertThat(found).isEqualTo(expected);
        assertThat(List.of(set.digest(), larger.digest(), set.resized(4, 2).digest())).doesNotHaveDuplicates();
        assertThat(larger.digest()).isEqualTo(set(0, 1, 1).resized(2, 4).digest());
        assertThat(set.areMadeWhenAsked()).isFalse();
        assertThat(larger.areMadeWhenAsked()).isTrue();
    }
}
