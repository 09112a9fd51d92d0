package org.thalweg.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.thalweg.failure.WrongUse;
import org.thalweg.scaling.Hyperparameters;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code thalweg scaling hyperparameters}: the published learning rate and batch of the lowest loss for a budget. */
@Command(
        name = "hyperparameters",
        mixinStandardHelpOptions = true,
        description = "The learning rate and batch of the lowest loss for a budget, with a Mixture of Experts.",
        footer = {
            "",
            "Equation 3 of arXiv 2507.17702: the peak rate of AdamW with warm-up, stable phase and decay, and tokens",
            "in a batch. Fitted to 3e17 to 3e20 FLOPs with 64 experts, 4 and a shared one active; tried for activation",
            "ratios of 4.7 to 10.9 %%."
        })
public final class ScalingHyperparametersCommand implements Callable<Integer> {
    @Mixin
    private ComputeOption compute;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public ScalingHyperparametersCommand() {}

    /**
     * Computes and prints.
     *
     * @return 0
     * @throws WrongUse when the compute is not above 0
     */
    @Override
    public Integer call() {
        Hyperparameters best = Hyperparameters.lossOptimal(compute.flops());
        Extrapolation beyond =
                new Extrapolation(Hyperparameters.COMPUTE.warning(compute.flops()).stream().toList());
        beyond.tell(spec.commandLine().getErr());
        Answer.print(spec.commandLine().getOut(), json.isAsked(), () -> document(best, beyond), () -> List.of(
                String.format(Locale.ROOT, "learning rate %.3e", best.learningRate()),
                String.format(Locale.ROOT, "batch %.4g tokens", best.batchTokens())));
        return 0;
    }

    private Map<String, Object> document(Hyperparameters best, Extrapolation beyond) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("compute", compute.flops());
        keys.put("learning_rate", best.learningRate());
        keys.put("batch_tokens", best.batchTokens());
        keys.put("source", "arXiv 2507.17702, Equation 3");
        keys.put("warnings", beyond.warnings());
        return keys;
    }
}
