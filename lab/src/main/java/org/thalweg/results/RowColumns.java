package org.thalweg.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * A {@link TableRow} as flat, named numbers: the columns of {@code table.csv} and the fields of {@code rows[]} in
 * {@code results.json}. The columns up to {@code best_ratio_percent} are those of the first builds, in their order;
 * later ones may be missing in a file and are then absent.
 */
final class RowColumns {
    private static final String MEAN = "_mean";
    private static final String SD = "_sd";
    private static final String LOW = "_low";
    private static final String HIGH = "_high";
    private static final String BARRIER = "_barrier";
    private static final String RATIO = "best_ratio_percent";
    private static final String TRAIN = "train_";

    private final ObjectNode document;
    private final List<String> unread = new ArrayList<>();

    private RowColumns(ObjectNode document) {
        this.document = document;
        document.fieldNames().forEachRemaining(unread::add);
    }

    /** The columns of a row, in order. */
    static SequencedMap<String, Object> of(TableRow row) {
        SequencedMap<String, Object> columns = new LinkedHashMap<>();
        Setting setting = row.setting();
        columns.put("dataset", setting.dataset());
        columns.put("variant", setting.variant());
        columns.put("layers", setting.layers());
        columns.put("moe_layer", setting.moeLayer());
        columns.put("experts", setting.experts());
        columns.put("pairs", row.pairs());
        row.test().barriers().forEach((method, barrier) -> putMean(columns, method.label() + BARRIER, barrier));
        columns.put(RATIO, row.test().ratioPercent().mean());
        row.test().barriers().forEach((method, barrier) -> putInterval(columns, method.label() + BARRIER, barrier));
        columns.put(RATIO + SD, row.test().ratioPercent().deviation());
        putInterval(columns, RATIO, row.test().ratioPercent());
        row.train().barriers().forEach((method, barrier) -> {
            putMean(columns, TRAIN + method.label() + BARRIER, barrier);
            putInterval(columns, TRAIN + method.label() + BARRIER, barrier);
        });
        columns.put(TRAIN + RATIO, row.train().ratioPercent().mean());
        columns.put(TRAIN + RATIO + SD, row.train().ratioPercent().deviation());
        putInterval(columns, TRAIN + RATIO, row.train().ratioPercent());
        row.ranks().forEach((method, ranks) -> named(method, ranks).forEach((name, statistic) -> {
            putMean(columns, name, statistic);
            putInterval(columns, name, statistic);
        }));
        return columns;
    }

    private static SequencedMap<String, PairStatistic> named(Method method, RankSummary ranks) {
        SequencedMap<String, PairStatistic> named = new LinkedHashMap<>();
        named.put(method.label() + "_rank", ranks.rank());
        named.put(method.label() + "_l_hat", ranks.lHat());
        named.put(method.label() + "_rank_accuracy", ranks.rankAccuracy());
        named.put(method.label() + "_l_hat_accuracy", ranks.lHatAccuracy());
        return named;
    }

    private static void putMean(Map<String, Object> columns, String name, PairStatistic statistic) {
        columns.put(name + MEAN, statistic.mean());
        columns.put(name + SD, statistic.deviation());
    }

    private static void putInterval(Map<String, Object> columns, String name, PairStatistic statistic) {
        Optional<Interval> interval = statistic.interval();
        columns.put(name + LOW, interval.isEmpty() ? OptionalDouble.empty()
                : OptionalDouble.of(interval.get().low()));
        columns.put(name + HIGH, interval.isEmpty() ? OptionalDouble.empty()
                : OptionalDouble.of(interval.get().high()));
    }

    /**
     * A row from its columns.
     *
     * @param document the columns
     * @return the row
     * @throws IllegalArgumentException naming a key that is unknown, missing or of another type
     */
    static TableRow read(ObjectNode document) {
        RowColumns columns = new RowColumns(document);
        Setting setting = new Setting(columns.text("dataset"), columns.text("variant"), columns.whole("layers"),
                columns.text("moe_layer"), columns.whole("experts"));
        int pairs = columns.whole("pairs");
        SplitSummary test = columns.split("");
        SplitSummary train = columns.split(TRAIN);
        Map<Method, RankSummary> ranks = new EnumMap<>(Method.class);
        for (Method method : Method.orderings()) {
            List<PairStatistic> read = named(method, RankSummary.NONE).sequencedKeySet().stream()
                    .map(name -> columns.statistic(name, name + MEAN)).toList();
            ranks.put(method, new RankSummary(read.get(0), read.get(1), read.get(2), read.get(3)));
        }
        if (!columns.unread.isEmpty()) {
            throw new IllegalArgumentException("unknown key '" + columns.unread.getFirst() + "' in a row");
        }
        return new TableRow(setting, pairs, test, train, ranks);
    }

    private SplitSummary split(String prefix) {
        Map<Method, PairStatistic> barriers = new EnumMap<>(Method.class);
        for (Method method : Method.values()) {
            String name = prefix + method.label() + BARRIER;
            barriers.put(method, statistic(name, name + MEAN));
        }
        return new SplitSummary(barriers, statistic(prefix + RATIO, prefix + RATIO));
    }

    private PairStatistic statistic(String name, String mean) {
        OptionalDouble low = number(name + LOW);
        OptionalDouble high = number(name + HIGH);
        return new PairStatistic(number(mean), number(name + SD), low.isPresent() && high.isPresent()
                ? Optional.of(new Interval(low.getAsDouble(), high.getAsDouble())) : Optional.empty());
    }

    private String text(String key) {
        JsonNode value = required(key);
        if (!value.isTextual()) {
            throw other(key, "text");
        }
        return value.asText();
    }

    private int whole(String key) {
        JsonNode value = required(key);
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw other(key, "a whole number");
        }
        return value.asInt();
    }

    private OptionalDouble number(String key) {
        unread.remove(key);
        JsonNode value = document.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return OptionalDouble.empty();
        }
        if (!value.isNumber()) {
            throw other(key, "a number");
        }
        return OptionalDouble.of(value.asDouble());
    }

    private JsonNode required(String key) {
        unread.remove(key);
        JsonNode value = document.path(key);
        if (value.isMissingNode() || value.isNull()) {
            throw new IllegalArgumentException("the key '" + key + "' is missing in a row");
        }
        return value;
    }

    private static IllegalArgumentException other(String key, String expected) {
        return new IllegalArgumentException("the value of '" + key + "' in a row is not " + expected);
    }
}
