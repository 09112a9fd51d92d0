package org.thalweg.matching.learned;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.storage.Digest;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * All that decides what is learned: settings, spaces, all models, every example, and how numbers are computed. Read
 * once where a state is kept, which takes about as long as reading a file of that size.
 *
 * @param settings what is learned and how
 * @param spaces in which it is learned
 * @param models between which it is learned
 * @param examples to learn from
 */
record Origin(LearnedMatchSettings settings, LatentSpaces spaces, List<Parameters> models, Examples examples) {
    private static final int BATCH = 512;

    Digest digest() {
        List<String> stated = new ArrayList<>();
        stated.add(Engine.arithmetic(Engine.threadsPerOperation(), Device.current()));
        // The parts in their order, since sets have another one in each process.
        stated.add(settings.parts().stream().sorted().toList() + " " + settings.rotation() + " " + settings.sampler()
                + " " + settings.bothEnds() + " " + settings.latents() + " " + settings.steps() + " "
                + settings.stopping() + " " + settings.seed());
        spaces.latents().keySet().forEach(space ->
                stated.add(space + " " + spaces.architecture().space(space).group()));
        models.forEach(model -> add(stated, model));
        stated.add(examples.size() + " " + examples.classes());
        for (int start = 0; start < examples.size(); start += BATCH) {
            int[] batch = IntStream.range(start, Math.min(examples.size(), start + BATCH)).toArray();
            try (Scope scope = Scope.open()) {
                stated.add(digest(examples.inputs(batch)));
                stated.add(digest(examples.labels(batch)));
            }
        }
        return Digest.ofText(String.join("\n", stated));
    }

    private static void add(List<String> stated, Parameters model) {
        model.asMap().forEach((name, tensor) -> {
            try (Scope scope = Scope.open()) {
                stated.add(name + " " + digest(tensor));
            }
        });
    }

    private static String digest(Tensor tensor) {
        return Arrays.toString(tensor.shape()) + " " + tensor.dtype() + " "
                + Digest.ofMemory(List.of(tensor.contiguousBytes())).hex();
    }
}
