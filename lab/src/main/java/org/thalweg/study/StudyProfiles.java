package org.thalweg.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WrongUse;

/**
 * Profiles of a study file: sets of keys under {@code profiles}, of which one is laid over the rest of the file.
 * Sections are laid over key by key, lists and single values as a whole. The study that comes out is called {@code
 * NAME-PROFILE}, unless the profile names it.
 *
 * @param tree the file, with its profiles
 * @param origin what to call it in messages
 */
record StudyProfiles(ObjectNode tree, String origin) {
    /** The key under which profiles stand. */
    static final String KEY = "profiles";

    /** The profile that is taken when nobody says which. */
    static final String USUAL = "small";

    private static final String STUDY = "study";

    /** The names of the profiles, in order. */
    List<String> names() {
        return tree.path(KEY).properties().stream().map(Map.Entry::getKey).toList();
    }

    /**
     * Which profile is meant.
     *
     * @param asked the profile that the user named, if any
     * @return that one, or the usual one
     * @throws WrongUse when there is none of that name
     */
    String choose(Optional<String> asked) {
        String name = asked.orElse(USUAL);
        if (!names().contains(name)) {
            throw new WrongUse(origin + " has no profile '" + StudyKeys.shown(name) + "', it has "
                    + (names().isEmpty() ? "none" : String.join(", ", names())) + "; choose one with --profile.");
        }
        return name;
    }

    /** The file with a profile laid over it. */
    ObjectNode with(String profile) {
        ObjectNode result = tree.deepCopy();
        JsonNode chosen = tree.path(KEY).path(profile);
        result.remove(KEY);
        if (!chosen.has(STUDY) && result.path(STUDY).isTextual()) {
            result.put(STUDY, result.path(STUDY).asText() + "-" + profile);
        }
        layOver(result, chosen);
        return result;
    }

    private static void layOver(ObjectNode below, JsonNode above) {
        above.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode section
                    && below.get(entry.getKey()) instanceof ObjectNode under) {
                layOver(under, section);
            } else {
                below.set(entry.getKey(), entry.getValue().deepCopy());
            }
        });
    }
}
