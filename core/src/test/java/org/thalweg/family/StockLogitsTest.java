package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.model.ModelDirectory;

/** Every network computes what the stock class computes from the same files. */
class StockLogitsTest {
    /** Families with files here and without a reader. */
    private static final Set<String> MISSING = Set.of("dots1", "ernie4_5_moe", "glm4_moe", "granitemoe", "minimax_m2");

    static List<StockModel> known() {
        return StockModel.known();
    }

    @Test
    void exactlyTheseFamiliesHaveFilesAndNoReader() {
        TreeSet<String> missing = StockModel.all().stream().map(StockModel::family)
                .filter(family -> Families.named(family).isEmpty()).collect(Collectors.toCollection(TreeSet::new));
        assertThat(missing).containsExactlyInAnyOrderElementsOf(MISSING);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("known")
    void outputsAreThoseOfTheStockClass(StockModel stock) {
        assertThat(stock.differenceOf(ModelDirectory.open(stock.directory()))).isLessThan(1e-12);
    }
}
