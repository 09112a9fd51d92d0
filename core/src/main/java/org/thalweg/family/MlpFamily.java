package org.thalweg.family;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.thalweg.network.Mlp;
import org.thalweg.network.MlpConfig;
import org.thalweg.network.UnitFunction;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** What the configurations of plain feed-forward networks mean. */
public final class MlpFamily {
    private static final int MOST_LAYERS = 4096;

    private MlpFamily() {}

    /**
     * The network of some sizes.
     *
     * @param config its sizes
     * @return the network
     */
    public static Mlp network(MlpConfig config) {
        return new Mlp(config, RoleNames.of(ArchitectureSpec.builtIn(MlpConfig.MODEL_TYPE), Set.of(), ""));
    }

    static FamilyModel read(ConfigFields fields, ArchitectureSpec spec, Set<String> tensors) {
        List<Integer> sizes = fields.numbers("sizes");
        if (sizes.size() < 3 || sizes.stream().anyMatch(size -> size < 1)) {
            throw fields.wrong("sizes", "the widths of inputs, one or more hidden layers and outputs");
        }
        if (sizes.size() > MOST_LAYERS) {
            throw fields.wrong("sizes", "at most " + MOST_LAYERS + " widths");
        }
        UnitFunction function = switch (fields.word("activation", "")) {
            case "gelu" -> UnitFunction.GELU;
            case "relu" -> UnitFunction.RELU;
            default -> throw fields.wrong("activation", "gelu or relu");
        };
        MlpConfig config = new MlpConfig(sizes, function);
        int last = sizes.size() - 2;
        return new FamilyModel(
                new Mlp(config, RoleNames.of(spec, Set.of(), "")),
                new Conditions(function == UnitFunction.RELU ? Set.of("relu") : Set.of(),
                        Map.of("inner-maps", new TreeSet<>(IntStream.range(1, last).boxed().toList()),
                                "last-map", Set.of(last)),
                        Map.of()));
    }
}
