package org.thalweg.cli;

import java.nio.file.Path;
import org.thalweg.failure.WorkFailure;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.Inputs;
import org.thalweg.network.Probes;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ImageExamples;

/** Text or images from files, on which models are compared. */
final class RealInputs {
    /** Bytes read for each token that is wanted; even rare scripts take fewer for one. */
    static final int BYTES_PER_TOKEN = 16;

    private RealInputs() {}

    /**
     * The first inputs that a place has.
     *
     * @param model says what it takes, and has the tokenizer
     * @param data text, token ids or images
     * @param most how many inputs
     * @return the inputs
     * @throws WorkFailure when there are none for this model
     */
    static Probes of(ModelDirectory model, Path data, int most) {
        RealData real = new RealData(model, data);
        return switch (model.inputs()) {
            case Inputs.Texts kind -> kind.given(
                    real.texts(kind, (long) most * kind.longest() * BYTES_PER_TOKEN), most, data.toString());
            case Inputs.Images kind -> images(kind, real.images(kind, RealData.Split.TEST), most);
            case Inputs.Pairs _, Inputs.Vectors _ -> throw new WorkFailure(model.checkpoint().directory()
                    + " takes " + model.inputs() + ", for which no data are read; leave out --data to compare on "
                    + "random ones.");
        };
    }

    private static Probes images(Inputs.Images kind, ImageExamples examples, int most) {
        return kind.given(Math.min(most, examples.size()), image -> {
            try (Scope scope = Scope.open()) {
                return examples.inputs(new int[] {image}).toFloats();
            }
        });
    }
}
