package org.thalweg.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.thalweg.failure.WrongUse;
import org.thalweg.scaling.LeverageLaw;
import org.thalweg.scaling.Setting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thalweg scaling leverage}: the published law of efficiency leverage at one model and budget. */
@Command(
        name = "leverage",
        mixinStandardHelpOptions = true,
        description = "How many times the compute a dense model takes for the loss of a model with a Mixture of "
                + "Experts.",
        footer = {
            "",
            "Equation 13 of arXiv 2507.17702 with the coefficients of its Table 2, log2 of the granularity and log10",
            "of the compute. Fitted to activation 0.008 to 1, granularity 2 to 16, 1e18 to 3e20 FLOPs; outside these",
            "a warning says so."
        })
public final class ScalingLeverageCommand implements Callable<Integer> {
    @Option(names = "--activation", required = true, paramLabel = "A",
            description = "Active experts over all experts, shared ones counted in both: a fraction, 0.031 for 3.1 %%.")
    private double activation;

    @Option(names = "--granularity", required = true, paramLabel = "G",
            description = "Twice the model's width over an expert's.")
    private double granularity;

    @Mixin
    private ComputeOption compute;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public ScalingLeverageCommand() {}

    /**
     * Computes and prints.
     *
     * @return 0
     * @throws WrongUse when an argument is not in its range
     */
    @Override
    public Integer call() {
        Setting setting = new Setting(activation, granularity, compute.flops());
        Extrapolation beyond = new Extrapolation(LeverageLaw.warnings(setting));
        beyond.tell(spec.commandLine().getErr());
        double leverage = LeverageLaw.PUBLISHED.leverage(setting);
        Answer.print(spec.commandLine().getOut(), json.isAsked(),
                () -> document(setting, leverage, beyond), () -> lines(setting, leverage));
        return 0;
    }

    private static Map<String, Object> document(Setting setting, double leverage, Extrapolation beyond) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("activation", setting.activation());
        keys.put("granularity", setting.granularity());
        keys.put("compute", setting.compute());
        keys.put("leverage", leverage);
        keys.put("dense_compute", leverage * setting.compute());
        keys.put("best_granularity", LeverageLaw.PUBLISHED.bestGranularity());
        keys.put("source", "arXiv 2507.17702, Equation 13, Table 2");
        keys.put("warnings", beyond.warnings());
        return keys;
    }

    private static List<String> lines(Setting setting, double leverage) {
        return List.of(
                String.format(Locale.ROOT, "leverage %.3f", leverage),
                String.format(Locale.ROOT, "a dense model takes %.4g FLOPs for the same loss",
                        leverage * setting.compute()),
                String.format(Locale.ROOT, "largest at granularity %.2f",
                        LeverageLaw.PUBLISHED.bestGranularity().orElseThrow()));
    }
}
