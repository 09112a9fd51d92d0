package org.thalweg.study;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.results.Setting;
import org.thalweg.storage.Digest;
import org.thalweg.study.StudyFile.ExperimentSpec;
import org.thalweg.study.StudyFile.TrainingSpec;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Schedule;
import org.thalweg.training.TrainingPlan;

/**
 * One kind of model in a study: one depth, one choice of layers, one gate, one number of experts.
 *
 * @param setting what its pairs have in common, as a row of the table
 * @param moe the experts
 * @param training the section by which they are trained
 */
public record Experiment(Setting setting, VitConfig.MoeLayers moe, TrainingSpec training) {
    /** Layers are listed in a label up to so many characters. */
    private static final int LONGEST = 40;

    /**
     * All kinds of model of a study, in the order of its file. Experts on a directory's backbone are as wide as its
     * feed-forward networks, which the file does not say; here they have one unit.
     *
     * @param study the file
     * @return at least one
     * @throws WrongUse when a gate, a layer or a number makes no model, or two kinds would share a row of the table
     */
    public static List<Experiment> of(StudyFile study) {
        return of(study, study.feedForward().orElse(1));
    }

    /**
     * All kinds of model of a study, in the order of its file.
     *
     * @param study the file
     * @param feedForward hidden units of experts where the file does not say
     * @return at least one
     * @throws WrongUse when a gate, a layer or a number makes no model, or two kinds would share a row of the table
     */
    static List<Experiment> of(StudyFile study, int feedForward) {
        List<Experiment> experiments = new ArrayList<>();
        Set<Setting> settings = new HashSet<>();
        for (ExperimentSpec spec : study.experiments()) {
            for (int layers : spec.layers()) {
                for (int experts : spec.experts()) {
                    Experiment experiment = of(study, spec, new Size(layers, experts, feedForward));
                    if (!settings.add(experiment.setting())) {
                        throw new WrongUse("experiments lists the kind of model " + experiment.label()
                                + " twice, and one row of the table cannot hold both; put the second, with its own "
                                + "hidden layers, activation or fine-tuning, into a study of its own.");
                    }
                    experiments.add(experiment);
                }
            }
        }
        return List.copyOf(experiments);
    }

    /** What differs among the models of one specification. */
    private record Size(int layers, int experts, int feedForward) {}

    private static Experiment of(StudyFile study, ExperimentSpec spec, Size size) {
        int layers = size.layers;
        int experts = size.experts;
        Gating gating = Gates.of(spec);
        UnitFunction function = gating instanceof Gating.Published published
                ? published.model().activation() : activation(spec.activation().orElse("gelu"));
        MoeConfig layer = new MoeConfig(
                experts, gating, spec.hidden().orElse(List.of(size.feedForward)), function);
        List<Integer> where = moeLayers(spec.moeLayers(), layers);
        String named = where.stream().map(index -> Integer.toString(index + 1)).collect(Collectors.joining("+"));
        Setting setting = new Setting(study.dataset(), layer.gating().label(), layers, named, experts);
        TrainingSpec training = spec.finetune().orElse(study.finetune());
        plan(training);
        training.care().requireHeldOut("finetune");
        return new Experiment(setting, new VitConfig.MoeLayers(where, layer), training);
    }

    /**
     * A short name for directories and progress.
     *
     * @return for example {@code dense-l2-m1-n4}
     */
    public String label() {
        String gate = setting.variant().replace("(", "-").replace(")", "").replace("=", "").replace(",", "");
        String where = setting.moeLayer();
        if (where.length() > LONGEST) {
            // Names of files have at most 255 bytes, and a pair's takes two of these.
            where = where.substring(0, where.indexOf('+')) + "+" + Digest.ofText(where).brief();
        }
        return gate + "-l" + setting.layers() + "-m" + where + "-n" + setting.experts();
    }

    static TrainingPlan plan(TrainingSpec spec) {
        List<Double> betas = spec.betas().orElse(List.of(0.9, 0.999));
        double epsilon = spec.epsilon().orElse(1e-8);
        double decay = spec.weightDecay().orElse(0.0);
        Optimiser.Method method = switch (spec.optimiser()) {
            case "sgd" -> new Optimiser.Method.Sgd(
                    spec.momentum().orElse(0.0), spec.nesterov().orElse(false), decay);
            case "adam" -> new Optimiser.Method.Adam(betas.get(0), betas.get(1), epsilon, decay);
            case "adamw" -> new Optimiser.Method.AdamW(betas.get(0), betas.get(1), epsilon, decay);
            default -> throw new WrongUse(
                    "optimiser is " + Shown.name(spec.optimiser()) + ", expected sgd, adam or adamw.");
        };
        boolean descent = method instanceof Optimiser.Method.Sgd;
        refuse(descent ? spec.betas() : Optional.empty(), "betas", "an sgd optimiser");
        refuse(descent ? spec.epsilon() : Optional.empty(), "epsilon", "an sgd optimiser");
        refuse(descent ? Optional.empty() : spec.momentum(), "momentum", "an " + spec.optimiser() + " optimiser");
        refuse(descent ? Optional.empty() : spec.nesterov(), "nesterov", "an " + spec.optimiser() + " optimiser");
        if (method instanceof Optimiser.Method.Sgd sgd && sgd.nesterov() && sgd.momentum() == 0) {
            throw new WrongUse("nesterov is true with momentum 0, expected a momentum above 0.");
        }
        Schedule.Shape shape = switch (spec.schedule().orElse("cosine")) {
            case "cosine" -> Schedule.Shape.COSINE;
            case "constant" -> Schedule.Shape.CONSTANT;
            default -> throw new WrongUse(
                    "schedule is '" + spec.schedule().orElse("") + "', expected cosine or constant.");
        };
        Schedule schedule = new Schedule(shape, spec.learningRate(), spec.warmup().orElse(0.0));
        return spec.care().plan(new TrainingPlan(spec.epochs(), spec.batch(), method, schedule));
    }

    private static void refuse(Optional<?> key, String name, String owner) {
        if (key.isPresent()) {
            throw new WrongUse(owner + " has no key '" + name + "'; remove it.");
        }
    }

    private static UnitFunction activation(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "gelu" -> UnitFunction.GELU;
            case "relu" -> UnitFunction.RELU;
            default -> throw new WrongUse("activation is '" + name + "', expected gelu or relu.");
        };
    }

    private static List<Integer> moeLayers(List<String> names, int layers) {
        List<Integer> where = new ArrayList<>();
        for (String name : names) {
            switch (name) {
                case "first" -> where.add(0);
                case "last" -> where.add(layers - 1);
                case "all" -> IntStream.range(0, layers).forEach(where::add);
                default -> where.add(numbered(name, layers));
            }
        }
        return where.stream().distinct().sorted().toList();
    }

    private static int numbered(String name, int layers) {
        if (!name.matches("[0-9]{1,4}") || Integer.parseInt(name) < 1 || Integer.parseInt(name) > layers) {
            throw new WrongUse("moe_layers names " + Shown.name(name) + ", expected first, last, all or numbers from 1 "
                    + "to " + layers + ".");
        }
        return Integer.parseInt(name) - 1;
    }
}
