package org.thalweg.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.connectivity.Simplex;
import org.thalweg.network.JoinedHeads;

/**
 * What the numbers mean that only some studies of Transformers have.
 *
 * @param study the study
 */
record FurtherConventions(TransformerStudy study) {
    /**
     * Terms and words.
     *
     * @param data one for each data set of the study, at least one
     * @return those of what the study asks for, in order
     */
    Map<String, String> of(List<TransformerData> data) {
        Map<String, String> words = new LinkedHashMap<>();
        if (study.matched().stream().anyMatch(method -> study.forms(method).size() > 1)) {
            words.put("Circuits", "Of each head the products of its maps, biases included, go straight from A's to "
                    + "B's, heads taken in their order; all other tensors as they are stored. What runs between the "
                    + "ends is no model of the stored architecture." + kept(data.getFirst()));
        }
        if (!study.surfaces().isEmpty()) {
            int points = study.surfaceGrid();
            words.put("Surface", "Weighted means of " + AllReplicas.CORNERS + " replicas, the first ones, at "
                    + new Simplex(AllReplicas.CORNERS, points).weights().size() + " points of their simplex, " + points
                    + " along an edge, corners and edges included. Its barrier is the largest rise of the loss of the "
                    + "mean above the weighted mean of the replicas' losses (Equation 2 of arXiv 2506.22712); never "
                    + "negative." + ((points - 1) % AllReplicas.CORNERS == 0 ? ""
                            : " The centre is none of these points, so the rise of the mean can be larger."));
        }
        return words;
    }

    /** Networks of one study have heads of one kind, whatever the data set. */
    private static String kept(TransformerData data) {
        return TransformerFamily.network(TrainedModel.config(data.config())).joinedHeads(2)
                instanceof JoinedHeads.Wider wider
                ? wider.kept().map(why -> " Queries and keys go straight as they are stored, since " + why + ".")
                        .orElse("")
                : "";
    }
}
