package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.thalweg.failure.WrongUse;

/**
 * What it costs to answer one token after the other when experts lie in a slow memory and a fast one holds those of
 * each layer that were used last. A simulation: the sizes are chosen, and nothing is moved or timed. Moving and
 * computing take turns, and no expert is fetched ahead.
 *
 * @param cached experts of a layer that the fast memory holds, at least 1
 * @param bytesOfExpert bytes of one expert
 * @param bytesPerSecond what the link between the memories moves
 * @param secondsOfLayer time that a model computes in one layer
 */
record TransferCost(int cached, double bytesOfExpert, double bytesPerSecond, double secondsOfLayer) {
    /** Refuses numbers that are no sizes. */
    TransferCost {
        if (!(bytesOfExpert > 0 && bytesPerSecond > 0 && secondsOfLayer >= 0)) {
            throw new WrongUse("settings.expert_megabytes and settings.link_gigabytes must be above 0, and "
                    + "settings.layer_milliseconds not below it.");
        }
    }

    /** Which models answer a token: one of the two, or the little one and then the big one where that is not sure. */
    enum Served {
        BIG, LITTLE, FALLBACK
    }

    /**
     * The cost of a token.
     *
     * @param bytes moved over the link
     * @param seconds for moving and computing
     */
    record OfToken(double bytes, double seconds) {}

    /**
     * Serves tokens in their order, from an empty fast memory on.
     *
     * @param tokens what both models make of them
     * @param served who answers
     * @return mean over the tokens
     */
    OfToken of(ServedTokens tokens, Served served) {
        List<SequencedSet<Long>> held = new ArrayList<>();
        long moved = 0;
        long passes = 0;
        for (int token = 0; token < tokens.size(); token++) {
            if (served != Served.BIG) {
                moved += pass(held, tokens.little(), token);
                passes++;
            }
            if (served == Served.BIG || served == Served.FALLBACK && tokens.doubted()[token] == 1) {
                moved += pass(held, tokens.big(), token);
                passes++;
            }
        }
        double bytes = moved * bytesOfExpert / tokens.size();
        return new OfToken(bytes,
                bytes / bytesPerSecond + secondsOfLayer * tokens.layers() * passes / tokens.size());
    }

    /** Uses a token's experts and counts those that were not held. */
    private int pass(List<SequencedSet<Long>> held, ServedTokens.Answers answers, int token) {
        int moved = 0;
        for (int layer = 0; layer < answers.experts().size(); layer++) {
            if (layer == held.size()) {
                held.add(new LinkedHashSet<>());
            }
            SequencedSet<Long> here = held.get(layer);
            for (long expert : answers.experts().get(layer)[token]) {
                moved += here.contains(expert) ? 0 : 1;
                here.addLast(expert);
                if (here.size() > cached) {
                    here.removeFirst();
                }
            }
        }
        return moved;
    }
}
