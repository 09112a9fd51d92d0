package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;

/**
 * No matching: every position of B is taken to be the one of A at its place. From there learning shows what a start
 * that was matched is worth.
 *
 * @param residual what may be done about the stream later, which decides whether normalisations are folded
 */
public record IdentityMatching(ResidualMatching residual) implements MatchingMethod {
    @Override
    public Matcher on(Network network) {
        return withoutNetwork();
    }

    @Override
    public Matcher withoutNetwork() {
        return (architecture, _, _, _) -> match(architecture);
    }

    private static Match match(Architecture architecture) {
        List<SpaceMatch> spaces = new ArrayList<>();
        architecture.spaces().values().forEach(space -> {
            if (space.group().size() > 1) {
                spaces.add(new SpaceMatch(space.name(), space.group(), 0, OptionalDouble.empty(),
                        OptionalDouble.empty(), "left alone"));
            }
        });
        return new Match(new Alignment(architecture, Map.of()), spaces);
    }

    @Override
    public IdentityMatching withResidual(ResidualMatching other) {
        return new IdentityMatching(other);
    }

    @Override
    public String label() {
        return "identity";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("residual", residual.name().toLowerCase(Locale.ROOT));
    }
}
