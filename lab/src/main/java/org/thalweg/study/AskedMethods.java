package org.thalweg.study;

import java.util.List;
import java.util.Optional;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;

/**
 * For which methods of a study something more is done: {@code true} for all of which it makes sense, {@code false} or
 * no key for none, or names.
 *
 * @param key of the study file
 * @param asked what stands there
 */
record AskedMethods(String key, Optional<List<String>> asked) {
    private static final List<String> ALL = List.of("true");
    private static final List<String> NONE = List.of("false");

    /**
     * The methods.
     *
     * @param possible those of the study of which it makes sense, in order
     * @return those that are asked for, in that order
     * @throws WrongUse when another one is named, or nothing is possible
     */
    List<StudyMethod> among(List<StudyMethod> possible) {
        List<String> names = asked.orElse(NONE);
        if (names.equals(NONE)) {
            return List.of();
        }
        if (possible.isEmpty()) {
            throw new WrongUse(key + " is asked for, but no method of the study can have it; add one, or remove the "
                    + "key.");
        }
        if (names.equals(ALL)) {
            return possible;
        }
        List<String> known = possible.stream().map(StudyMethod::label).toList();
        names.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new WrongUse(key + " names " + Shown.name(name) + ", expected true, false or some of "
                    + String.join(", ", known) + ".");
        });
        return possible.stream().filter(method -> names.contains(method.label())).toList();
    }
}
