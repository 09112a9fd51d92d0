package org.thalweg.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.thalweg.failure.WrongUse;
import org.thalweg.scaling.Allocation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code thalweg scaling allocation}: the published division of a budget between model and data. */
@Command(
        name = "allocation",
        mixinStandardHelpOptions = true,
        description = "How a budget is divided between model and data for the lowest loss.",
        footer = {
            "",
            "Table 1 of arXiv 2507.17702: M, the FLOPs of one forward pass for one token without the embedding, and",
            "tokens D, with C = M D, for models with 64 experts, 4 and a shared one active, and for dense ones. Fitted",
            "to 3e17 to 3e20 FLOPs."
        })
public final class ScalingAllocationCommand implements Callable<Integer> {
    @Mixin
    private ComputeOption compute;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public ScalingAllocationCommand() {}

    /**
     * Computes and prints.
     *
     * @return 0
     * @throws WrongUse when the compute is not above 0
     */
    @Override
    public Integer call() {
        Allocation moe = Allocation.ofMoe(compute.flops());
        Allocation dense = Allocation.ofDense(compute.flops());
        Extrapolation beyond = new Extrapolation(Allocation.COMPUTE.warning(compute.flops()).stream().toList());
        beyond.tell(spec.commandLine().getErr());
        Answer.print(spec.commandLine().getOut(), json.isAsked(), () -> document(moe, dense, beyond),
                () -> List.of(line("moe", moe), line("dense", dense)));
        return 0;
    }

    private Map<String, Object> document(Allocation moe, Allocation dense, Extrapolation beyond) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("compute", compute.flops());
        keys.put("moe", document(moe));
        keys.put("dense", document(dense));
        keys.put("source", "arXiv 2507.17702, Table 1");
        keys.put("warnings", beyond.warnings());
        return keys;
    }

    private static Map<String, Object> document(Allocation allocation) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("flops_per_token", allocation.flopsPerToken());
        keys.put("tokens", allocation.tokens());
        return keys;
    }

    private static String line(String kind, Allocation allocation) {
        return String.format(Locale.ROOT, "%-5s  %.4g FLOPs for a token, %.4g tokens",
                kind, allocation.flopsPerToken(), allocation.tokens());
    }
}
