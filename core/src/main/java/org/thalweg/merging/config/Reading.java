package org.thalweg.merging.config;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.thalweg.failure.Nearest;
import org.thalweg.failure.Shown;
import org.thalweg.merging.MergeMethod;
import org.thalweg.merging.MergeParameter;
import org.thalweg.storage.YamlPlace;

/**
 * What is known while one document is read.
 *
 * @param method by which it merges
 * @param parametersOfAll names of the parameters that any method takes
 * @param warnings sentences about what was read but changes nothing are added here
 */
record Reading(MergeMethod method, Set<String> parametersOfAll, List<String> warnings) {
    void warn(YamlPlace place, String what) {
        warnings.add(place.sentence(what));
    }

    /** Names of the parameters that the method takes and that change a number, in the order of the alphabet. */
    Set<String> parameters() {
        return method.parameters().stream().map(MergeParameter::name)
                .filter(name -> !Fields.WITHOUT_EFFECT.contains(name)).collect(Collectors.toCollection(TreeSet::new));
    }

    static String nearest(String unknown, Collection<String> known) {
        return Shown.name(Nearest.to(unknown, known));
    }
}
