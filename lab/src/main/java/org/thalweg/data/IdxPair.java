package org.thalweg.data;

import java.util.List;
import org.thalweg.failure.WorkFailure;

/**
 * The two IDX files of one split.
 *
 * @param images [n height width]
 * @param labels [n]
 */
record IdxPair(IdxFile images, IdxFile labels) {
    /** Refuses files that do not count the same images. */
    IdxPair {
        if (images.length(0) != labels.length(0)) {
            throw Refusal.of(labels.origin(), images.length(0) + " labels, one for each image of " + images.origin(),
                    labels.length(0) + " labels", "take both files from the same data set");
        }
    }

    /** The largest label, from 0 to 255. */
    int largestLabel() {
        int largest = 0;
        for (byte label : labels.valuesView()) {
            largest = Math.max(largest, label & 0xff);
        }
        return largest;
    }

    /**
     * The split as a set; the pixels are not copied.
     *
     * @param name what to call it
     * @param classNames one name per class
     * @return the set, grey
     * @throws WorkFailure when a label is out of range or an image larger than any image is
     */
    ImageSet toSet(String name, List<String> classNames) {
        byte[] values = labels.valuesView();
        int[] wide = new int[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i] & 0xff;
            if (wide[i] >= classNames.size()) {
                throw Refusal.of(labels.origin(), "labels from 0 to " + (classNames.size() - 1),
                        "label " + wide[i] + " for image " + i, "give the labels file of this data set");
            }
        }
        int height = images.length(1);
        int width = images.length(2);
        if (Math.max(height, width) > 1 << 14) {
            throw Refusal.of(images.origin(), "images of at most 16384 pixels a side", height + " x " + width,
                    "get the file again");
        }
        return ImageSet.wrap(name, new ImageShape(1, height, width), classNames, wide, images.valuesView());
    }
}
