package org.thalweg.study;

import org.thalweg.data.ImageData;
import org.thalweg.data.ImageSet;
import org.thalweg.storage.Digest;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;

/**
 * The images of a study as networks see them.
 *
 * @param train training set
 * @param test test set, standardised with the training set's constants
 * @param provenance where the images come from
 */
public record StudyData(ImageExamples train, ImageExamples test, String provenance) implements StepData {
    /**
     * The images a study asks for.
     *
     * @param data the whole data set
     * @param study says how many images of each class to use
     * @return train and test sets
     */
    public static StudyData of(ImageData data, StudyFile study) {
        ImageSet train = study.trainPerClass().map(data.train()::classBalanced).orElse(data.train());
        ImageSet test = study.testPerClass().map(data.test()::classBalanced).orElse(data.test());
        Standardisation standardisation = Standardisation.of(train);
        return new StudyData(
                new ImageExamples(train, standardisation), new ImageExamples(test, standardisation), data.provenance());
    }

    /**
     * The identity of the images: equal for equal pixels and labels.
     *
     * @return one digest of both sets
     */
    @Override
    public Digest digest() {
        return Digest.ofText(
                train.images().digest().hex() + test.images().digest().hex());
    }
}
