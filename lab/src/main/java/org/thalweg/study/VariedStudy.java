package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.thalweg.failure.WrongUse;

/**
 * A study with another value of one key. Its seeds and the names of its replicas are those of a file in which the value
 * stands, so that what was made for such a file is found again.
 *
 * @param change what is otherwise
 * @param study the study with it, without analyses, circuits and surfaces of its own
 */
record VariedStudy(VarySpec.Change change, TransformerStudy study) {
    private static final String FEED_FORWARD = "feed_forward";

    /**
     * All variants that a study asks for.
     *
     * @param study the study
     * @return one for each value of each key; none when nothing varies
     * @throws WrongUse when a value makes no study
     */
    static List<VariedStudy> of(TransformerStudy study) {
        List<VariedStudy> variants = new ArrayList<>();
        study.vary().map(VarySpec::changes).orElse(List.of()).forEach(change -> {
            try {
                TransformerStudy other = StudyReader.changed(study, keys -> change(study, change, keys));
                other.requireSense();
                variants.add(new VariedStudy(change, other));
            } catch (WrongUse wrong) {
                throw new WrongUse("with the value " + change.value() + " of vary." + change.key() + ", "
                        + wrong.getMessage());
            }
        });
        return variants;
    }

    private static void change(TransformerStudy study, VarySpec.Change change, ObjectNode keys) {
        keys.remove(List.of("vary", "analyses", "analysing", "circuits", "surface", "surface_points"));
        ObjectNode section = (ObjectNode) keys.get(change.section());
        if (change.key().equals("residual")) {
            section.put(FEED_FORWARD, inProportion(study.model(), change.value().intValue()));
        }
        switch (change.value()) {
            case Integer whole -> section.put(change.key(), whole);
            case Number other -> section.put(change.key(), other.doubleValue());
        }
    }

    private static int inProportion(TransformerStudy.ModelSizes sizes, int residual) {
        long scaled = (long) sizes.feedForward() * residual;
        if (scaled % sizes.residual() != 0) {
            throw new WrongUse("model.feed_forward = " + sizes.feedForward()
                    + " has no whole number in proportion, since model.residual is " + sizes.residual() + ".");
        }
        return Math.clamp(scaled / sizes.residual(), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
}
