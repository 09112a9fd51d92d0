package org.thalweg.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.thalweg.matching.SpaceMatch;

/**
 * What was found in spaces that differ only in numbers, all hidden units of all layers for example.
 *
 * @param pattern their name with {@code *} for the numbers
 * @param group what acts on each, as {@link org.thalweg.group.GroupKind#family} names it
 * @param spaces how many there are
 * @param positions of all of them
 * @param moved how many of these positions come from another place, change their sign or are mixed
 * @param similarity mean over those that have one
 * @param dualityGap largest of those that have one
 */
public record SpaceSummary(
        String pattern,
        String group,
        int spaces,
        long positions,
        long moved,
        OptionalDouble similarity,
        OptionalDouble dualityGap) {
    private record Kind(String pattern, String group) {}

    /**
     * Collapses what was found.
     *
     * @param matches one for each space
     * @return one entry for each pattern and kind of group, in the order of the spaces
     */
    public static List<SpaceSummary> of(List<SpaceMatch> matches) {
        Map<Kind, List<SpaceMatch>> kinds = new LinkedHashMap<>();
        for (SpaceMatch match : matches) {
            Kind kind = new Kind(SpaceFamily.pattern(match.space()), match.group().kind().family());
            kinds.computeIfAbsent(kind, _ -> new ArrayList<>()).add(match);
        }
        List<SpaceSummary> summaries = new ArrayList<>();
        kinds.forEach((kind, members) -> summaries.add(new SpaceSummary(
                kind.pattern(),
                kind.group(),
                members.size(),
                members.stream().mapToLong(match -> match.group().size()).sum(),
                members.stream().mapToLong(SpaceMatch::moved).sum(),
                present(members, SpaceMatch::similarity).average(),
                present(members, SpaceMatch::dualityGap).max())));
        return summaries;
    }

    private static DoubleStream present(List<SpaceMatch> matches, Function<SpaceMatch, OptionalDouble> number) {
        return matches.stream().map(number).flatMapToDouble(OptionalDouble::stream);
    }
}
