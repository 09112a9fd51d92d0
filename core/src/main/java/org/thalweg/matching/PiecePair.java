package org.thalweg.matching;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.tensor.Scope;

/**
 * The same piece of both models. Its spaces have the names that they have in A.
 *
 * @param reference of A
 * @param model of B
 */
record PiecePair(Piece reference, Piece model) {
    /** Pairs pieces of one item of A and one of B. */
    static List<PiecePair> of(List<Piece> reference, List<Piece> model) {
        Map<String, Piece> byKey = new LinkedHashMap<>();
        model.forEach(piece -> byKey.put(piece.key(), piece));
        List<PiecePair> pairs = new ArrayList<>();
        for (Piece piece : reference) {
            Piece other = byKey.get(piece.key());
            if (other == null) {
                throw new IllegalStateException("'" + piece.key() + "' has no counterpart");
            }
            pairs.add(new PiecePair(piece, other));
        }
        return pairs;
    }

    /** Inner product. */
    double dot() {
        try (Scope scope = Scope.open()) {
            return reference.values().multiply(model.values()).sum().item();
        }
    }
}
