package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.model.ModelDirectory;

/** Every network computes what the stock class computes from the same files. */
class StockLogitsTest {
    static List<StockModel> known() {
        return StockModel.known();
    }

    @Test
    void everyFamilyWithFilesHereHasAReader() {
        assertThat(StockModel.all()).isNotEmpty()
                .allSatisfy(stock -> assertThat(Families.named(stock.family())).isPresent());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("known")
    void outputsAreThoseOfTheStockClass(StockModel stock) {
        assertThat(stock.differenceOf(ModelDirectory.open(stock.directory()))).isLessThan(1e-12);
    }
}
