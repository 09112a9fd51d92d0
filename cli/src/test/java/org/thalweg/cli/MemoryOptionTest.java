package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WrongUse;

class MemoryOptionTest {
    @ParameterizedTest
    @CsvSource({"6GB, 6000000000", "1500 MiB, 1572864000", "1.5g, 1500000000", "123, 123", "4KiB, 4096", "7 b, 7"})
    void aSizeHasAUnit(String text, long bytes) {
        assertThat(MemoryOption.bytes("--memory-limit", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "much", "-1GB", "1e9", "6 GB please", "1PB"})
    void whatIsNoSizeIsWrongUse(String text) {
        assertThatThrownBy(() -> MemoryOption.bytes("--memory-limit", text)).isInstanceOf(WrongUse.class)
                .hasMessageContaining("expected a size such as 6GB");
    }

    @Test
    void withoutTheOptionTheMachineIsTheLimit() {
        assertThat(new MemoryOption().bytes()).isGreaterThan(1L << 28);
    }
}
