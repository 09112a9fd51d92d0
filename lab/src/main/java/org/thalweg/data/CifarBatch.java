package org.thalweg.data;

import java.util.List;
import org.thalweg.failure.WorkFailure;

/**
 * One CIFAR file: records of the label (for CIFAR-100 a coarse label, then the fine one) and 3 x 32 x 32 bytes, planes
 * red, green, blue, rows from the top.
 *
 * @param origin what to call it in messages
 * @param content the records; not copied
 * @param classes 10 or 100
 */
record CifarBatch(String origin, byte[] content, int classes) {
    private static final int PIXELS = 3 * 32 * 32;
    private static final int COARSE_CLASSES = 20;

    /**
     * Checks a file's length and labels.
     *
     * @param origin what to call it in messages
     * @param content the file; not copied
     * @param classes 10 or 100
     * @return the batch
     * @throws WorkFailure when it is no such file
     */
    static CifarBatch of(String origin, byte[] content, int classes) {
        CifarBatch batch = new CifarBatch(origin, content, classes);
        if (content.length == 0 || content.length % batch.recordLength() != 0) {
            throw Refusal.of(origin, "whole records of " + batch.recordLength() + " bytes", content.length + " bytes",
                    "get the file again");
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.check(i, batch.label(i), classes);
            if (classes == 100) {
                batch.check(i, content[i * batch.recordLength()] & 0xff, COARSE_CLASSES);
            }
        }
        return batch;
    }

    /**
     * Several files as one set, one after the other.
     *
     * @param name what to call the set
     * @param shape 3 x 32 x 32
     * @param classNames the classes
     * @param batches the files
     * @return the set
     */
    static ImageSet join(String name, ImageShape shape, List<String> classNames, List<CifarBatch> batches) {
        int count = batches.stream().mapToInt(CifarBatch::size).sum();
        if (count > (Integer.MAX_VALUE - 64) / PIXELS) {
            throw Refusal.of(batches.getFirst().origin(), "at most 60000 images in all files", count + " images",
                    "get the official files");
        }
        int[] labels = new int[count];
        byte[] pixels = new byte[count * PIXELS];
        int next = 0;
        for (CifarBatch batch : batches) {
            for (int i = 0; i < batch.size(); i++) {
                labels[next] = batch.label(i);
                int from = (i + 1) * batch.recordLength() - PIXELS;
                System.arraycopy(batch.content, from, pixels, next * PIXELS, PIXELS);
                next++;
            }
        }
        return ImageSet.wrap(name, shape, classNames, labels, pixels);
    }

    private int recordLength() {
        return (classes == 10 ? 1 : 2) + PIXELS;
    }

    private int size() {
        return content.length / recordLength();
    }

    private int label(int i) {
        return content[(i + 1) * recordLength() - PIXELS - 1] & 0xff;
    }

    private void check(int i, int label, int limit) {
        if (label >= limit) {
            throw Refusal.of(origin, "labels from 0 to " + (limit - 1), "label " + label + " for image " + i,
                    "check that this is the binary version of CIFAR-" + classes + " and get the file again");
        }
    }
}
