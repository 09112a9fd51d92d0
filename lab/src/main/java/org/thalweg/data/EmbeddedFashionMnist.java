package org.thalweg.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.thalweg.failure.WorkFailure;

/**
 * The part of Fashion-MNIST that comes with Thalweg: 10,000 training and 2,000 test images, the first 1,000 and 200
 * of each class in file order, unchanged. {@code fashion-mnist-subset/SOURCE.md} beside it says how it was made.
 */
public record EmbeddedFashionMnist() implements ImageSource {
    /** The name by which studies ask for it. */
    public static final String NAME = "fashion-mnist-subset";

    @Override
    public ImageData load() {
        return new ImageData(NAME, split("train"), split("t10k"),
                "Fashion-MNIST (Zalando SE, MIT licence): the first 1,000 training and 200 test images of each class "
                        + "in file order, pixels unchanged, embedded in Thalweg");
    }

    private static ImageSet split(String prefix) {
        IdxPair pair = new IdxPair(resource(prefix + "-images-idx3-ubyte.gz", 3),
                resource(prefix + "-labels-idx1-ubyte.gz", 1));
        return pair.toSet(NAME + (prefix.equals("train") ? " train" : " test"), ClassNames.FASHION_MNIST);
    }

    private static IdxFile resource(String file, int rank) {
        String path = NAME + "/" + file;
        try (InputStream in = EmbeddedFashionMnist.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new WorkFailure(path + ": expected this file inside the Thalweg jar, found none; build or "
                        + "install Thalweg again.");
            }
            return IdxFile.read(path, in, OptionalLong.empty(), rank);
        } catch (IOException refused) {
            throw Refusal.unreadable(path, refused);
        }
    }
}
