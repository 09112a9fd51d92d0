package org.thalweg.failure;

import java.util.Collection;
import java.util.Comparator;

/** What somebody most likely meant who wrote a name that is not known. */
public final class Nearest {
    private static final int COMPARED = 60;

    private Nearest() {}

    /**
     * The known name that the fewest insertions, deletions and changes of a letter make of another one; the first in
     * the alphabet where several are as near.
     *
     * @param unknown what was written; its first 60 letters count
     * @param known at least one name
     * @return one of them
     */
    public static String to(String unknown, Collection<String> known) {
        String start = unknown.substring(0, Math.min(COMPARED, unknown.length()));
        return known.stream()
                .min(Comparator.comparingInt((String name) -> editDistance(start, name)).thenComparing(name -> name))
                .orElseThrow();
    }

    private static int editDistance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
