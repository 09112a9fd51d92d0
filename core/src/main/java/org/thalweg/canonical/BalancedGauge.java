package org.thalweg.canonical;

import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkingType;

/**
 * The gauge in which weights of two models are comparable before they are matched: every norm that a free positive
 * factor decides is balanced, and what a softmax ignores is removed. Costs between units, heads and experts then do
 * not depend on factors that no output shows (a Gram cost loses up to a third of planted matches without it).
 *
 * <p>In this order: gains of normalisations become 1, their factors going to the maps behind them (signs too, since a
 * gain may be negative; a gain that is 0 stays); routers' rows and biases get mean 0 over the experts; hidden units get
 * incoming and outgoing weights of equal norm; bases of heads get equal Gram matrices of writers and readers, in rotary
 * pairs equal norms. No order, no rotation, no sign of a unit and no phase of a pair is chosen.
 */
public final class BalancedGauge {
    private BalancedGauge() {}

    /**
     * Finds the element that moves a model into the gauge. Exact up to rounding in {@link WorkingType}; applying it
     * twice changes nothing. Tensors are read one at a time, most of them once.
     *
     * @param architecture of the model
     * @param model its tensors, finite; not changed
     * @return an element with scalings, translations and maps of bases, the identity in all other spaces
     */
    public static Alignment of(Architecture architecture, TensorReader model) {
        return Gauge.inTheirTypes(architecture, name -> WorkingType.of(model.read(name)))
                .foldingGains()
                .centringRouters()
                .balancingUnits()
                .balancingBases()
                .alignment();
    }

    /**
     * The part of the gauge that concerns hidden units and routers: gains and bases stay, which models with a common
     * backbone share.
     *
     * @param architecture of the model
     * @param model its tensors, finite; not changed
     * @return an element with scalings of units and shifts of routers
     */
    public static Alignment ofUnits(Architecture architecture, TensorReader model) {
        return Gauge.inTheirTypes(architecture, name -> WorkingType.of(model.read(name)))
                .centringRouters()
                .balancingUnits()
                .alignment();
    }

    /**
     * The part of the gauge that concerns gains of normalisations, which is all that what reads and writes the stream
     * from outside sees of it. Reads gains alone.
     *
     * @param architecture of the model
     * @param model its tensors, finite; not changed
     * @return an element with the scalings of gains
     */
    public static Alignment ofGains(Architecture architecture, TensorReader model) {
        return Gauge.inTheirTypes(architecture, name -> WorkingType.of(model.read(name))).foldingGains().alignment();
    }
}
