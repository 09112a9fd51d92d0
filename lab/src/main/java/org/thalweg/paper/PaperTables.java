package org.thalweg.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tables of arXiv 2509.11348 (numbers of its first version) of which studies come with the program. */
final class PaperTables {
    /** By the name of the study that makes each. */
    static final List<String> NAMES = List.of("table-5", "table-6", "table-7-8", "table-9-10-11");

    private static final List<Quantity> CONFIGURATIONS = List.of(
            new Quantity("naive barrier, nats", "", "naive_barrier", 1, 4),
            new Quantity("matched barrier, nats", "", "wm_barrier", 1, 4),
            new Quantity("matched / naive, %", "", "barrier_ratio", 1, 1),
            new Quantity("test loss", "", "loss", 1, 4),
            new Quantity("test accuracy", "", "accuracy", 1, 4));

    private PaperTables() {}

    /** The published tables behind a name of {@link #NAMES}. */
    static List<PublishedTable> of(String name) {
        return switch (name) {
            case "table-5" -> List.of(configurations("5", "experts in the first layer", "first"));
            case "table-6" -> List.of(configurations("6", "experts in the last layer", "last"));
            case "table-7-8" -> List.of(
                    ranks("7", "by loss barrier", "matching-methods-loss.csv", ""),
                    ranks("8", "by accuracy barrier", "matching-methods-accuracy.csv", "_accuracy"));
            case "table-9-10-11" -> List.of(
                    new PublishedTable("9", "matched in percent of naive, CIFAR-10", ratios(),
                            PublishedTable.rows("ablation-ratio-percent.csv")),
                    new PublishedTable("10", "loss in nats x 100, CIFAR-10", barriers("", "loss"),
                            PublishedTable.rows("ablation-loss-x100.csv")),
                    new PublishedTable("11", "accuracy in percent, CIFAR-10", barriers("accuracy_", "accuracy"),
                            PublishedTable.rows("ablation-accuracy-x100.csv")));
            default -> throw new IllegalArgumentException("no published table belongs to " + name);
        };
    }

    private static PublishedTable configurations(String number, String title, String position) {
        return new PublishedTable(number, title + " (the paper has no numbers here)", CONFIGURATIONS,
                PublishedTable.rows("moe-configurations.csv").stream()
                        .filter(row -> row.keys().get("moe_position").equals(position)).toList());
    }

    private static PublishedTable ranks(String number, String title, String resource, String suffix) {
        List<Quantity> quantities = new ArrayList<>();
        for (Map.Entry<String, String> method : List.of(Map.entry("expert", "by experts"),
                Map.entry("gate", "by gate"))) {
            quantities.add(new Quantity("rank " + method.getValue(), method.getKey() + "_rank",
                    method.getKey() + "_rank" + suffix, 1, 2));
            quantities.add(new Quantity("L̂ " + method.getValue() + ", %", method.getKey() + "_lhat",
                    method.getKey() + "_l_hat" + suffix, 1, 2));
        }
        return new PublishedTable(number, "ranks of the expert orders " + title, quantities,
                PublishedTable.rows(resource));
    }

    private static List<Quantity> ratios() {
        return List.of(
                new Quantity("loss barrier", "loss_barrier_ratio", "barrier_ratio", 1, 2),
                new Quantity("loss AUC", "loss_auc_ratio", "auc_ratio", 1, 2),
                new Quantity("accuracy barrier", "acc_barrier_ratio", "accuracy_barrier_ratio", 1, 2),
                new Quantity("accuracy AUC", "acc_auc_ratio", "accuracy_auc_ratio", 1, 2));
    }

    private static List<Quantity> barriers(String prefix, String end) {
        return List.of(
                new Quantity("matched barrier", "wm_barrier", "wm_" + prefix + "barrier", 100, 2),
                new Quantity("naive barrier", "naive_barrier", "naive_" + prefix + "barrier", 100, 2),
                new Quantity("matched AUC", "wm_auc", "wm_" + prefix + "auc", 100, 2),
                new Quantity("naive AUC", "naive_auc", "naive_" + prefix + "auc", 100, 2),
                new Quantity(end + " at the ends", end, end, 100, 2));
    }
}
