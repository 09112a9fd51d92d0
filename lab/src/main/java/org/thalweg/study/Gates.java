package org.thalweg.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.failure.Nearest;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.network.moe.Router;
import org.thalweg.study.StudyFile.ExperimentSpec;

/** The gates that a study file can name: three of arXiv 2509.11348, and those of published models. */
final class Gates {
    private Gates() {}

    /** All names, in the order of tables. */
    static List<String> names() {
        List<String> names = new ArrayList<>(List.of("dense", "sparse", "deepseek"));
        names.addAll(MoeModel.labels());
        return names;
    }

    /**
     * The gate that an experiment asks for.
     *
     * @throws WrongUse when there is none of that name, or a key is missing or is none of this gate
     */
    static Gating of(ExperimentSpec spec) {
        return switch (spec.gating()) {
            case "dense" -> {
                refuse(spec.selected(), "selected", "a dense gate");
                refuse(spec.shared(), "shared", "a dense gate");
                refuseGroups(spec, "a dense gate");
                yield new Gating.Dense();
            }
            case "sparse" -> {
                refuse(spec.shared(), "shared", "a sparse gate");
                refuseGroups(spec, "a sparse gate");
                yield new Gating.Sparse(selected(spec, "a sparse gate"));
            }
            case "deepseek" -> {
                refuseGroups(spec, "a deepseek gate");
                yield new Gating.DeepSeek(selected(spec, "a deepseek gate"), spec.shared().orElse(1));
            }
            case String name -> published(spec, MoeModel.named(name).orElseThrow(() -> new WrongUse(
                    "gating is " + Shown.name(name) + ", expected one of " + String.join(", ", names())
                            + "; the nearest is '" + Nearest.to(name, names()) + "'.")));
        };
    }

    private static Gating published(ExperimentSpec spec, MoeModel model) {
        String gate = "the gate " + model.label();
        refuse(spec.activation(), "activation", gate);
        if (model.isTopOne()) {
            refuse(spec.selected(), "selected", gate);
        }
        if (!model.hasShared()) {
            refuse(spec.shared(), "shared", gate);
        }
        if (!model.hasGroups()) {
            refuseGroups(spec, gate);
        }
        if (spec.groups().isPresent() != spec.keptGroups().isPresent()) {
            throw new WrongUse(gate + " with one of the keys 'groups' and 'kept_groups' needs the other too.");
        }
        Router.Groups groups = spec.groups().filter(count -> count > 1)
                .map(count -> model.groups(count, spec.keptGroups().orElseThrow())).orElse(Router.Groups.ONE);
        return new Gating.Published(model, model.isTopOne() ? 1 : selected(spec, gate),
                model.hasShared() ? spec.shared().orElse(1) : 0, groups);
    }

    private static int selected(ExperimentSpec spec, String gate) {
        return spec.selected().orElseThrow(() -> new WrongUse(
                gate + " needs the key 'selected', the number k of experts for each token."));
    }

    private static void refuseGroups(ExperimentSpec spec, String gate) {
        refuse(spec.groups(), "groups", gate);
        refuse(spec.keptGroups(), "kept_groups", gate);
    }

    private static void refuse(Optional<?> key, String name, String owner) {
        if (key.isPresent()) {
            throw new WrongUse(owner + " has no key '" + name + "'; remove it.");
        }
    }
}
