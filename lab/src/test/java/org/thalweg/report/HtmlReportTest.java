package org.thalweg.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.thalweg.results.MadeUpResults;

class HtmlReportTest {
    private final String page = HtmlReport.render(MadeUpResults.study());

    @Test
    void equalResultsGiveEqualPages() {
        assertThat(HtmlReport.render(MadeUpResults.study())).isEqualTo(page);
    }

    @Test
    void noPlaceOfTheTemplateIsLeftEmpty() {
        assertThat(page).doesNotContainPattern("\\{\\{[a-z]+}}");
    }

    @Test
    void dataCannotEndTheElementItStandsIn() {
        String from = page.substring(page.indexOf("id=\"results\">") + 13);
        String data = from.substring(0, from.indexOf("</script>"));
        assertThat(data).doesNotContain("<").contains("\\u003c/script\\u003e").contains("\\u003c!--").endsWith("}");
        assertThat(page).contains("<h1>made-up &lt;study&gt; &amp; &quot;friends&quot;</h1>");
    }

    @Test
    void pageForbidsItselfToLoadAnything() {
        assertThat(page).contains("default-src 'none'").doesNotContainPattern("(?:src|href)=\"(?:https?:)?//");
    }
}
