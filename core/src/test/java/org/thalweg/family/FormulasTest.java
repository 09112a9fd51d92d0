package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.thalweg.model.ModelDirectory;

/**
 * Networks of families that have no stock class compute what a plain evaluation of their formulas gives
 * ({@code benchmarks/oracle/ling_formulas.py}).
 */
class FormulasTest {
    @Test
    void lingComputesItsFormulas() throws URISyntaxException {
        StockModel model = new StockModel(
                Path.of(FormulasTest.class.getResource("formulas/bailing_moe_v2").toURI()));
        assertThat(model.differenceOf(ModelDirectory.open(model.directory()))).isLessThan(1e-12);
    }
}
