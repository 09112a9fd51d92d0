package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What some tests need of the machine. Where a developer's machine lacks it they are skipped; under CI they fail. */
final class Platform {
    private Platform() {}

    /** Goes on only where a condition is met. */
    static void require(boolean met, String what) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(met).as(what).isTrue();
        }
        assumeThat(met).as(what).isTrue();
    }
}
