package org.thalweg.merging;

import java.util.List;
import java.util.stream.Stream;
import org.thalweg.failure.Nearest;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;

/**
 * All merge methods. What they are given is checked before the formula sees it, and what they give before it is handed
 * over: NaN and infinite numbers are refused on either side.
 */
public final class MergeMethods {
    private static final List<MergeMethod> ALL = Stream.of(
                    new Linear(), new Slerp(), new NuSlerp(), new MultiSlerp(), new Karcher(), new TaskArithmetic(),
                    new Ties(), new Dare(Summing.ALL), new Dare(Summing.ELECTED), new Della(Summing.ELECTED),
                    new Della(Summing.ALL), new Breadcrumbs(Summing.ALL), new Breadcrumbs(Summing.ELECTED),
                    new ModelStock(), new Sce(), new Nearswap(), new ArceeFusion(), new Passthrough())
            .<MergeMethod>map(CheckedMethod::new)
            .toList();

    private MergeMethods() {}

    /**
     * Every method, the plain ones first.
     *
     * @return with different names
     */
    public static List<MergeMethod> all() {
        return ALL;
    }

    /**
     * The method of a name.
     *
     * @param name as configuration files spell it
     * @return the method
     * @throws WrongUse when there is none, with the nearest name
     */
    public static MergeMethod named(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst().orElseThrow(() -> new WrongUse(
                "there is no merge method " + Shown.name(name) + "; the nearest is '"
                        + Nearest.to(name, ALL.stream().map(MergeMethod::name).toList()) + "'."));
    }
}
