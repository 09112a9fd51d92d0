package org.thalweg.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.group.Permutation;
import org.thalweg.matching.MoeMatcher;
import org.thalweg.results.Method;
import org.thalweg.results.OrderBarrier;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/**
 * The paths of many orders of one pair's experts, each followed by hidden matching (arXiv 2509.11348, Table 7). The n²
 * problems of hidden units are solved once for all orders, the layers before the experts run once for all paths, and
 * the methods' own orders are not measured again.
 */
final class OrderRanking {
    private final MoeMatcher matcher;
    private final Map<Permutation, LossAndAccuracy> curves = new LinkedHashMap<>();
    private final Map<Permutation, List<Method>> methods = new LinkedHashMap<>();
    private int leftOut;

    OrderRanking(MoeMatcher matcher) {
        this.matcher = matcher;
    }

    /** Adds the path of the order that a method chose. */
    void add(Method method, Permutation order, LossAndAccuracy curve) {
        curves.put(order, curve);
        methods.computeIfAbsent(order, _ -> new ArrayList<>()).add(method);
    }

    /** The orders that methods chose. */
    Collection<Permutation> chosen() {
        return methods.keySet();
    }

    /**
     * Measures the orders not measured yet; one whose path has a loss that is no number is worse than all and left out.
     *
     * @param context of the step
     * @param ruler on the test set
     * @param pair the replicas
     * @param orders which
     */
    void measure(StepContext context, PathRuler ruler, ReplicaPair pair, Collection<Permutation> orders) {
        UnchangedCheck check = new UnchangedCheck(pair, context.examples());
        Parameters exact = pair.b().to(DType.FLOAT64);
        for (Permutation order : orders) {
            if (curves.containsKey(order)) {
                continue;
            }
            try (Scope scope = Scope.open()) {
                Alignment alignment = matcher.withExpertOrder(order).alignment();
                check.require(alignment.apply(exact));
                curves.put(order, ruler.measure(alignment.apply(pair.b())));
            } catch (ArithmeticException noNumber) {
                leftOut++;
                context.monitor().advance(0, "an order without a finite loss");
            }
        }
    }

    Ranks ranks(LossAndAccuracy naive) {
        return new Ranks(naive, List.copyOf(curves.values()));
    }

    int leftOut() {
        return leftOut;
    }

    List<OrderBarrier> barriers() {
        List<OrderBarrier> barriers = new ArrayList<>();
        curves.forEach((order, curve) -> barriers.add(new OrderBarrier(
                Arrays.stream(order.image()).boxed().toList(), curve.lossBarrier().height(),
                curve.accuracyBarrier().map(barrier -> OptionalDouble.of(barrier.height()))
                        .orElse(OptionalDouble.empty()),
                methods.getOrDefault(order, List.of()))));
        return barriers;
    }
}
