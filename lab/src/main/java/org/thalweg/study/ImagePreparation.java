package org.thalweg.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;

/**
 * How images are prepared for a network, as the {@code preprocessor_config.json} of a Vision Transformer says.
 *
 * @param shape of every image when it is prepared
 * @param standardisation what is subtracted and divided by, of values in [0, 1]
 */
record ImagePreparation(ImageShape shape, Standardisation standardisation) {
    private static final int BILINEAR = 2;
    private static final double USUAL = 0.5;
    private static final double RESCALE = 1 / 255.0;

    /**
     * Reads what a file says.
     *
     * @param origin the file, for messages
     * @param file its fields; absent ones are as the stock class has them
     * @param shape of the images that the network takes
     * @return the preparation
     * @throws WorkFailure naming the field, when the file asks for what is not done here, or for another size
     */
    static ImagePreparation of(String origin, ObjectNode file, ImageShape shape) {
        refuseUnless(origin, file, "do_resize", true);
        refuseUnless(origin, file, "do_rescale", true);
        refuseUnless(origin, file, "do_center_crop", false);
        if (number(origin, file, "resample", BILINEAR) != BILINEAR) {
            throw refusal(origin, file, "resample", "2, the bilinear filter");
        }
        if (Math.abs(number(origin, file, "rescale_factor", RESCALE) - RESCALE) > 1e-9) {
            throw refusal(origin, file, "rescale_factor", "1 / 255");
        }
        JsonNode size = file.path("size");
        boolean fits = size.isMissingNode() || size.isNull()
                ? shape.height() == shape.width()
                : size.isInt() ? size.intValue() == shape.height() && shape.height() == shape.width()
                : size.path("height").asInt() == shape.height() && size.path("width").asInt() == shape.width();
        if (!fits) {
            throw refusal(origin, file, "size", shape.height() + " x " + shape.width()
                    + ", the size that config.json says");
        }
        boolean normalised = flag(origin, file, "do_normalize", true);
        return new ImagePreparation(shape, new Standardisation(
                normalised ? constants(origin, file, "image_mean", shape.channels()) : all(shape.channels(), 0),
                normalised ? constants(origin, file, "image_std", shape.channels()) : all(shape.channels(), 1)));
    }

    /** A set of images, prepared. */
    Examples of(ImageSet images) {
        return new ImageExamples(images.resized(shape.height(), shape.width()), standardisation);
    }

    private static double[] all(int channels, double value) {
        double[] constants = new double[channels];
        Arrays.fill(constants, value);
        return constants;
    }

    private static double[] constants(String origin, ObjectNode file, String key, int channels) {
        double[] constants = all(channels, USUAL);
        JsonNode given = file.path(key);
        if (given.isMissingNode() || given.isNull()) {
            return constants;
        }
        for (int channel = 0; channel < channels; channel++) {
            double value = given.path(channel).asDouble(Double.NaN);
            if (given.size() != channels || !Double.isFinite(value) || key.equals("image_std") && value <= 0) {
                throw refusal(origin, file, key, channels + " numbers, one for each channel");
            }
            constants[channel] = value;
        }
        return constants;
    }

    private static boolean flag(String origin, ObjectNode file, String key, boolean otherwise) {
        JsonNode value = file.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw refusal(origin, file, key, "true or false");
        }
        return value.booleanValue();
    }

    private static void refuseUnless(String origin, ObjectNode file, String key, boolean wanted) {
        if (flag(origin, file, key, wanted) != wanted) {
            throw refusal(origin, file, key, Boolean.toString(wanted));
        }
    }

    private static double number(String origin, ObjectNode file, String key, double otherwise) {
        JsonNode value = file.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        return Optional.of(value).filter(JsonNode::isNumber).map(JsonNode::doubleValue)
                .orElseThrow(() -> refusal(origin, file, key, "a number"));
    }

    private static WorkFailure refusal(String origin, ObjectNode file, String key, String expected) {
        return new WorkFailure(origin + ": '" + key + "' must be " + expected + " to be done here, found "
                + Shown.field(file.path(key).toString()) + "; correct the file or prepare the images otherwise.");
    }
}
