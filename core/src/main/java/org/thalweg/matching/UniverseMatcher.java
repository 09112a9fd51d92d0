package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.InPlace;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Aligns many models to one another through their mean (universe matching, arXiv 2506.22712, section 3.4): each is
 * matched to the mean of all as they are aligned so far, until the sum of their squared distances to it falls no more.
 * The way from one model to another leads through the mean, so that going round a cycle of models changes nothing. Time
 * is one matching a model and round; the mean is computed tensor by tensor when it is read.
 *
 * @param pairwise matches one model to the mean
 * @param rounds at most
 */
public record UniverseMatcher(Matcher pairwise, int rounds) implements ManyMatcher {
    private static final double PROGRESS = 1e-6;

    /**
     * What was found.
     *
     * @param alignments of each model to the first, whose own is the identity
     * @param objectives by round: the sum of the squared distances of the aligned models to their mean
     * @param notes for people: what else is to be known of how it was found
     */
    public record Universe(List<Alignment> alignments, List<Double> objectives, List<String> notes) {
        /** Copies the lists. */
        public Universe {
            alignments = List.copyOf(alignments);
            objectives = List.copyOf(objectives);
            notes = List.copyOf(notes);
        }
    }

    /** Returns the alignments of the best round. */
    @Override
    public Universe match(Architecture architecture, List<TensorReader> models, WorkObserver observer) {
        List<Alignment> best = models.stream().map(_ -> architecture.identity()).toList();
        List<Double> objectives = new ArrayList<>();
        TensorReader universe = models.getFirst();
        double least = Double.POSITIVE_INFINITY;
        for (int round = 0; round < rounds; round++) {
            List<Alignment> found = new ArrayList<>();
            for (TensorReader model : models) {
                found.add(pairwise.match(architecture, universe, model, observer).alignment());
            }
            double distance = spread(architecture, models, found);
            if (distance < least) {
                best = found;
            }
            objectives.add(Math.min(distance, least));
            if (!(distance < least * (1 - PROGRESS))) {
                break;
            }
            least = distance;
            universe = mean(models, found);
        }
        Alignment back = best.getFirst().inverse();
        return new Universe(best.stream().map(back::compose).toList(), objectives, List.of());
    }

    private static TensorReader mean(List<TensorReader> models, List<Alignment> alignments) {
        return name -> {
            try (Scope scope = Scope.open()) {
                Tensor first = alignments.getFirst().exact(name, models.getFirst());
                if (!first.dtype().isFloating()) {
                    return scope.keep(first);
                }
                Tensor sum = InPlace.copy(first, DType.FLOAT64);
                for (int model = 1; model < models.size(); model++) {
                    InPlace.add(sum, alignments.get(model).exact(name, models.get(model)));
                }
                return scope.keep(sum.multiply(1.0 / models.size()));
            }
        };
    }

    private static double spread(Architecture architecture, List<TensorReader> models, List<Alignment> alignments) {
        TensorReader mean = mean(models, alignments);
        double sum = 0;
        for (String name : architecture.tensors().keySet()) {
            try (Scope scope = Scope.open()) {
                Tensor middle = mean.read(name);
                for (int model = 0; middle.dtype().isFloating() && model < models.size(); model++) {
                    sum += InnerProducts.squaredDistance(
                            alignments.get(model).exact(name, models.get(model)), middle);
                }
            }
        }
        return sum;
    }
}
