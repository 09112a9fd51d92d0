package org.thalweg.canonical;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.TensorLayout;

/**
 * A layer normalisation in front of linear maps, and nothing else.
 *
 * @param norm what the tensors of its gain and shift are called, without {@code .weight} and {@code .bias}
 * @param readers weights of the maps that read what it gives
 */
public record NormReaders(String norm, List<String> readers) {
    /** Copies the list. */
    public NormReaders {
        readers = List.copyOf(readers);
    }

    /**
     * The normalisations of an architecture that says which maps divide by a gain.
     *
     * @param architecture whose gains are not folded, so that their spaces are there
     * @return one entry for each gain that acts on something
     */
    public static List<NormReaders> of(Architecture architecture) {
        List<NormReaders> found = new ArrayList<>();
        Gains.tensors(architecture).forEach((space, gain) -> found.add(new NormReaders(
                withoutSuffix(gain),
                architecture.tensors().values().stream()
                        .filter(layout -> isDivided(layout, space))
                        .map(layout -> layout.indexedName().name())
                        .toList())));
        return found;
    }

    private static boolean isDivided(TensorLayout layout, String space) {
        return layout.parts().stream()
                .flatMap(part -> part.scales().stream())
                .anyMatch(scale -> scale.reciprocal() && scale.reference().first().equals(space));
    }

    /** The tensor of its gain. */
    public String gain() {
        return norm + ".weight";
    }

    /** The tensor of its shift; RMSNorm has none. */
    public String shift() {
        return norm + ".bias";
    }

    static String biasOf(String reader) {
        return withoutSuffix(reader) + ".bias";
    }

    private static String withoutSuffix(String weight) {
        return weight.substring(0, weight.length() - ".weight".length());
    }
}
