package org.thalweg.zoo;

import java.util.List;
import org.thalweg.failure.Nearest;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;

/** The systems that there are. */
public final class MoeSystems {
    private static final List<MoeSystem> ALL = List.of(
            new OmniRouter(), new MoePot(), new AdaMoe(), new CuriousQmoe(), new Gmope(), new MobileSystem(),
            new MetisHomeSystem(), new UniMmV2x(), new EfficiencyLeverage());

    private MoeSystems() {}

    /** All of them, in the order of tables. */
    public static List<MoeSystem> all() {
        return ALL;
    }

    /**
     * A system by its name.
     *
     * @param name for example {@code omni-router}
     * @return the system
     * @throws WrongUse when there is none of that name
     */
    public static MoeSystem named(String name) {
        List<String> names = ALL.stream().map(MoeSystem::name).toList();
        return ALL.stream().filter(system -> system.name().equals(name)).findFirst().orElseThrow(() -> new WrongUse(
                "there is no system " + Shown.name(name) + ", the nearest is '" + Nearest.to(name, names)
                        + "'; there are " + String.join(", ", names) + "."));
    }
}
